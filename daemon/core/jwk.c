/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jwk.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/jws-algorithm.h"
#include "core/strict-json.h"

#define MEMBER_MAX_BYTES 2048 /* a modulus of 8192 bits takes 1366 */
#define NAME_MAX_BYTES   64

static const struct curve {
        const char *name;
        unsigned algorithm;
        size_t coordinate_bytes;
} curves[] = {
        {"P-256", JWS_ES256, 32},
        {"P-384", JWS_ES384, 48},
        {"P-521", JWS_ES512, 66},
};

static int member_decode(struct json_object *object, const char *name, const char **ret_text,
                         unsigned char **ret_bytes, size_t *ret_size)
{
        const char *text;

        if (strict_json_text(object, name, MEMBER_MAX_BYTES, &text) <= 0)
                return -EBADMSG;
        int r = base64url_decode(text, strlen(text), ret_bytes, ret_size);
        if (r < 0)
                return r;
        *ret_text = text;
        return 0;
}

static size_t count_bits(const unsigned char *bytes, size_t size)
{
        size_t first = 0, bits = 0;

        while (first < size && bytes[first] == 0)
                first++;
        if (first == size)
                return 0;
        for (unsigned char top = bytes[first]; top > 0; top >>= 1)
                bits++;
        return bits + (size - first - 1) * 8;
}

/* With e = 1 every message is its own signature. */
static bool exponent_is_safe(const unsigned char *e, size_t size)
{
        size_t bits = count_bits(e, size);
        return bits >= 2 && bits <= JWK_RSA_MAX_E_BITS && e[size - 1] % 2 == 1;
}

static int read_rsa(struct json_object *object, struct jwk *jwk)
{
        _cleanup_free_ unsigned char *n = NULL, *e = NULL;
        const char *n_text, *e_text;
        size_t n_size, e_size;

        jwk->unusable = "the key's RSA members are missing or malformed";
        int r = member_decode(object, "n", &n_text, &n, &n_size);
        if (r < 0)
                return r;
        r = member_decode(object, "e", &e_text, &e, &e_size);
        if (r < 0)
                return r;

        size_t bits = count_bits(n, n_size);
        jwk->unusable = "the key is an RSA key of fewer than 2048 bits";
        if (bits < JWK_RSA_MIN_BITS)
                return -EBADMSG;
        jwk->unusable = "the key is an RSA key of more than 8192 bits";
        if (bits > JWK_RSA_MAX_BITS)
                return -EBADMSG;
        jwk->unusable = "the key has an unsafe RSA exponent";
        if (!exponent_is_safe(e, e_size))
                return -EBADMSG;

        if (asprintf(&jwk->public_json, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}", n_text,
                     e_text) < 0)
                return jwk->public_json = NULL, -ENOMEM;
        jwk->signature_bytes = (bits + 7) / 8;
        jwk->algorithms = JWS_RSA_ALGORITHMS;
        return 0;
}

static const struct curve *curve_from_name(const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(curves); i++)
                if (strcmp(name, curves[i].name) == 0)
                        return &curves[i];
        return NULL;
}

/* Whether the point lies on the curve is libcjose's to see when the key is used. */
static int read_ec(struct json_object *object, struct jwk *jwk)
{
        _cleanup_free_ unsigned char *x = NULL, *y = NULL;
        const char *crv, *x_text, *y_text;
        size_t x_size, y_size;

        jwk->unusable = "the key is on a curve that is not supported";
        if (strict_json_text(object, "crv", NAME_MAX_BYTES, &crv) <= 0)
                return -EBADMSG;
        const struct curve *curve = curve_from_name(crv);
        if (!curve)
                return -EBADMSG;

        jwk->unusable = "the key's EC members are missing or malformed";
        int r = member_decode(object, "x", &x_text, &x, &x_size);
        if (r < 0)
                return r;
        r = member_decode(object, "y", &y_text, &y, &y_size);
        if (r < 0)
                return r;
        if (x_size != curve->coordinate_bytes || y_size != curve->coordinate_bytes)
                return -EBADMSG;

        if (asprintf(&jwk->public_json, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
                     curve->name, x_text, y_text) < 0)
                return jwk->public_json = NULL, -ENOMEM;
        jwk->signature_bytes = 2 * curve->coordinate_bytes;
        jwk->algorithms = curve->algorithm;
        return 0;
}

