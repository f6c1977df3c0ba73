/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token and the key set that it is checked with: the first line is the set, the rest the token.
 */
#include <json-c/json.h>
#include <string.h>

#include "core/jwks.h"
#include "core/jws.h"
#include "fuzz-target.h"

static void check_form(const char *token, size_t size)
{
        static const char alphabet[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        unsigned dots = 0;

        for (size_t i = 0; i < size; i++) {
                dots += token[i] == '.';
                FUZZ_EXPECT(token[i] == '.' || (token[i] && strchr(alphabet, token[i])));
        }
        FUZZ_EXPECT(dots == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct jws_token parsed = {0};
        struct jwks *jwks = NULL;
        const char *why = NULL;
        const uint8_t *line_end = size > 0 ? memchr(data, '\n', size) : NULL;

        if (!line_end || jwks_parse((const char *)data, (size_t)(line_end - data), &jwks, &why) < 0)
                return 0;
        const char *token = (const char *)line_end + 1;
        size_t token_size = size - (size_t)(line_end + 1 - data);
        enum jws_verdict verdict = jws_verify(token, token_size, jwks, JWS_DEFAULT_ALGORITHMS,
                                              &parsed, &why);
        if (verdict == JWS_VALID) {
                check_form(token, token_size);
                FUZZ_EXPECT(json_object_is_type(parsed.claims, json_type_object));
                FUZZ_EXPECT(jws_algorithm_name(parsed.algorithm));
        } else {
                FUZZ_EXPECT(!parsed.claims && why);
        }
        jws_token_finish(&parsed);
        (void)jwks_free(jwks);
        return 0;
}
