/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of the introspection endpoint: alive and ours, or why not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/introspection.h"

#define NOW 1800000000

static const struct introspection_expectation expectation = {
        .client_id = "linux-login", .issuer = "https://a.example", .subject = "s1", .now_sec = NOW};

static int check(const char *body, const struct introspection_expectation *expected)
{
        const char *why = NULL;

        int r = introspection_check(body, strlen(body), expected, &why);
        assert_int_equal(!why, r == 0);
        return r;
}

static void check_all(const char *const *bodies, size_t n, int result)
{
        for (size_t i = 0; i < n; i++)
                assert_int_equal(check(bodies[i], &expectation), result);
}

static void rfc7662_2_2_active_is_enough(void **state)
{
        static const char *const bodies[] = {
                "{\"active\":true}",
                "{\"active\":true,\"client_id\":\"linux-login\",\"iss\":\"https://a.example\","
                "\"sub\":\"s1\",\"exp\":1800000300,\"nbf\":1799999999,\"iat\":1799999999,"
                "\"aud\":\"https://api.example\",\"scope\":\"openid\",\"username\":\"bob\"}",
                "{\"active\":true,\"client_id\":null,\"iss\":null,\"sub\":null,\"exp\":null}",
        };

        check_all(bodies, ELEMENTSOF(bodies), 0);
}

static void rfc7662_2_2_what_is_not_active_is_dead(void **state)
{
        static const char *const bodies[] = {
                "{\"active\":false}",
                "{}",
                "{\"active\":null}",
                "{\"active\":\"true\"}",
                "{\"active\":1}",
                "{\"active\":[true]}",
                "{\"Active\":true}",
                "{\"active\":true,\"active\":true}",
                "{\"error\":\"server\"}",
                "true",
                "",
                "{\"active\":true",
        };

        check_all(bodies, ELEMENTSOF(bodies), -EBADMSG);
}

static void rfc7662_4_a_token_of_others_is_refused(void **state)
{
        static const char *const bodies[] = {
                "{\"active\":true,\"client_id\":\"other\"}",
                "{\"active\":true,\"client_id\":\"\"}",
                "{\"active\":true,\"client_id\":[\"linux-login\"]}",
                "{\"active\":true,\"iss\":\"https://a.example/\"}",
                "{\"active\":true,\"iss\":7}",
                "{\"active\":true,\"sub\":\"s2\"}",
                "{\"active\":true,\"sub\":{}}",
        };

        check_all(bodies, ELEMENTSOF(bodies), -EBADMSG);
}

static void what_nobody_expects_is_not_compared(void **state)
{
        const struct introspection_expectation none = {.now_sec = NOW};

        assert_int_equal(
                check("{\"active\":true,\"client_id\":\"other\",\"iss\":7,\"sub\":[]}", &none), 0);
}

static void rfc7662_2_2_times_are_checked_with_a_minute_of_leeway(void **state)
{
        static const char *const good[] = {
                "{\"active\":true,\"exp\":1799999941}",
                "{\"active\":true,\"exp\":1800000000.5}",
                "{\"active\":true,\"nbf\":1800000060}",
        };
        static const char *const bad[] = {
                "{\"active\":true,\"exp\":1799999940}",     "{\"active\":true,\"exp\":0}",
                "{\"active\":true,\"exp\":\"1800000300\"}", "{\"active\":true,\"exp\":-1}",
                "{\"active\":true,\"nbf\":1800000061}",     "{\"active\":true,\"nbf\":\"now\"}",
        };

        check_all(good, ELEMENTSOF(good), 0);
        check_all(bad, ELEMENTSOF(bad), -EBADMSG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7662_2_2_active_is_enough),
                cmocka_unit_test(rfc7662_2_2_what_is_not_active_is_dead),
                cmocka_unit_test(rfc7662_4_a_token_of_others_is_refused),
                cmocka_unit_test(what_nobody_expects_is_not_compared),
                cmocka_unit_test(rfc7662_2_2_times_are_checked_with_a_minute_of_leeway),
        };
        return cmocka_run_group_tests_name("introspection", tests, NULL, NULL);
}
