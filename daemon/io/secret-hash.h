/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random secrets that badged makes itself, and what it keeps of them: a hash (BLAKE2b), which is
 * enough to know one again and not enough to make it. Only for secrets with too many bits to be
 * guessed, never for what people think up: it is quick. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/secret.h"

#define SECRET_HASH_DIGITS 64

/* -EIO when libsodium cannot, -ENOMEM. */
int secret_hash_make_secret(size_t size, struct secret **ret_secret);

/* Hexadecimal digits. purpose, of at most 16 bytes, keeps hashes of one kind of secret from being
 * those of another. -EINVAL for a longer one, -EIO. */
int secret_hash(const char *purpose, const struct secret *secret,
                char ret_hash[static SECRET_HASH_DIGITS + 1]);

/* Whether two hashes are the same, in a time that does not tell how much of them is. */
bool secret_hash_equals(const char *hash, const char *other);
