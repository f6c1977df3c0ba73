/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badged knows for longer than it runs: one sqlite file, in which secrets are sealed and every
 * row proves itself. Opened, and written, by one process at a time. Its tables are spoken to by
 * store-account.h, store-identity.h, store-session.h, store-ticket.h and store-factor.h.
 *
 * A write that returned 0 outside of a transaction, or whose transaction was committed with 0, is
 * on the disk. Nothing here waits for anybody but the disk.
 *
 * What is seen: bits that changed, rows that were changed, copied, or sealed by somebody else. What
 * is not: an older file or row put back whole, a row taken out, or commits gone with the file
 * NAME-wal, their journal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct store;
struct token_seal;

/* True when there is a file, or what a crash or somebody left of one: its key is not to be made
 * anew then. */
bool store_is_there(const char *path);

/* Opens the store, or makes it where there is none, and looks at all of it. The keys are borrowed.
 * On failure *ret_why is a static fragment, and nothing may be granted on the ground of this file:
 * -EBADMSG it is damaged and may be set aside, -EPROTONOSUPPORT a newer badged wrote it, -ENOKEY
 * another key sealed it, -EBUSY another process has it open, -EPERM owner or mode, otherwise what
 * the disk said. */
int store_open(const char *path, const struct token_seal *seal, struct store **ret_store,
               const char **ret_why);

/* Takes NULL, returns NULL. Gives up a transaction that was not committed. */
struct store *store_close(struct store *store);
DEFINE_CLEANUP(struct store *, store_close);

/* Gives the damaged file, and what belongs to it, the name NAME.damaged-YYYYMMDDTHHMMSSZ, which the
 * caller frees. What it said of locks and links is gone with it: that is for an administrator to
 * know before anybody is let in. -EEXIST when that name is taken. */
int store_set_aside(const char *path, uint64_t now_sec, char **ret_name);

/* Several writes as one: all of them, or none. Not nested: -EALREADY. When one of them fails,
 * store_rollback() is to come before anything else. A failed commit is a rollback; -ECANCELED when
 * there is no transaction any more. */
int store_begin(struct store *store);
int store_commit(struct store *store);
void store_rollback(struct store *store);

/* Moves what is in the journal into the file: for a moment in which nothing is asked. The journal
 * is where a flipped bit looks like the end of what was written, and takes the commits behind it
 * along; one that is empty loses none. A writer does it by itself when the journal has grown large.
 */
int store_settle(struct store *store);

/* Other keys from here on, borrowed like the first. */
void store_set_seal(struct store *store, const struct token_seal *seal);

/* Seals up to max_rows rows anew that an older key had sealed, in one transaction; *ret_n of them
 * were left, and 0 means that the older keys are not needed any more. */
int store_rekey(struct store *store, size_t max_rows, size_t *ret_n);
