/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A signed token (RFC 7515 compact serialisation), verified with an issuer's keys. Around libcjose
 * stand the checks that it lacks (RFC 8725): exactly three parts of strict base64url, an algorithm
 * on the allow-list, one key that fits it, a signature of the right length, no crit, no b64, no
 * JWE. What the claims say (who, for whom, until when) is not looked at: id-token.h does. */
#pragma once

#include <stddef.h>

#include "core/jws-algorithm.h"

#define JWS_MAX_BYTES (64 * 1024)

struct json_object;
struct jwks;

enum jws_verdict {
        JWS_VALID,
        JWS_UNKNOWN_KEY, /* no key of the set has the token's kid: fetch the set once more */
        JWS_INVALID,     /* final; also when memory is short */
};

struct jws_token {
        struct json_object *claims;   /* parsed from the bytes that the signature covers */
        enum jws_algorithm algorithm; /* what it was signed with: at_hash needs it */
};

/* compact (size bytes, no NUL needed) is checked as it stands: a blank or line break anywhere makes
 * it invalid. algorithms is the issuer's allow-list of enum jws_algorithm bits. Keys come from jwks
 * only; whatever the header offers (jwk, jku, x5c, x5u) is ignored. *ret_token is set when
 * JWS_VALID, otherwise *ret_why (static). */
enum jws_verdict jws_verify(const char *compact, size_t size, const struct jwks *jwks,
                            unsigned algorithms, struct jws_token *ret_token, const char **ret_why);

void jws_token_finish(struct jws_token *token);
#define _cleanup_jws_token_ _cleanup_(jws_token_finish)
