/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/dpop.h"

#include <errno.h>
#include <json-c/json.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "common/text.h"
#include "core/base64url.h"
#include "core/jwt-sign.h"
#include "core/public-jwk.h"
#include "core/strict-json.h"

static bool is_given(const char *text)
{
        return text && text[0] != '\0';
}

/* Section 4.2: the key with which to check the proof is part of it. */
static int header_fill(struct json_object *header, struct evp_pkey_st *key)
{
        _cleanup_free_ char *text = NULL;
        _cleanup_json_ struct json_object *jwk = NULL;
        const char *why;

        int r = public_jwk_new(key, &text);
        if (r == 0)
                r = strict_json_parse_object(text, strlen(text), &jwk, &why);
        if (r == 0)
                r = jwt_add_text(header, "typ", "dpop+jwt");
        if (r < 0)
                return r;
        return jwt_add_object(header, "jwk", TAKE_PTR(jwk));
}

static int add_target(struct json_object *claims, const char *url)
{
        _cleanup_free_ char *target = strndup(url, strcspn(url, "?#"));

        if (!target)
                return -ENOMEM;
        return text_is_https_url(target) ? jwt_add_text(claims, "htu", target) : -EINVAL;
}

static int add_token_hash(struct json_object *claims, const struct secret *access_token)
{
        unsigned char digest[crypto_hash_sha256_BYTES];

        (void)crypto_hash_sha256(digest, (const unsigned char *)secret_bytes(access_token),
                                 secret_size(access_token));
        _cleanup_free_ char *text = base64url_encode(digest, sizeof(digest));
        return text ? jwt_add_text(claims, "ath", text) : -ENOMEM;
}

static int claims_fill(struct json_object *claims, const struct dpop_proof_spec *spec)
{
        int r = jwt_add_text(claims, "jti", spec->jti);
        if (r == 0)
                r = jwt_add_text(claims, "htm", spec->method);
        if (r == 0)
                r = add_target(claims, spec->url);
        if (r == 0)
                r = jwt_add_number(claims, "iat", spec->now_sec);
        if (r == 0)
                r = jwt_add_text(claims, "nonce", spec->nonce);
        if (r == 0 && spec->access_token)
                r = add_token_hash(claims, spec->access_token);
        return r;
}

int dpop_proof_new(const struct dpop_proof_spec *spec, struct secret **ret_proof)
{
        if (!is_given(spec->method) || !is_given(spec->url) || !is_given(spec->jti))
                return -EINVAL;

        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();
        if (!header || !claims)
                return -ENOMEM;
        int r = header_fill(header, spec->key);
        if (r == 0)
                r = claims_fill(claims, spec);
        if (r < 0)
                return r;
        return jwt_sign(header, claims, spec->key, JWS_ES256, ret_proof);
}

int dpop_thumbprint(struct evp_pkey_st *key, char **ret_jkt)
{
        return public_jwk_thumbprint(key, ret_jkt);
}
