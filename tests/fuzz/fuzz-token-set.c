/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the token endpoint, and what is done with the token. The first three bytes are the
 * HTTP status, in digits; the rest is the body. */
#include "common/text.h"
#include "core/oauth-request.h"
#include "core/token-set.h"
#include "fuzz-target.h"

static void check_tokens(const struct token_set *tokens)
{
        struct secret *authorization = NULL;

        FUZZ_EXPECT(secret_size(tokens->access_token) > 0);
        FUZZ_EXPECT(!tokens->id_token || secret_size(tokens->id_token) > 0);
        FUZZ_EXPECT(!tokens->refresh_token || secret_size(tokens->refresh_token) > 0);
        FUZZ_EXPECT(!tokens->scope || text_is_printable(tokens->scope));
        FUZZ_EXPECT(oauth_request_bearer(tokens->access_token, &authorization) == 0);
        FUZZ_EXPECT(text_is_printable(secret_bytes(authorization)));
        (void)secret_free(authorization);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct token_set tokens = {0};
        struct oauth_problem problem;

        if (size < 3)
                return 0;
        unsigned status = ((data[0] - 48U) % 10) * 100 + ((data[1] - 48U) % 10) * 10 +
                          (data[2] - 48U) % 10;
        enum oauth_answer answer = token_set_parse(status, (const char *)data + 3, size - 3,
                                                   &tokens, &problem);
        FUZZ_EXPECT(problem.answer == answer);
        if (answer == OAUTH_SUCCESS)
                check_tokens(&tokens);
        else
                FUZZ_EXPECT(!tokens.access_token && !tokens.id_token && !tokens.refresh_token);
        FUZZ_EXPECT(text_is_printable(problem.code));
        FUZZ_EXPECT(!problem.description || text_is_printable(problem.description));
        token_set_finish(&tokens);
        oauth_problem_finish(&problem);
        return 0;
}
