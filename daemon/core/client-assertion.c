/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/client-assertion.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>

#include "core/jwt-sign.h"
#include "core/strict-json.h"

static bool is_given(const char *text)
{
        return text && text[0] != '\0';
}

static bool spec_is_valid(const struct client_assertion_spec *spec)
{
        return is_given(spec->client_id) && is_given(spec->audience) && is_given(spec->jti) &&
               !spec->key != !spec->secret && (spec->key || spec->algorithm == 0);
}

/* RFC 7523 section 3. */
static int claims_fill(struct json_object *claims, const char *issuer, const char *subject,
                       const char *audience, const char *jti, uint64_t now_sec)
{
        int r = jwt_add_text(claims, "iss", issuer);
        if (r == 0)
                r = jwt_add_text(claims, "sub", subject);
        if (r == 0)
                r = jwt_add_text(claims, "aud", audience);
        if (r == 0)
                r = jwt_add_text(claims, "jti", jti);
        if (r == 0)
                r = jwt_add_number(claims, "iat", now_sec);
        if (r == 0)
                r = jwt_add_number(claims, "exp", now_sec + CLIENT_ASSERTION_LIFETIME_SEC);
        return r;
}

int client_assertion_new(const struct client_assertion_spec *spec, struct secret **ret_assertion)
{
        if (!spec_is_valid(spec))
                return -EINVAL;

        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();
        if (!header || !claims)
                return -ENOMEM;
        int r = jwt_add_text(header, "typ", "JWT");
        if (r == 0)
                r = jwt_add_text(header, "kid", spec->kid);
        if (r == 0)
                r = claims_fill(claims, spec->client_id, spec->client_id, spec->audience, spec->jti,
                                spec->now_sec);
        if (r < 0)
                return r;
        return spec->key ? jwt_sign(header, claims, spec->key, spec->algorithm, ret_assertion)
                         : jwt_sign_hmac(header, claims, spec->secret, ret_assertion);
}

int grant_assertion_new(const struct grant_assertion_spec *spec, struct secret **ret_assertion)
{
        if (!is_given(spec->client_id) || !is_given(spec->audience) || !is_given(spec->jti) ||
            !spec->key)
                return -EINVAL;

        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();
        if (!header || !claims)
                return -ENOMEM;
        int r = jwt_add_text(header, "typ", "JWT");
        if (r == 0)
                r = claims_fill(claims, spec->client_id,
                                spec->subject ? spec->subject : spec->client_id, spec->audience,
                                spec->jti, spec->now_sec);
        if (r == 0)
                r = jwt_add_text(claims, "scope", spec->scope);
        return r < 0 ? r : jwt_sign(header, claims, spec->key, 0, ret_assertion);
}
