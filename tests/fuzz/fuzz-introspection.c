/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the introspection endpoint. What counts as alive says so in so many bytes. */
#include <errno.h>
#include <string.h>

#include "core/introspection.h"
#include "core/strict-json.h"
#include "fuzz-target.h"

static const struct introspection_expectation expectation = {.client_id = "linux-login",
                                                             .issuer = "https://a.example",
                                                             .subject = "s1",
                                                             .now_sec = 1800000000};

/* NULL, or another type, is not the expected text either. */
static void check_text(struct json_object *answer, const char *name, const char *expected)
{
        struct json_object *value = NULL;

        if (json_object_object_get_ex(answer, name, &value) && value)
                FUZZ_EXPECT(strcmp(json_object_get_string(value), expected) == 0);
}

static void check_alive(const char *body, size_t size)
{
        _cleanup_json_ struct json_object *answer = NULL;
        struct json_object *active = NULL, *exp = NULL;
        const char *why = NULL;

        if (strict_json_parse_object(body, size, &answer, &why) < 0) {
                FUZZ_EXPECT(!why); /* short of memory */
                return;
        }
        FUZZ_EXPECT(json_object_object_get_ex(answer, "active", &active));
        FUZZ_EXPECT(strcmp(json_object_to_json_string(active), "true") == 0);
        check_text(answer, "client_id", expectation.client_id);
        check_text(answer, "iss", expectation.issuer);
        check_text(answer, "sub", expectation.subject);
        if (json_object_object_get_ex(answer, "exp", &exp) && exp)
                FUZZ_EXPECT(json_object_get_double(exp) > 1800000000 - 60);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct introspection_expectation none = {.now_sec = expectation.now_sec};
        const char *body = (const char *)data, *why = NULL, *why_none = NULL;

        int r = introspection_check(body, size, &expectation, &why);
        FUZZ_EXPECT(r == 0 || r == -ENOMEM || (r == -EBADMSG && why));
        if (r != 0)
                return 0;
        FUZZ_EXPECT(!why);
        check_alive(body, size);
        /* Who expects less is content as well. */
        r = introspection_check(body, size, &none, &why_none);
        FUZZ_EXPECT(r == 0 || r == -ENOMEM);
        return 0;
}
