/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes the journal's entries of decisions a chain: each carries a digest of all its fields,
 * among them the digest of the one before. badged writes it, badgectl proves it. The digest has no
 * key: it shows that something was changed, not by whom, and not if all that follows was changed
 * with it and nobody knows the last digest. A library of its own, with libsodium. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DECISION_DIGEST_DIGITS 64

/* The fields of the chain, by their names in the journal. */
#define DECISION_FIELD_TIME     "DECIDED_AT" /* microseconds since 1970 */
#define DECISION_FIELD_SEQUENCE "SEQUENCE"   /* 1 for the first, and so on */
#define DECISION_FIELD_PREVIOUS "PREVIOUS"   /* the digest of the entry before */
#define DECISION_FIELD_DIGEST   "DIGEST"

/* What the first of all has in place of a digest before. */
#define DECISION_NO_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"

/* Borrowed; the name ends with NUL, the value need not. */
struct decision_field {
        const char *name;
        const char *value;
        size_t size;
};

/* BLAKE2b of 32 bytes, personal "badged decision", in hexadecimal digits, of "NAME=SIZE:VALUE\n"
 * for each field, in the order of their names (bytes compared; those of one name by their values).
 * All fields count but DIGEST and those whose names start with "_", which are journald's own.
 * -ENOMEM, -EIO when libsodium cannot. */
int decision_digest(const struct decision_field *fields, size_t n_fields,
                    char ret_digest[static DECISION_DIGEST_DIGITS + 1]);
