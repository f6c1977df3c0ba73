/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/secret-hash.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define HASH_BYTES ((size_t)SECRET_HASH_DIGITS / 2)

_Static_assert(HASH_BYTES == crypto_generichash_blake2b_BYTES,
               "the size that BLAKE2b is meant for");

int secret_hash_make_secret(size_t size, struct secret **ret_secret)
{
        _cleanup_secret_ struct secret *secret = secret_new(NULL, 0);

        if (!secret)
                return -ENOMEM;
        if (sodium_init() < 0)
                return -EIO;
        while (secret_size(secret) < size) {
                unsigned char bytes[32];
                size_t left = size - secret_size(secret);
                size_t n = left < sizeof(bytes) ? left : sizeof(bytes);

                randombytes_buf(bytes, n);
                int r = secret_append(secret, bytes, n, size);
                secret_erase(bytes, sizeof(bytes));
                if (r < 0)
                        return r;
        }
        *ret_secret = TAKE_PTR(secret);
        return 0;
}

int secret_hash(const char *purpose, const struct secret *secret,
                char ret_hash[static SECRET_HASH_DIGITS + 1])
{
        unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = {0}, hash[HASH_BYTES];
        size_t size = strlen(purpose);

        if (size > sizeof(personal))
                return -EINVAL;
        memcpy(personal, purpose, size);
        if (sodium_init() < 0 ||
            crypto_generichash_blake2b_salt_personal(
                    hash, sizeof(hash), (const unsigned char *)secret_bytes(secret),
                    secret_size(secret), NULL, 0, NULL, personal) < 0)
                return -EIO;
        (void)sodium_bin2hex(ret_hash, SECRET_HASH_DIGITS + 1, hash, sizeof(hash));
        return 0;
}

bool secret_hash_equals(const char *hash, const char *other)
{
        return strlen(hash) == SECRET_HASH_DIGITS && strlen(other) == SECRET_HASH_DIGITS &&
               sodium_memcmp(hash, other, SECRET_HASH_DIGITS) == 0;
}
