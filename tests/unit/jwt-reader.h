/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes apart what badged signed, and has libcjose verify it: not with the code that signed it.
 * Every failure inside ends the test. */
#pragma once

#include <json-c/json.h>
#include <openssl/types.h>

#include "common/secret.h"

struct jwt_parts {
        struct json_object *header, *claims;
        char *signature; /* base64url */
};

/* Exactly three parts of strict base64url, the first two of which are JSON objects. */
void jwt_read(const struct secret *jwt, struct jwt_parts *ret_parts);
void jwt_parts_finish(struct jwt_parts *parts);
#define _cleanup_jwt_parts_ _cleanup_(jwt_parts_finish)

/* NULL when there is no such member; its JSON when it is not a text. */
const char *jwt_member(struct json_object *object, const char *name);

/* By the public half of key, or by the bytes of secret. */
void jwt_assert_signed(const struct secret *jwt, EVP_PKEY *key);
void jwt_assert_mac(const struct secret *jwt, const struct secret *secret);

/* Keys of published examples. */
EVP_PKEY *jwt_rsa_from_text(const char *n, const char *e);
EVP_PKEY *jwt_p256_from_text(const char *x, const char *y);
