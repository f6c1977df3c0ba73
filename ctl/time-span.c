/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/time-span.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

bool time_span_parse(const char *text, uint64_t max_sec, uint64_t *ret_sec)
{
        static const struct {
                const char *unit;
                uint64_t sec;
        } units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 7 * 86400}};
        size_t n_digits = strspn(text, "0123456789");
        _cleanup_free_ char *digits = strndup(text, n_digits);
        uint64_t number;

        for (size_t i = 0; i < ELEMENTSOF(units) && digits; i++) {
                if (strcmp(units[i].unit, text + n_digits) != 0)
                        continue;
                if (text_parse_number(digits, 0, max_sec / units[i].sec, &number) < 0)
                        return false;
                *ret_sec = number * units[i].sec;
                return true;
        }
        return false;
}
