/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an id_token must say to be taken as the answer to our own login (OIDC Core section 3.1.3.7).
 * The claims come out of jws_verify(): nothing here looks at signatures. */
#pragma once

#include <stdint.h>

#include "core/jws-algorithm.h"

#define ID_TOKEN_LEEWAY_SEC  60
#define ID_TOKEN_MAX_AGE_SEC (24 * 60 * 60)

struct json_object;
struct secret;
struct text_list;

struct id_token_expectation {
        const char *issuer, *client_id;
        const struct secret *access_token; /* that came with it; for at_hash, not NULL */
        enum jws_algorithm algorithm;      /* of the token's signature; for at_hash */
        uint64_t now_sec;                  /* CLOCK_REALTIME */
        /* What follows asks for more, and may be left 0. */
        const char *nonce;                         /* that was sent; NULL: none was */
        const struct text_list *trusted_audiences; /* that may stand beside ours */
        /* Of the first login, when this token came with a refreshed one (section 12.2). */
        const char *subject;
        uint64_t auth_time_sec;
};

/* 0 when the token is ours and valid now: iss equal to the byte, aud client_id and nobody else but
 * trusted_audiences, azp, sub (1 to 255 printable ASCII characters), exp, iat (at most
 * ID_TOKEN_MAX_AGE_SEC ago), nbf and auth_time with a leeway of ID_TOKEN_LEEWAY_SEC, at_hash if it
 * is there; nonce, subject and auth_time as expected. A nonce that nobody sent is ignored.
 * -EBADMSG and *ret_why (static); -ENOMEM. */
int id_token_check(struct json_object *claims, const struct id_token_expectation *expectation,
                   const char **ret_why);
