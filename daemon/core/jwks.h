/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys that one issuer publishes (RFC 7517 section 5), and the choice of the one that may
 * verify a token. Nothing is verified here: jws.h does. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "core/jws-algorithm.h"

#define JWKS_MAX_BYTES (512 * 1024)
#define JWKS_MAX_KEYS  100

struct jwk;
struct jwks;

/* Reads a JWK Set. Keys that we cannot or may not use stay in it as unusable, so that the refusal
 * of a token can say why. 0; -EBADMSG and *ret_why when the document is not a key set or too large;
 * -ENOMEM. */
int jwks_parse(const char *body, size_t size, struct jwks **ret_jwks, const char **ret_why);

/* Takes NULL, returns NULL. */
struct jwks *jwks_free(struct jwks *jwks);
DEFINE_CLEANUP(struct jwks *, jwks_free);
#define _cleanup_jwks_ _cleanup_(jwks_freep)

bool jwks_has_key(const struct jwks *jwks, const char *kid);

/* The number of keys; *ret_keys is borrowed. */
size_t jwks_keys(const struct jwks *jwks, const struct jwk **ret_keys);

enum jwks_choice {
        JWKS_FOUND,
        JWKS_UNKNOWN, /* the set has no such key, a newer one may: fetch once more */
        JWKS_REFUSED,
};

/* The key for a token signed with that one algorithm. With a kid: the key of that kid; several keys
 * may share it (RFC 7517 section 4.5) if just one of them fits the algorithm. Without (NULL): the
 * only key of the set that fits. Two that fit are refused, so that one token is checked against one
 * key, once. *ret_why is set unless JWKS_FOUND. */
enum jwks_choice jwks_choose(const struct jwks *jwks, const char *kid, enum jws_algorithm algorithm,
                             const struct jwk **ret_key, const char **ret_why);
