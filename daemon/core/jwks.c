/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jwks.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "core/jwk.h"
#include "core/refuse.h"
#include "core/strict-json.h"

struct jwks {
        struct jwk keys[JWKS_MAX_KEYS];
        size_t n_keys;
};

static int keys_read(struct json_object *array, struct jwks *jwks, const char **ret_why)
{
        size_t n = json_object_array_length(array);

        if (n > JWKS_MAX_KEYS)
                return refuse("the key set holds more than 100 keys", ret_why);
        for (size_t i = 0; i < n; i++) {
                struct json_object *one = json_object_array_get_idx(array, i);
                if (!json_object_is_type(one, json_type_object))
                        return refuse("a key of the key set is not an object", ret_why);
                int r = jwk_init(one, &jwks->keys[i]);
                if (r < 0)
                        return r;
                jwks->n_keys++;
        }
        return 0;
}

int jwks_parse(const char *body, size_t size, struct jwks **ret_jwks, const char **ret_why)
{
        _cleanup_json_ struct json_object *document = NULL;
        struct json_object *array;

        if (size > JWKS_MAX_BYTES)
                return refuse("the key set is larger than 512 KiB", ret_why);
        int r = strict_json_parse_object(body, size, &document, ret_why);
        if (r < 0)
                return r;
        if (!json_object_object_get_ex(document, "keys", &array) ||
            !json_object_is_type(array, json_type_array))
                return refuse("the key set has no keys array", ret_why);

        _cleanup_jwks_ struct jwks *jwks = calloc(1, sizeof(*jwks));
        if (!jwks)
                return -ENOMEM;
        r = keys_read(array, jwks, ret_why);
        if (r < 0)
                return r;
        *ret_jwks = TAKE_PTR(jwks);
        return 0;
}

struct jwks *jwks_free(struct jwks *jwks)
{
        if (!jwks)
                return NULL;
        for (size_t i = 0; i < jwks->n_keys; i++)
                jwk_finish(&jwks->keys[i]);
        free(jwks);
        return NULL;
}

static bool key_has_kid(const struct jwk *key, const char *kid)
{
        return key->kid && strcmp(key->kid, kid) == 0;
}

bool jwks_has_key(const struct jwks *jwks, const char *kid)
{
        for (size_t i = 0; i < jwks->n_keys; i++)
                if (key_has_kid(&jwks->keys[i], kid))
                        return true;
        return false;
}

size_t jwks_keys(const struct jwks *jwks, const struct jwk **ret_keys)
{
        *ret_keys = jwks->keys;
        return jwks->n_keys;
}

enum jwks_choice jwks_choose(const struct jwks *jwks, const char *kid, enum jws_algorithm algorithm,
                             const struct jwk **ret_key, const char **ret_why)
{
        const struct jwk *named = NULL, *fitting = NULL;
        size_t n_fitting = 0;

        for (size_t i = 0; i < jwks->n_keys; i++) {
                const struct jwk *key = &jwks->keys[i];
                if (kid && !key_has_kid(key, kid))
                        continue;
                named = key;
                if (!(key->algorithms & algorithm))
                        continue;
                fitting = key;
                n_fitting++;
        }
        if (n_fitting > 1) {
                *ret_why = kid ? "several keys of the provider share the token's kid"
                               : "the token names no key and several keys of the provider fit";
                return JWKS_REFUSED;
        }
        if (n_fitting == 1) {
                *ret_key = fitting;
                return JWKS_FOUND;
        }
        if (kid && named) {
                *ret_why = named->unusable ? named->unusable
                                           : "the token's algorithm does not fit its key";
                return JWKS_REFUSED;
        }
        *ret_why = kid ? "the provider publishes no key with the token's kid"
                       : "the token names no key and no key of the provider fits";
        return JWKS_UNKNOWN;
}
