/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The query that a browser brings back, for an issuer that is named in each answer (first byte odd)
 * or not; and what the reader of forms makes of it, which must be what was written. */
#include <string.h>

#include "common/text.h"
#include "core/authorization-url.h"
#include "core/form.h"
#include "fuzz-target.h"

#define STATE  "xyz"
#define ISSUER "https://a.example"

/* Written and read again, the fields are the same. */
static void check_fields(const struct secret *fields)
{
        _cleanup_secret_ struct secret *form = secret_new(NULL, 0), *again = NULL;
        const char *at = secret_bytes(fields), *end = at + secret_size(fields), *why = NULL;

        if (!form)
                return;
        while (at < end) {
                const char *value = at + strlen(at) + 1;
                FUZZ_EXPECT(form_value(fields, at) == value);
                FUZZ_EXPECT(form_add_text(form, at, value) == 0);
                at = value + strlen(value) + 1;
        }
        FUZZ_EXPECT(at == end);
        if (secret_size(form) > FORM_READ_MAX_BYTES)
                return;
        FUZZ_EXPECT(form_parse(secret_bytes(form), secret_size(form), &again, &why) == 0);
        FUZZ_EXPECT(secret_size(again) == secret_size(fields));
        FUZZ_EXPECT(memcmp(secret_bytes(again), secret_bytes(fields), secret_size(fields)) == 0);
}

static void check_success(const struct secret *fields, const struct secret *code, bool named)
{
        const char *issuer = form_value(fields, "iss");

        FUZZ_EXPECT(strcmp(form_value(fields, "state"), STATE) == 0);
        FUZZ_EXPECT(issuer ? strcmp(issuer, ISSUER) == 0 : !named);
        FUZZ_EXPECT(!form_value(fields, "error"));
        FUZZ_EXPECT(strcmp(form_value(fields, "code"), secret_bytes(code)) == 0);
        FUZZ_EXPECT(secret_size(code) > 0 && secret_size(code) <= 4096);
        FUZZ_EXPECT(text_is_printable(secret_bytes(code)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_secret_ struct secret *fields = NULL, *code = NULL;
        struct oauth_problem problem;
        const char *why = NULL;

        if (size < 1)
                return 0;
        const char *query = (const char *)data + 1;
        const struct authorization_expectation expectation = {
                .state = STATE, .issuer = ISSUER, .issuer_is_named = data[0] & 1};
        int r = form_parse(query, size - 1, &fields, &why);
        FUZZ_EXPECT((r == 0) == !why);
        if (r == 0)
                check_fields(fields);

        enum oauth_answer answer = authorization_answer_parse(query, size - 1, &expectation, &code,
                                                              &problem);
        FUZZ_EXPECT(problem.answer == answer);
        FUZZ_EXPECT((answer == OAUTH_SUCCESS) == (code != NULL));
        if (answer == OAUTH_SUCCESS) {
                FUZZ_EXPECT(r == 0);
                check_success(fields, code, expectation.issuer_is_named);
        }
        FUZZ_EXPECT(answer == OAUTH_SUCCESS || answer == OAUTH_ACCESS_DENIED ||
                    answer == OAUTH_ERROR || answer == OAUTH_MALFORMED);
        FUZZ_EXPECT(text_is_printable(problem.code));
        FUZZ_EXPECT(!problem.description || text_is_printable(problem.description));
        oauth_problem_finish(&problem);
        return 0;
}
