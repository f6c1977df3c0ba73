/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The userinfo answer, added to an identity and asked for claims, or all that there is. */
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

/* The same answer where there is no id_token: plain OAuth 2.0. */
static void check_alone(const char *body, size_t size)
{
        static const char *const names[] = {"sub", "id", "email", "/data/id", "/roles/~*"};
        const char *why = NULL;

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct identity *identity = NULL;
                int r = identity_new_from_userinfo("hub", "https://issuer.example", names[i], body,
                                                   size, &identity, &why);
                FUZZ_EXPECT((r == 0) == (identity != NULL) && (r == 0 || why));
                FUZZ_EXPECT(!identity || (identity_subject_is_valid(identity->subject) &&
                                          identity_has_claim(identity, names[i])));
                (void)identity_free(identity);
        }
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
        check_alone((const char *)data, size);
        return 0;
}
