/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store keeps is sealed here: secrets so that they open in their own row and column alone
 * (XChaCha20-Poly1305), whole rows so that a changed or copied one is known (BLAKE2b with a key).
 * Not where the keys come from: io/seal-key.h. Whoever puts an old file back, whole, is not seen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/secret.h"

/* The first key seals, the others open what was sealed before it came. */
#define TOKEN_SEAL_MAX_KEYS       4
#define TOKEN_SEAL_KEY_DIGITS     64 /* 256 bit */
#define TOKEN_SEAL_KEYS_MAX_BYTES ((size_t)TOKEN_SEAL_MAX_KEYS * (TOKEN_SEAL_KEY_DIGITS + 1))

/* In front of everything: a version and the id of the key. */
#define TOKEN_SEAL_HEAD_BYTES  (1 + 8)
#define TOKEN_SEAL_PROOF_BYTES (TOKEN_SEAL_HEAD_BYTES + 32)

struct token_seal;

/* Where a secret belongs. Borrowed. */
struct seal_place {
        const char *table, *row, *column;
};

/* A new key: one line of hexadecimal digits, without its end. -EIO when libsodium cannot. */
int token_seal_make_key(struct secret **ret_key);

/* keys: one key on each line. -EBADMSG with *ret_why (static), -EIO, -ENOMEM. */
int token_seal_new(const struct secret *keys, struct token_seal **ret_seal, const char **ret_why);

/* Erases the keys. Takes NULL, returns NULL. */
struct token_seal *token_seal_free(struct token_seal *seal);
DEFINE_CLEANUP(struct token_seal *, token_seal_free);

/* The sealed bytes are no secret any more; they come as one because that is who owns bytes here.
 * -E2BIG, -EIO, -ENOMEM. */
int token_seal_lock(const struct token_seal *seal, const struct seal_place *place,
                    const struct secret *secret, struct secret **ret_sealed);

/* -EBADMSG when the bytes are not what was sealed for this place, -ENOKEY when it was with a key
 * that is not here, -EPROTONOSUPPORT when another version wrote them, -ENOMEM. */
int token_seal_unlock(const struct token_seal *seal, const struct seal_place *place,
                      const void *sealed, size_t size, struct secret **ret_secret);

/* Vouches for bytes; the proof stands beside them. -EIO when libsodium cannot. */
int token_seal_prove(const struct token_seal *seal, const struct secret *bytes,
                     unsigned char ret_proof[TOKEN_SEAL_PROOF_BYTES]);

/* Errors as those of token_seal_unlock(), and -EIO. */
int token_seal_check(const struct token_seal *seal, const struct secret *bytes, const void *proof,
                     size_t size);

/* True when the first key made it: nothing is left to do when keys change. */
bool token_seal_is_current(const struct token_seal *seal, const void *sealed, size_t size);
