/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and tokens for tests, made with libcrypto alone: any header and payload, well or badly
 * signed. Every failure inside ends the test. Texts are the caller's to free. */
#pragma once

#include <openssl/types.h>
#include <stddef.h>

EVP_PKEY *forge_rsa(unsigned bits);
EVP_PKEY *forge_ec(const char *curve);

/* The public JWK; more is appended inside the object (",\"use\":\"sig\"") or "". */
char *forge_jwk(EVP_PKEY *key, const char *more);

/* A key set of one or two keys (second may be NULL). */
char *forge_jwks(const char *first, const char *second);

/* header.payload signed as alg says, whatever the header says. Sizes because of NUL bytes. */
char *forge_jws(EVP_PKEY *key, const char *alg, const char *header, const char *payload);
char *forge_jws_bytes(EVP_PKEY *key, const char *alg, const void *header, size_t header_size,
                      const void *payload, size_t payload_size);

/* header.payload with an HMAC-SHA-256 over it. */
char *forge_hs256(const char *secret, const char *header, const char *payload);

/* The key as PEM: what an attacker would take for the HMAC secret. */
char *forge_pem(EVP_PKEY *key);
