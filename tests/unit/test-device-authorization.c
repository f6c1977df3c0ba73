/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the device authorization endpoint: what must be in it and within which bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/device-authorization.h"
#include "freed-memory.h"

/* A body with one member replaced: NULL leaves it out. */
struct parts {
        const char *device_code, *user_code, *uri, *complete, *expires_in, *interval;
};

static const struct parts whole = {
        "\"GmRhmhcxhwAzkoEqiMEg\"",
        "\"WDJB-MJHT\"",
        "\"https://example.com/device\"",
        "\"https://example.com/device?user_code=WDJB-MJHT\"",
        "900",
        "5",
};

static void add(char *body, size_t size, const char *name, const char *value)
{
        size_t used = strlen(body);

        if (value)
                (void)snprintf(body + used, size - used, ",\"%s\":%s", name, value);
}

static enum oauth_answer parse(const struct parts *parts,
                               struct device_authorization *ret_authorization)
{
        char body[16384];
        struct oauth_problem problem;

        (void)strcpy(body, "{\"message\":{\"unknown\":[true]}");
        add(body, sizeof(body), "device_code", parts->device_code);
        add(body, sizeof(body), "user_code", parts->user_code);
        add(body, sizeof(body), "verification_uri", parts->uri);
        add(body, sizeof(body), "verification_uri_complete", parts->complete);
        add(body, sizeof(body), "expires_in", parts->expires_in);
        add(body, sizeof(body), "interval", parts->interval);
        (void)strcat(body, "}");
        enum oauth_answer answer = device_authorization_parse(200, body, strlen(body),
                                                              ret_authorization, &problem);
        assert_int_equal(answer, problem.answer);
        assert_int_equal(answer == OAUTH_MALFORMED, problem.why != NULL);
        oauth_problem_finish(&problem);
        return answer;
}

/* Answers OAUTH_MALFORMED and leaves the output alone. */
static void check_malformed(const struct parts *parts)
{
        struct device_authorization authorization = {.expires_in_sec = 77};

        assert_int_equal(parse(parts, &authorization), OAUTH_MALFORMED);
        assert_int_equal(authorization.expires_in_sec, 77);
        assert_null(authorization.device_code);
}

static void rfc8628_6_every_member_is_read(void **state)
{
        struct device_authorization authorization;

        assert_int_equal(parse(&whole, &authorization), OAUTH_SUCCESS);
        assert_string_equal(secret_bytes(authorization.device_code), "GmRhmhcxhwAzkoEqiMEg");
        assert_string_equal(authorization.user_code, "WDJB-MJHT");
        assert_string_equal(authorization.verification_uri, "https://example.com/device");
        assert_string_equal(authorization.verification_uri_complete,
                            "https://example.com/device?user_code=WDJB-MJHT");
        assert_int_equal(authorization.expires_in_sec, 900);
        assert_int_equal(authorization.interval_sec, 5);
        device_authorization_finish(&authorization);
        assert_null(authorization.device_code);
}

static void rfc8628_6_required_members_must_be_there(void **state)
{
        static const char *const absent[] = {NULL, "null", "\"\"", "{}", "[]"};

        for (size_t i = 0; i < ELEMENTSOF(absent); i++) {
                struct parts rows[4] = {whole, whole, whole, whole};
                rows[0].device_code = absent[i];
                rows[1].user_code = absent[i];
                rows[2].uri = absent[i];
                rows[3].expires_in = absent[i];
                for (size_t j = 0; j < ELEMENTSOF(rows); j++)
                        check_malformed(&rows[j]);
        }
}

static void rfc8628_3_empty_optional_members_are_omitted_ones(void **state)
{
        static const char *const absent[] = {NULL, "null", "\"\""};

        for (size_t i = 0; i < ELEMENTSOF(absent); i++) {
                struct device_authorization authorization;
                struct parts parts = whole;
                parts.complete = absent[i];
                assert_int_equal(parse(&parts, &authorization), OAUTH_SUCCESS);
                assert_null(authorization.verification_uri_complete);
                device_authorization_finish(&authorization);
        }
}

