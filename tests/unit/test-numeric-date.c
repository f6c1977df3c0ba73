/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/numeric-date.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/strict-json.h"

static void rfc7519_numbers_from_1970_to_9999_are_dates(void **state)
{
        static const struct {
                const char *text;
                int r;
                double sec;
        } cases[] = {
                {"{}", 0, 0},
                {"{\"exp\":null}", 0, 0},
                {"{\"exp\":0}", 1, 0},
                {"{\"exp\":1300819380}", 1, 1300819380},
                {"{\"exp\":1300819380.25}", 1, 1300819380.25},
                {"{\"exp\":1.3e9}", 1, 1300000000},
                {"{\"exp\":253402300799}", 1, 253402300799},
                {"{\"exp\":253402300800}", -EBADMSG, 0},
                {"{\"exp\":1e300}", -EBADMSG, 0},
                {"{\"exp\":1e999}", -EBADMSG, 0},
                {"{\"exp\":99999999999999999999999}", -EBADMSG, 0},
                {"{\"exp\":-1}", -EBADMSG, 0},
                {"{\"exp\":-0.5}", -EBADMSG, 0},
                {"{\"exp\":\"1300819380\"}", -EBADMSG, 0},
                {"{\"exp\":true}", -EBADMSG, 0},
                {"{\"exp\":[1300819380]}", -EBADMSG, 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ struct json_object *claims = NULL;
                const char *why = NULL;
                double sec = -7;
                assert_int_equal(strict_json_parse_object(cases[i].text, strlen(cases[i].text),
                                                          &claims, &why),
                                 0);
                assert_int_equal(numeric_date(claims, "exp", &sec), cases[i].r);
                assert_true(sec == (cases[i].r > 0 ? cases[i].sec : -7));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7519_numbers_from_1970_to_9999_are_dates),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
