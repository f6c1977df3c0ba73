/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local accounts as badged knows them, beyond what NSS says: whether they are locked, whether they
 * are still the ones that they were, and who owns the host. Not which identities have them:
 * identities.h. Times are CLOCK_REALTIME. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "io/store-account.h"
#include "io/store-mirror.h"

struct state;

#define ACCOUNT_REASON_MAX_BYTES 255

/* NULL: badged does not know it. Borrowed as records of a mirror are. */
const struct account_record *accounts_get(const struct state *state, const char *name);
const struct account_record *accounts_next(const struct state *state,
                                           const struct account_record *after);

/* Why nobody may be let in to the account with that uid, whatever the rules say: for the journal,
 * and for a person who has proved already to be its own. False: nothing is against it. Static. */
bool accounts_objection(const struct state *state, const char *name, uid_t uid,
                        const char **ret_detail, const char **ret_sentence);

/* True for the uid of the account that owns the host, as long as it is the same, and not locked. */
bool accounts_is_owner(const struct state *state, uid_t uid);

/* The name that NSS has for the uid; the caller frees it. NULL: none, or no memory. */
char *accounts_name_of(uid_t uid);

/* on_done and ret_write of all of the following are as in io/store-mirror.h. */

/* All borrowed. */
struct account_lock {
        const char *name;
        const char *by, *reason; /* reason may be NULL */
        uint64_t now_sec;
};

/* Counts from now on, at every service. One that is locked already is locked anew. -ENOENT when
 * neither badged nor NSS knows it. */
int accounts_lock(struct state *state, const struct account_lock *lock, store_on_done on_done,
                  void *userdata, struct store_write **ret_write);

/* -ENOENT when it is not known, -EALREADY when it is not locked. */
int accounts_unlock(struct state *state, const char *name, store_on_done on_done, void *userdata,
                    struct store_write **ret_write);

/* Forgets the account and whatever is its own: identities, tickets, factors. -ENOENT; -ENOTEMPTY
 * while it has sessions, or had some whose tokens are not revoked yet; -EACCES while it is locked,
 * for forgetting it would unlock it. */
int accounts_forget(struct state *state, const char *name, store_on_done on_done, void *userdata,
                    struct store_write **ret_write);

/* Somebody is about to be let in to the account of that uid: badged knows it from here on, if it
 * did not before. */
int accounts_meet(struct state *state, const char *name, uid_t uid, uint64_t now_sec);

/* All borrowed. */
struct account_login {
        const char *name;
        const char *origin; /* may be NULL */
        uint64_t now_sec;
        bool may_own; /* the settings make the first person the owner */
};

/* Somebody was let in, and is the owner if nobody is and the settings want one. -ENOENT when the
 * account is not known. */
int accounts_note_login(struct state *state, const struct account_login *login);

/* Makes the account known, for whatever is to refer to it. -ENOENT as above. */
int accounts_make_known(struct state *state, const char *name, uint64_t now_sec);

/* 1 and the uid that NSS has for the name, 0 when there is none, negative errno. */
int accounts_find_uid(const char *name, uid_t *ret_uid);
