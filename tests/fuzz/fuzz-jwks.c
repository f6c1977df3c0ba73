/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key set of a provider, and every choice of a key from it. */
#include <string.h>

#include "core/jwk.h"
#include "core/jwks.h"
#include "fuzz-target.h"

static void check_key(const struct jwk *key)
{
        FUZZ_EXPECT(!key->algorithms == !!key->unusable);
        FUZZ_EXPECT(!key->algorithms == !key->public_json);
        FUZZ_EXPECT(!key->public_json || !strstr(key->public_json, "\"d\""));
        FUZZ_EXPECT(!(key->algorithms & ~(unsigned)JWS_DEFAULT_ALGORITHMS));
        FUZZ_EXPECT(!(key->algorithms & JWS_RSA_ALGORITHMS) ||
                    key->signature_bytes >= JWK_RSA_MIN_BITS / 8);
}

static void check_choice(const struct jwks *jwks, const char *kid)
{
        for (unsigned bit = JWS_RS256; bit <= JWS_ES512; bit <<= 1) {
                const struct jwk *key = NULL;
                const char *why = NULL;
                enum jwks_choice choice = jwks_choose(jwks, kid, bit, &key, &why);
                FUZZ_EXPECT((choice == JWKS_FOUND) == (key != NULL));
                FUZZ_EXPECT((choice == JWKS_FOUND) != (why != NULL));
                FUZZ_EXPECT(!key || key->algorithms & bit);
                FUZZ_EXPECT(!key || !kid || strcmp(key->kid, kid) == 0);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct jwks *jwks = NULL;
        const struct jwk *keys;
        const char *why = NULL;

        if (jwks_parse((const char *)data, size, &jwks, &why) < 0) {
                FUZZ_EXPECT(!jwks && why);
                return 0;
        }
        size_t n = jwks_keys(jwks, &keys);
        FUZZ_EXPECT(n <= JWKS_MAX_KEYS);
        check_choice(jwks, NULL);
        for (size_t i = 0; i < n; i++) {
                check_key(&keys[i]);
                check_choice(jwks, keys[i].kid);
        }
        (void)jwks_free(jwks);
        return 0;
}
