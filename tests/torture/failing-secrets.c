/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What sealing, hashing and one-time codes call of libsodium and liboath. */
#include "failing-calls.h"

#include <liboath/oath.h>
#include <sodium.h>

FAILING(int, sodium_init, (void), (), -1);
FAILING(int, crypto_kdf_derive_from_key,
        (unsigned char *ret_key, size_t size, uint64_t id, const char *context,
         const unsigned char *key),
        (ret_key, size, id, context, key), -1);
FAILING(int, crypto_aead_xchacha20poly1305_ietf_encrypt,
        (unsigned char *ret_sealed, unsigned long long *ret_size, const unsigned char *bytes,
         unsigned long long size, const unsigned char *bound, unsigned long long bound_size,
         const unsigned char *nothing, const unsigned char *nonce, const unsigned char *key),
        (ret_sealed, ret_size, bytes, size, bound, bound_size, nothing, nonce, key), -1);
FAILING(int, crypto_generichash,
        (unsigned char *ret_hash, size_t hash_size, const unsigned char *bytes,
         unsigned long long size, const unsigned char *key, size_t key_size),
        (ret_hash, hash_size, bytes, size, key, key_size), -1);
FAILING(int, crypto_generichash_blake2b_salt_personal,
        (unsigned char *ret_hash, size_t hash_size, const unsigned char *bytes,
         unsigned long long size, const unsigned char *key, size_t key_size,
         const unsigned char *salt, const unsigned char *personal),
        (ret_hash, hash_size, bytes, size, key, key_size, salt, personal), -1);

FAILING(int, oath_init, (void), (), OATH_CRYPTO_ERROR);
FAILING(int, oath_hotp_generate,
        (const char *secret, size_t size, uint64_t step, unsigned digits, bool add_checksum,
         size_t truncation, char *ret_code),
        (secret, size, step, digits, add_checksum, truncation, ret_code), OATH_MALLOC_ERROR);