static bool has_private_member(struct json_object *object)
{
        static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (json_object_object_get_ex(object, names[i], NULL))
                        return true;
        return false;
}

static int read_material(struct json_object *object, struct jwk *jwk)
{
        const char *kty;

        jwk->unusable = "the key is of a kind that is not supported";
        if (strict_json_text(object, "kty", NAME_MAX_BYTES, &kty) <= 0)
                return -EBADMSG;
        bool rsa = strcmp(kty, "RSA") == 0, ec = strcmp(kty, "EC") == 0;
        if (strcmp(kty, "oct") == 0)
                jwk->unusable = "the key is a shared secret";
        if (!rsa && !ec)
                return -EBADMSG;
        jwk->unusable = "the provider published the private part of the key";
        if (has_private_member(object))
                return -EBADMSG;
        return rsa ? read_rsa(object, jwk) : read_ec(object, jwk);
}

static bool operations_allow_verify(struct json_object *object)
{
        struct json_object *operations;

        if (!json_object_object_get_ex(object, "key_ops", &operations))
                return true;
        if (!json_object_is_type(operations, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(operations); i++) {
                struct json_object *one = json_object_array_get_idx(operations, i);
                if (json_object_is_type(one, json_type_string) &&
                    strcmp(json_object_get_string(one), "verify") == 0)
                        return true;
        }
        return false;
}

/* RFC 7517 sections 4.2 to 4.4: what the key says that it is for. */
static int restrict_usage(struct json_object *object, struct jwk *jwk)
{
        const char *use, *alg;
        unsigned bit;

        jwk->unusable = "the key is not meant for signatures";
        int r = strict_json_text(object, "use", NAME_MAX_BYTES, &use);
        if (r < 0 || (r > 0 && strcmp(use, "sig") != 0))
                return -EBADMSG;
        if (!operations_allow_verify(object))
                return -EBADMSG;

        r = strict_json_text(object, "alg", NAME_MAX_BYTES, &alg);
        jwk->unusable = "the key is meant for an algorithm that is not supported";
        if (r < 0 || (r > 0 && jws_algorithm_from_name(alg, &bit) < 0))
                return -EBADMSG;
        jwk->unusable = "the key's algorithm does not belong to its kind";
        if (r > 0 && !(jwk->algorithms & bit))
                return -EBADMSG;
        if (r > 0)
                jwk->algorithms = bit;
        jwk->unusable = NULL;
        return 0;
}

static int read_kid(struct json_object *object, struct jwk *jwk)
{
        const char *kid;

        jwk->unusable = "the key's kid is not a short text";
        int r = strict_json_text(object, "kid", JWK_KID_MAX_BYTES, &kid);
        if (r <= 0)
                return r;
        jwk->kid = strdup(kid);
        return jwk->kid ? 0 : -ENOMEM;
}

int jwk_init(struct json_object *object, struct jwk *ret_jwk)
{
        struct jwk jwk = {0};

        int r = read_kid(object, &jwk);
        if (r == 0)
                r = read_material(object, &jwk);
        if (r == 0)
                r = restrict_usage(object, &jwk);
        if (r < 0 && r != -EBADMSG) {
                jwk_finish(&jwk);
                return r;
        }
        if (r == -EBADMSG) {
                free(jwk.public_json);
                jwk.public_json = NULL;
                jwk.algorithms = 0;
        }
        *ret_jwk = jwk;
        return 0;
}

void jwk_finish(struct jwk *jwk)
{
        free(jwk->kid);
        free(jwk->public_json);
        *jwk = (struct jwk){0};
}
