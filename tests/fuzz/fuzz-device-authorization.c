/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the device authorization endpoint. The first three bytes are the HTTP status, in
 * digits; the rest is the body. */
#include <string.h>

#include "common/text.h"
#include "core/device-authorization.h"
#include "fuzz-target.h"

static void check_authorization(const struct device_authorization *authorization)
{
        FUZZ_EXPECT(secret_size(authorization->device_code) > 0);
        FUZZ_EXPECT(text_is_printable(authorization->user_code));
        FUZZ_EXPECT(strlen(authorization->user_code) - 1 < 64);
        FUZZ_EXPECT(text_is_https_url(authorization->verification_uri));
        FUZZ_EXPECT(!authorization->verification_uri_complete ||
                    text_is_https_url(authorization->verification_uri_complete));
        FUZZ_EXPECT(authorization->expires_in_sec >= 30 && authorization->expires_in_sec <= 1800);
        FUZZ_EXPECT(authorization->interval_sec >= 1 && authorization->interval_sec <= 300);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct device_authorization authorization = {0};
        struct oauth_problem problem;

        if (size < 3)
                return 0;
        unsigned status = ((data[0] - 48U) % 10) * 100 + ((data[1] - 48U) % 10) * 10 +
                          (data[2] - 48U) % 10;
        enum oauth_answer answer = device_authorization_parse(status, (const char *)data + 3,
                                                              size - 3, &authorization, &problem);
        FUZZ_EXPECT(problem.answer == answer);
        if (answer == OAUTH_SUCCESS)
                check_authorization(&authorization);
        else
                FUZZ_EXPECT(!authorization.device_code);
        FUZZ_EXPECT(text_is_printable(problem.code));
        FUZZ_EXPECT(!problem.description || text_is_printable(problem.description));
        device_authorization_finish(&authorization);
        oauth_problem_finish(&problem);
        return 0;
}
