/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signed tokens that badged makes itself (RFC 7515 compact serialisation), and what they are made
 * of. What they claim is the business of client-assertion.h and dpop.h. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/jws-algorithm.h"

#define JWT_HMAC_KEY_MIN_BYTES 32 /* RFC 7518 section 3.2: not less than the hash has */

struct evp_pkey_st;
struct json_object;

/* What the key may sign with, as bits of enum jws_algorithm; the lowest is the usual one. 0 for a
 * key that badged does not use: RSA below 2048 or above 8192 bits, other curves, other kinds. */
unsigned jwt_key_algorithms(struct evp_pkey_st *key);

/* The header gets its "alg". algorithm is one bit, or 0 for the key's usual one. 0, -EINVAL when
 * the key is not for that, -EIO when it does not sign (a public key, a token that has gone),
 * -ENOMEM. */
int jwt_sign(struct json_object *header, struct json_object *claims, struct evp_pkey_st *key,
             unsigned algorithm, struct secret **ret_jwt);

/* HS256, with the secret's bytes as they are. -EINVAL when they are too few. */
int jwt_sign_hmac(struct json_object *header, struct json_object *claims, const struct secret *key,
                  struct secret **ret_jwt);

/* Adds a member of a name that is not there yet. A text is UTF-8; NULL adds nothing. An object is
 * taken over in any case; NULL is an object for which there was no memory. 0 or -ENOMEM. */
int jwt_add_text(struct json_object *object, const char *name, const char *text);
int jwt_add_number(struct json_object *object, const char *name, uint64_t number);
int jwt_add_object(struct json_object *object, const char *name, struct json_object *taken);
