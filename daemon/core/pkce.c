/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/pkce.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64url.h"

#define VERIFIER_MIN_BYTES 43
#define VERIFIER_MAX_BYTES 128

int pkce_verifier_new(const unsigned char random[PKCE_RANDOM_BYTES], struct secret **ret_verifier)
{
        char *text = base64url_encode(random, PKCE_RANDOM_BYTES);
        if (!text)
                return -ENOMEM;

        struct secret *verifier = secret_new_text(text);
        secret_erase(text, strlen(text));
        free(text);
        if (!verifier)
                return -ENOMEM;
        *ret_verifier = verifier;
        return 0;
}

static bool verifier_is_valid(const struct secret *verifier)
{
        static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~";
        size_t size = secret_size(verifier);

        return size >= VERIFIER_MIN_BYTES && size <= VERIFIER_MAX_BYTES &&
               strspn(secret_bytes(verifier), unreserved) == size;
}

int pkce_challenge_new(const struct secret *verifier, char **ret_challenge)
{
        unsigned char digest[crypto_hash_sha256_BYTES];

        if (!verifier_is_valid(verifier))
                return -EINVAL;
        (void)crypto_hash_sha256(digest, (const unsigned char *)secret_bytes(verifier),
                                 secret_size(verifier));
        char *challenge = base64url_encode(digest, sizeof(digest));
        if (!challenge)
                return -ENOMEM;
        *ret_challenge = challenge;
        return 0;
}
