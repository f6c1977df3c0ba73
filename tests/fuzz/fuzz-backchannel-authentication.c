/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the backchannel authentication endpoint. The first three bytes are the HTTP status,
 * in digits; the rest is the body. */
#include <string.h>

#include "common/text.h"
#include "core/backchannel-authentication.h"
#include "fuzz-target.h"

static void check_authentication(const struct backchannel_authentication *authentication)
{
        FUZZ_EXPECT(secret_size(authentication->auth_req_id) > 0);
        FUZZ_EXPECT(secret_size(authentication->auth_req_id) <= 4096);
        FUZZ_EXPECT(text_is_printable(secret_bytes(authentication->auth_req_id)));
        FUZZ_EXPECT(strlen(secret_bytes(authentication->auth_req_id)) ==
                    secret_size(authentication->auth_req_id));
        FUZZ_EXPECT(authentication->expires_in_sec >= 30 && authentication->expires_in_sec <= 1800);
        FUZZ_EXPECT(authentication->interval_sec >= 1 && authentication->interval_sec <= 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct backchannel_authentication authentication = {0};
        struct oauth_problem problem;

        if (size < 3)
                return 0;
        unsigned status = ((data[0] - 48U) % 10) * 100 + ((data[1] - 48U) % 10) * 10 +
                          (data[2] - 48U) % 10;
        enum oauth_answer answer = backchannel_authentication_parse(
                status, (const char *)data + 3, size - 3, &authentication, &problem);
        FUZZ_EXPECT(problem.answer == answer);
        FUZZ_EXPECT(answer != OAUTH_AUTHORIZATION_PENDING && answer != OAUTH_EXPIRED_TOKEN);
        if (answer == OAUTH_SUCCESS)
                check_authentication(&authentication);
        else
                FUZZ_EXPECT(!authentication.auth_req_id);
        FUZZ_EXPECT(text_is_printable(problem.code));
        FUZZ_EXPECT(!problem.description || text_is_printable(problem.description));
        backchannel_authentication_finish(&authentication);
        oauth_problem_finish(&problem);
        return 0;
}
