/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the chain of badged's journal entries (common/decision-chain.h) from one to the next, and
 * says where it is broken. Reads nothing itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/decision-chain.h"

struct journal_entry;

enum chain_link {
        CHAIN_GOOD,
        CHAIN_BEGINS,  /* the first entry there is, and not the first of all: older ones are gone */
        CHAIN_RESUMED, /* another run of badged goes on from an entry before the last */
        CHAIN_BEGUN_NEW,  /* an entry that follows none, after others */
        CHAIN_INCOMPLETE, /* the entry does not have what makes it one of a chain */
        CHAIN_CHANGED,    /* its digest is not that of its fields */
        CHAIN_REPEATED,   /* it stood there before */
        CHAIN_MISSING,    /* entries before it are missing */
        CHAIN_DISORDER,   /* it does not follow the one before */
};

struct chain_check;

int chain_check_new(struct chain_check **ret_check);
struct chain_check *chain_check_free(struct chain_check *check);
DEFINE_CLEANUP(struct chain_check *, chain_check_free);

/* The next entry. 0 and what it is; *ret_sequence is 0 when it has none. -ENOMEM, -EIO. */
int chain_check_add(struct chain_check *check, const struct journal_entry *entry,
                    enum chain_link *ret_link, uint64_t *ret_sequence);

/* Was there an entry with this digest, whole? */
bool chain_check_has(const struct chain_check *check, const char *digest);

/* The sequence of the last entry that was whole; 0: none. */
uint64_t chain_check_last(const struct chain_check *check);
size_t chain_check_count(const struct chain_check *check);

/* True for what should not be. */
bool chain_link_is_bad(enum chain_link link);
const char *chain_link_sentence(enum chain_link link);
