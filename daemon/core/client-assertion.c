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
        return is_given(spec->client_id) && is_given(spec->issuer) && is_given(spec->jti) &&
               !spec->key != !spec->secret && (spec->key || spec->algorithm == 0);
}

/* RFC 7523 section 3. */
static int claims_fill(struct json_object *claims, const struct client_assertion_spec *spec)
{
        int r = jwt_add_text(claims, "iss", spec->client_id);
        if (r == 0)
                r = jwt_add_text(claims, "sub", spec->client_id);
        if (r == 0)
                r = jwt_add_text(claims, "aud", spec->issuer);
        if (r == 0)
                r = jwt_add_text(claims, "jti", spec->jti);
        if (r == 0)
                r = jwt_add_number(claims, "iat", spec->now_sec);
        if (r == 0)
                r = jwt_add_number(claims, "exp", spec->now_sec + CLIENT_ASSERTION_LIFETIME_SEC);
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
                r = claims_fill(claims, spec);
        if (r < 0)
                return r;
        return spec->key ? jwt_sign(header, claims, spec->key, spec->algorithm, ret_assertion)
                         : jwt_sign_hmac(header, claims, spec->secret, ret_assertion);
}
