/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody types for a one-time code: six digits come out of it, or it is none. */
#include <string.h>

#include "fuzz-target.h"
#include "io/one-time-code.h"

static size_t count_digits(const uint8_t *bytes, size_t size, char *digits)
{
        size_t n = 0;

        for (size_t i = 0; i < size; i++) {
                if (bytes[i] == ' ' || bytes[i] == '-')
                        continue;
                if (bytes[i] < '0' || bytes[i] > '9')
                        return 0;
                if (n < ONE_TIME_CODE_DIGITS)
                        digits[n] = (char)bytes[i];
                n++;
        }
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        _cleanup_secret_ struct secret *typed = secret_new(bytes, size);
        _cleanup_secret_ struct secret *shared = secret_new_text("12345678901234567890");
        char code[ONE_TIME_CODE_DIGITS + 1] = "none", digits[ONE_TIME_CODE_DIGITS + 1] = "";
        enum code_answer answer = CODE_REPLAYED;
        uint64_t step = 0;

        FUZZ_EXPECT(typed && shared);
        bool is_one = one_time_code_read(typed, code);
        FUZZ_EXPECT(is_one == (count_digits(bytes, size, digits) == ONE_TIME_CODE_DIGITS));
        FUZZ_EXPECT(strcmp(code, is_one ? digits : "none") == 0);
        FUZZ_EXPECT(one_time_code_check(shared, code, 59, 0, &answer, &step) == 0);
        FUZZ_EXPECT((answer == CODE_RIGHT) ==
                    (strcmp(code, "287082") == 0 || strcmp(code, "359152") == 0));
        return 0;
}
