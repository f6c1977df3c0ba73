/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The claims of a token whose signature was good, and the identity made of them. */
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "core/id-token.h"
#include "core/identity.h"
#include "core/strict-json.h"
#include "fuzz-target.h"

#define ISSUER "https://issuer.example"

static void check_claims(struct json_object *claims, const struct secret *access_token)
{
        const struct id_token_expectation expectation = {
                .issuer = ISSUER,
                .client_id = "linux-login",
                .access_token = access_token,
                .algorithm = JWS_RS256,
                .now_sec = 1800000000,
        };
        struct identity *identity = NULL;
        const char *why = NULL;

        if (id_token_check(claims, &expectation, &why) < 0) {
                FUZZ_EXPECT(why);
                return;
        }
        if (identity_new("corp", claims, &identity, &why) < 0) {
                FUZZ_EXPECT(!identity && why);
                return;
        }
        FUZZ_EXPECT(strcmp(identity->issuer, ISSUER) == 0);
        FUZZ_EXPECT(identity_subject_is_valid(identity->subject));
        FUZZ_EXPECT(identity->n_amr <= IDENTITY_MAX_AMR);
        FUZZ_EXPECT(identity->auth_time_sec <= expectation.now_sec + ID_TOKEN_LEEWAY_SEC);
        (void)identity_free(identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct json_object *claims = NULL;
        const char *why = NULL;

        if (strict_json_parse_object((const char *)data, size, &claims, &why) < 0)
                return 0;
        struct secret *access_token = secret_new_text(
                "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        if (!access_token)
                abort();
        check_claims(claims, access_token);
        (void)secret_free(access_token);
        (void)json_object_put(claims);
        return 0;
}
