/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The userinfo answer, added to an identity and asked for claims. */
#include <stdlib.h>
#include <string.h>

#include "core/identity.h"
#include "core/strict-json.h"
#include "fuzz-target.h"

static struct identity *known_identity(void)
{
        static const char id_token[] = "{\"iss\":\"https://issuer.example\",\"sub\":\"1\"}";
        struct json_object *claims = NULL;
        struct identity *identity = NULL;
        const char *why;

        if (strict_json_parse_object(id_token, strlen(id_token), &claims, &why) < 0 ||
            identity_new("corp", claims, &identity, &why) < 0)
                abort();
        (void)json_object_put(claims);
        return identity;
}

static void check_claims(const struct identity *identity)
{
        static const char *const names[] = {"email", "phone_number", "groups", "name", "sub"};
        const char *text = NULL;
        bool verified = false;

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                int r = identity_claim_text(identity, names[i], &text);
                FUZZ_EXPECT(r <= 0 || (text[0] && identity_claim_has(identity, names[i], text)));
                FUZZ_EXPECT(r == 0 || identity_has_claim(identity, names[i]));
        }
        if (identity_has_claim(identity, "email"))
                FUZZ_EXPECT(strict_json_bool(identity->userinfo, "email_verified", &verified) > 0 &&
                            verified);
        FUZZ_EXPECT(identity_claim_has(identity, "sub", "1"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct identity *identity = known_identity();
        const char *why = NULL;

        if (identity_add_userinfo(identity, (const char *)data, size, &why) < 0)
                FUZZ_EXPECT(why && !identity->userinfo);
        else
                check_claims(identity);
        (void)identity_free(identity);
        return 0;
}
