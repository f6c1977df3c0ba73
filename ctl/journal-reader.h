/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries of badged's decisions in the journal, oldest first: those that came from its unit,
 * which journald itself says and no sender can. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/decision-chain.h"

struct journal_filter {
        const char *account, *service, *outcome; /* NULL: any */
        uint64_t since_usec;                     /* CLOCK_REALTIME */
        size_t most;                             /* only the last so many; 0: all */
        const char *const *files; /* journal files, until NULL; none: the journal of this host */
};

struct journal_entry {
        uint64_t received_at_usec;     /* CLOCK_REALTIME, as journald says */
        struct decision_field *fields; /* all of them, as bytes; what comes twice is there twice */
        size_t n_fields;
};

/* The value when the field is there once and has no NUL in it, else NULL; borrowed from the entry.
 * Whoever shows it makes it printable. */
const char *journal_entry_text(const struct journal_entry *entry, const char *name);

struct journal_reader;

/* The filter is borrowed for the call. 0; -EBADMSG or the like for a file that is none; -EACCES;
 * -ENOMEM. */
int journal_reader_new(const struct journal_filter *filter, struct journal_reader **ret_reader);
struct journal_reader *journal_reader_free(struct journal_reader *reader);
DEFINE_CLEANUP(struct journal_reader *, journal_reader_free);

/* 1 and the next entry, borrowed until the next call; 0 when there is none; or -errno. */
int journal_reader_next(struct journal_reader *reader, const struct journal_entry **ret_entry);

/* Waits until there may be more. 0 or -errno. */
int journal_reader_wait(struct journal_reader *reader, uint64_t timeout_usec);