static void rfc8628_6_interval_is_5_when_absent_and_bounded(void **state)
{
        static const struct {
                const char *interval;
                uint64_t interval_sec; /* 0: malformed */
        } rows[] = {
                {NULL, 5},   {"null", 5},  {"5", 5},     {"\"7\"", 7},  {"1", 1},
                {"0", 1},    {"300", 300}, {"301", 300}, {"7200", 300}, {"-1", 0},
                {"\"\"", 0}, {"5.5", 0},   {"{}", 0},    {"true", 0},   {"\"5s\"", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct device_authorization authorization = {0};
                struct parts parts = whole;
                parts.interval = rows[i].interval;
                assert_int_equal(parse(&parts, &authorization),
                                 rows[i].interval_sec ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                assert_int_equal(authorization.interval_sec, rows[i].interval_sec);
                device_authorization_finish(&authorization);
        }
}

static void expiry_is_bounded(void **state)
{
        static const struct {
                const char *expires_in;
                uint64_t expires_in_sec; /* 0: malformed */
        } rows[] = {
                {"900", 900},    {"\"900\"", 900},
                {"1", 30},       {"29", 30},
                {"30", 30},      {"1800", 1800},
                {"1801", 1800},  {"86400", 1800},
                {"86401", 0},    {"0", 0},
                {"-1", 0},       {"9.5", 0},
                {"\"900s\"", 0}, {"99999999999999999999999", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct device_authorization authorization = {0};
                struct parts parts = whole;
                parts.expires_in = rows[i].expires_in;
                assert_int_equal(parse(&parts, &authorization),
                                 rows[i].expires_in_sec ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                assert_int_equal(authorization.expires_in_sec, rows[i].expires_in_sec);
                device_authorization_finish(&authorization);
        }
}

static void rfc8628_21_user_code_is_kept_as_it_is(void **state)
{
        static const char *const codes[] = {
                "\"WDJB-MJHT\"",
                "\"wdjb mjht\"",
                "\"0123456789\"",
                "\"\xC3\x84\xC3\x96-1\"",
                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
        };

        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                struct device_authorization authorization;
                struct parts parts = whole;
                parts.user_code = codes[i];
                assert_int_equal(parse(&parts, &authorization), OAUTH_SUCCESS);
                assert_memory_equal(authorization.user_code, codes[i] + 1, strlen(codes[i]) - 2);
                assert_int_equal(strlen(authorization.user_code), strlen(codes[i]) - 2);
                device_authorization_finish(&authorization);
        }
}

static void user_codes_that_do_not_fit_a_terminal_are_refused(void **state)
{
        static const char *const codes[] = {
                "\"A\\u001b[2J\"",
                "\"A\\nB\"",
                "\"A\\u202eB\"",
                "\"A\\u0000B\"",
                "12345678",
                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
        };

        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                struct parts parts = whole;
                parts.user_code = codes[i];
                check_malformed(&parts);
        }
}

static void addresses_are_https(void **state)
{
        static const char *const addresses[] = {
                "\"http://example.com/device\"",   "\"example.com/device\"",
                "\"javascript:alert(1)\"",         "\"https://user@example.com/\"",
                "\"https://example.com/\\u001b\"", "\"https://example.com/ x\"",
                "[\"https://example.com\"]",       "17",
        };

        for (size_t i = 0; i < ELEMENTSOF(addresses); i++) {
                struct parts uri = whole, complete = whole;
                uri.uri = addresses[i];
                complete.complete = addresses[i];
                check_malformed(&uri);
                check_malformed(&complete);
        }
}

static void addresses_end_at_2048_bytes(void **state)
{
        for (int size = 2048; size <= 2049; size++) {
                struct device_authorization authorization = {0};
                char address[2100];
                struct parts uri = whole, complete = whole;
                (void)snprintf(address, sizeof(address), "\"https://example.com/%0*d\"",
                               size - (int)strlen("https://example.com/"), 0);
                uri.uri = complete.complete = address;
                assert_int_equal(parse(&uri, &authorization),
                                 size == 2048 ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                device_authorization_finish(&authorization);
                assert_int_equal(parse(&complete, &authorization),
                                 size == 2048 ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                device_authorization_finish(&authorization);
        }
}

static void device_code_ends_at_4096_bytes(void **state)
{
        for (int size = 4096; size <= 4097; size++) {
                struct device_authorization authorization = {0};
                struct parts parts = whole;
                char code[4200];
                (void)snprintf(code, sizeof(code), "\"%0*d\"", size, 0);
                parts.device_code = code;
                assert_int_equal(parse(&parts, &authorization),
                                 size == 4096 ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                device_authorization_finish(&authorization);
        }
}

static void google_says_verification_url(void **state)
{
        static const char body[] =
                "{\"device_code\":\"4/4-GMMhmHCXhWEzkobqIHGG\",\"user_code\":\"GQVQ-JKEC\","
                "\"verification_url\":\"https://www.google.com/device\","
                "\"expires_in\":1800,\"interval\":5}";
        struct device_authorization authorization;
        struct oauth_problem problem;

        assert_int_equal(
                device_authorization_parse(200, body, strlen(body), &authorization, &problem),
                OAUTH_SUCCESS);
        assert_string_equal(authorization.verification_uri, "https://www.google.com/device");
        device_authorization_finish(&authorization);
}

static void rfc8628_7_errors_are_passed_on(void **state)
{
        static const struct {
                unsigned status;
                const char *body;
                enum oauth_answer answer;
        } rows[] = {
                {401, "{\"error\":\"invalid_client\"}", OAUTH_ERROR},
                {400, "{\"error\":\"access_denied\"}", OAUTH_ACCESS_DENIED},
                {429, "{\"error\":\"slow_down\"}", OAUTH_SLOW_DOWN}, /* authentik */
                {400, "{\"error\":\"authorization_pending\"}", OAUTH_ERROR},
                {400, "{\"error\":\"expired_token\"}", OAUTH_ERROR},
                {503, "<html>", OAUTH_TRANSIENT},
                {404, "<html>", OAUTH_MALFORMED},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct device_authorization authorization = {0};
                struct oauth_problem problem;
                assert_int_equal(device_authorization_parse(rows[i].status, rows[i].body,
                                                            strlen(rows[i].body), &authorization,
                                                            &problem),
                                 rows[i].answer);
                assert_int_equal(problem.answer, rows[i].answer);
                assert_null(authorization.device_code);
                oauth_problem_finish(&problem);
        }
}

static void no_device_code_stays_on_the_heap(void **state)
{
        struct device_authorization authorization;
        struct parts parts = whole;

        freed_memory_watch("GmRhmhcxhwAzkoEqiMEg");
        assert_int_equal(parse(&whole, &authorization), OAUTH_SUCCESS);
        device_authorization_finish(&authorization);
        parts.interval = "{}";
        check_malformed(&parts);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_6_every_member_is_read),
                cmocka_unit_test(rfc8628_6_required_members_must_be_there),
                cmocka_unit_test(rfc8628_3_empty_optional_members_are_omitted_ones),
                cmocka_unit_test(rfc8628_6_interval_is_5_when_absent_and_bounded),
                cmocka_unit_test(expiry_is_bounded),
                cmocka_unit_test(rfc8628_21_user_code_is_kept_as_it_is),
                cmocka_unit_test(user_codes_that_do_not_fit_a_terminal_are_refused),
                cmocka_unit_test(addresses_are_https),
                cmocka_unit_test(addresses_end_at_2048_bytes),
                cmocka_unit_test(device_code_ends_at_4096_bytes),
                cmocka_unit_test(google_says_verification_url),
                cmocka_unit_test(rfc8628_7_errors_are_passed_on),
                cmocka_unit_test(no_device_code_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("device-authorization", tests, NULL, NULL);
}
