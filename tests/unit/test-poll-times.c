/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lifetimes and intervals, within and beyond what is taken at its word. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/poll-times.h"
#include "core/strict-json.h"

static const struct {
        const char *body;
        uint64_t expires_in_sec, interval_sec; /* 0: refused */
} rows[] = {
        {"{\"expires_in\":120}", 120, 5}, /* 8628-6 */
        {"{\"expires_in\":120,\"interval\":2}", 120, 2},
        {"{\"expires_in\":\"120\",\"interval\":\"2\"}", 120, 2},
        {"{\"expires_in\":120,\"interval\":null}", 120, 5},
        {"{\"expires_in\":1,\"interval\":0}", 30, 1},
        {"{\"expires_in\":29}", 30, 5},
        {"{\"expires_in\":1800,\"interval\":300}", 1800, 300},
        {"{\"expires_in\":1801,\"interval\":301}", 1800, 300},
        {"{\"expires_in\":86400,\"interval\":4294967295}", 1800, 300},
        {"{\"expires_in\":86401}", 0, 0},
        {"{\"expires_in\":0}", 0, 0},
        {"{\"expires_in\":-1}", 0, 0},
        {"{\"expires_in\":\"soon\"}", 0, 0},
        {"{\"interval\":5}", 0, 0},
        {"{\"expires_in\":120,\"interval\":4294967296}", 0, 0},
        {"{\"expires_in\":120,\"interval\":-1}", 0, 0},
        {"{\"expires_in\":120,\"interval\":true}", 0, 0},
};

static void rfc8628_6_times_are_clamped_or_refused(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_json_ struct json_object *object = NULL;
                uint64_t expires_in_sec = 77, interval_sec = 77;
                const char *why = NULL;
                assert_int_equal(
                        strict_json_parse_object(rows[i].body, strlen(rows[i].body), &object, &why),
                        0);
                int r = poll_times_read(object, &expires_in_sec, &interval_sec, &why);
                if (rows[i].expires_in_sec == 0) {
                        assert_int_equal(r, -EBADMSG);
                        assert_non_null(why);
                        assert_int_equal(expires_in_sec, 77);
                        assert_int_equal(interval_sec, 77);
                        continue;
                }
                assert_int_equal(r, 0);
                assert_int_equal(expires_in_sec, rows[i].expires_in_sec);
                assert_int_equal(interval_sec, rows[i].interval_sec);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_6_times_are_clamped_or_refused),
        };
        return cmocka_run_group_tests_name("poll-times", tests, NULL, NULL);
}
