/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an answer means: by its error code first, by its HTTP status second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"
#include "core/oauth-response.h"
#include "core/strict-json.h"
#include "core/text-pairs.h"

struct row {
        unsigned status;
        const char *body;
        enum oauth_answer answer;
        const char *code;
};

static enum oauth_answer open_text(unsigned status, const char *body, struct oauth_problem *problem)
{
        struct json_object *object = NULL;
        enum oauth_answer answer = oauth_response_open(status, body, strlen(body), &object,
                                                       problem);

        assert_int_equal(answer, problem->answer);
        assert_int_equal(answer == OAUTH_SUCCESS, object != NULL);
        (void)strict_json_erase(object);
        return answer;
}

static void check(const struct row *rows, size_t n_rows)
{
        for (size_t i = 0; i < n_rows; i++) {
                struct oauth_problem problem;
                enum oauth_answer answer = open_text(rows[i].status, rows[i].body, &problem);
                bool has_why = answer == OAUTH_MALFORMED || answer == OAUTH_TRANSIENT;
                if (answer != rows[i].answer || strcmp(problem.code, rows[i].code) != 0)
                        fail_msg("%u %s: answer %d, code '%s'", rows[i].status, rows[i].body,
                                 (int)answer, problem.code);
                assert_int_equal(problem.why != NULL, has_why);
                oauth_problem_finish(&problem);
        }
}

static void rfc8628_12_to_14_error_codes_are_answers(void **state)
{
        static const struct row rows[] = {
                {400, "{\"error\":\"authorization_pending\"}", OAUTH_AUTHORIZATION_PENDING,
                 "authorization_pending"},
                {400, "{\"error\":\"slow_down\"}", OAUTH_SLOW_DOWN, "slow_down"},
                {400, "{\"error\":\"access_denied\"}", OAUTH_ACCESS_DENIED, "access_denied"},
                {400, "{\"error\":\"expired_token\"}", OAUTH_EXPIRED_TOKEN, "expired_token"},
                {400, "{\"error\":\"invalid_grant\"}", OAUTH_ERROR, "invalid_grant"},
                {401, "{\"error\":\"invalid_client\"}", OAUTH_ERROR, "invalid_client"},
                {400, "{\"error\":\"unsupported_grant_type\"}", OAUTH_ERROR,
                 "unsupported_grant_type"},
                {400, "{\"error\":\"Slow_Down\"}", OAUTH_ERROR, "Slow_Down"},
                {400, "{\"error\":\"authorization_pending \"}", OAUTH_ERROR,
                 "authorization_pending "},
        };
        check(rows, ELEMENTSOF(rows));
}

static void codes_that_providers_invented_are_known(void **state)
{
        static const struct row rows[] = {
                {400, "{\"error\":\"authorization_declined\"}", OAUTH_ACCESS_DENIED,
                 "authorization_declined"}, /* Entra */
                {200, "{\"error\":\"token_expired\"}", OAUTH_EXPIRED_TOKEN,
                 "token_expired"}, /* GitHub */
                {400, "{\"error\":\"code_expired\"}", OAUTH_EXPIRED_TOKEN, "code_expired"},
                {400, "{\"error\":\"bad_verification_code\"}", OAUTH_ERROR,
                 "bad_verification_code"}, /* Entra */
                {200, "{\"error\":\"device_flow_disabled\"}", OAUTH_ERROR,
                 "device_flow_disabled"}, /* GitHub */
                {403, "{\"error\":\"rate_limit_exceeded\"}", OAUTH_ERROR,
                 "rate_limit_exceeded"}, /* Google */
        };
        check(rows, ELEMENTSOF(rows));
}

static void an_error_code_decides_under_any_status(void **state)
{
        static const unsigned statuses[] = {200, 201, 302, 400, 401, 403, 408, 428, 429, 500, 503};

        for (size_t i = 0; i < ELEMENTSOF(statuses); i++) {
                const struct row rows[] = {
                        {statuses[i], "{\"error\":\"slow_down\"}", OAUTH_SLOW_DOWN, "slow_down"},
                        {statuses[i], "{\"error\":\"access_denied\",\"access_token\":\"x\"}",
                         OAUTH_ACCESS_DENIED, "access_denied"},
                        {statuses[i], "{\"error\":\"server_error\"}", OAUTH_ERROR, "server_error"},
                };
                check(rows, ELEMENTSOF(rows));
        }
}

static void without_a_code_the_status_decides(void **state)
{
        static const struct row rows[] = {
                {200, "{}", OAUTH_SUCCESS, ""},
                {200, "{\"error\":null}", OAUTH_SUCCESS, ""},
                {500, "{}", OAUTH_TRANSIENT, ""},
                {502, "<html>Bad Gateway</html>", OAUTH_TRANSIENT, ""},
                {503, "", OAUTH_TRANSIENT, ""},
                {599, "null", OAUTH_TRANSIENT, ""},
                {429, "Too Many Requests", OAUTH_TRANSIENT, ""},
                {408, "", OAUTH_TRANSIENT, ""},
                {500, "{\"error\":{\"code\":500}}", OAUTH_TRANSIENT, ""},
                {200, "", OAUTH_MALFORMED, ""},
                {200, "<html></html>", OAUTH_MALFORMED, ""},
                {200, "error=slow_down&interval=10", OAUTH_MALFORMED, ""}, /* GitHub, no Accept */
                {204, "", OAUTH_MALFORMED, ""},
                {201, "{}", OAUTH_MALFORMED, ""},
                {302, "{}", OAUTH_MALFORMED, ""},
                {400, "{}", OAUTH_MALFORMED, ""},
                {404, "<html></html>", OAUTH_MALFORMED, ""},
                {499, "{}", OAUTH_MALFORMED, ""},
                {0, "{}", OAUTH_MALFORMED, ""},
        };
        check(rows, ELEMENTSOF(rows));
}

static void rfc6749_5_2_codes_have_their_characters(void **state)
{
        static const struct row rows[] = {
                {400, "{\"error\":\"a !#[]~z\"}", OAUTH_ERROR, "a !#[]~z"},
                {400, "{\"error\":\"\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"a\\\"b\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"a\\\\b\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"a\\u001b[31m\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"a\\n\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"a\\u007f\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"\\u00e9\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":17}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":true}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":[\"slow_down\"]}", OAUTH_MALFORMED, ""},
                {200, "{\"error\":{},\"access_token\":\"x\"}", OAUTH_MALFORMED, ""},
                {400, "{\"error\":\"slow_down\",\"error\":\"slow_down\"}", OAUTH_MALFORMED, ""},
        };
        check(rows, ELEMENTSOF(rows));
}

static void a_code_ends_at_63_bytes(void **state)
{
        static const struct row rows[] = {
                {400,
                 "{\"error\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
                 OAUTH_ERROR, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
                {400,
                 "{\"error\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
                 OAUTH_MALFORMED, ""},
        };
        check(rows, ELEMENTSOF(rows));
}

static void descriptions_are_sanitised_and_cut(void **state)
{
        struct oauth_problem problem;
        char body[1200];

        (void)open_text(400,
                        "{\"error\":\"x\",\"error_description\":\"red \\u001b[31m\\u202e\\n.\"}",
                        &problem);
        assert_string_equal(problem.description, "red ?[31m??.");
        oauth_problem_finish(&problem);

        (void)snprintf(body, sizeof(body), "{\"error\":\"x\",\"error_description\":\"%01000d\"}",
                       0);
        (void)open_text(400, body, &problem);
        assert_int_equal(strlen(problem.description), 200);
        oauth_problem_finish(&problem);
}

static void descriptions_that_are_no_text_are_left_out(void **state)
{
        static const char *const bodies[] = {
                "{\"error\":\"x\"}",
                "{\"error\":\"x\",\"error_description\":null}",
                "{\"error\":\"x\",\"error_description\":{\"a\":1}}",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct oauth_problem problem;
                assert_int_equal(open_text(400, bodies[i], &problem), OAUTH_ERROR);
                assert_null(problem.description);
                oauth_problem_finish(&problem);
        }
}

static void slow_down_may_bring_an_interval(void **state)
{
        static const struct {
                const char *body;
                uint64_t interval_sec;
        } rows[] = {
                {"{\"error\":\"slow_down\"}", 0},
                {"{\"error\":\"slow_down\",\"interval\":10}", 10}, /* GitHub */
                {"{\"error\":\"slow_down\",\"interval\":\"10\"}", 10},
                {"{\"error\":\"slow_down\",\"interval\":300}", 300},
                {"{\"error\":\"slow_down\",\"interval\":301}", 300},
                {"{\"error\":\"slow_down\",\"interval\":0}", 0},
                {"{\"error\":\"slow_down\",\"interval\":-5}", 0},
                {"{\"error\":\"slow_down\",\"interval\":{}}", 0},
                {"{\"error\":\"authorization_pending\",\"interval\":10}", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct oauth_problem problem;
                (void)open_text(200, rows[i].body, &problem);
                assert_int_equal(problem.interval_sec, rows[i].interval_sec);
                oauth_problem_finish(&problem);
        }
}

static void an_alias_says_what_a_foreign_code_means(void **state)
{
        static const struct {
                const char *code;
                enum oauth_answer answer;
        } rows[] = {
                {"not_yet", OAUTH_AUTHORIZATION_PENDING},
                {"too_fast", OAUTH_SLOW_DOWN},
                {"declined", OAUTH_ACCESS_DENIED},
                {"too_late", OAUTH_EXPIRED_TOKEN},
                {"odd", OAUTH_ERROR},                   /* its alias is no word of RFC 8628 */
                {"unknown", OAUTH_ERROR},               /* it has none */
                {"access_denied", OAUTH_ACCESS_DENIED}, /* has one, but is well known */
        };
        _cleanup_pairs_ struct text_pairs aliases = {0};
        assert_int_equal(text_pairs_add(&aliases, "not_yet", "authorization_pending"), 0);
        assert_int_equal(text_pairs_add(&aliases, "too_fast", "slow_down"), 0);
        assert_int_equal(text_pairs_add(&aliases, "declined", "access_denied"), 0);
        assert_int_equal(text_pairs_add(&aliases, "too_late", "expired_token"), 0);
        assert_int_equal(text_pairs_add(&aliases, "odd", "success"), 0);
        assert_int_equal(text_pairs_add(&aliases, "access_denied", "authorization_pending"), 0);
        assert_int_equal(text_pairs_add(&aliases, "", "authorization_pending"), 0);

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct oauth_problem problem = {0};
                (void)oauth_problem_from_code(&problem, rows[i].code, NULL);
                assert_int_equal(oauth_problem_translate(&problem, &aliases), rows[i].answer);
                assert_int_equal(problem.answer, rows[i].answer);
                assert_string_equal(problem.code, rows[i].code);
                oauth_problem_finish(&problem);
        }
}

static void only_an_error_has_an_alias(void **state)
{
        static const enum oauth_answer answers[] = {
                OAUTH_SUCCESS,   OAUTH_AUTHORIZATION_PENDING, OAUTH_SLOW_DOWN, OAUTH_ACCESS_DENIED,
                OAUTH_TRANSIENT, OAUTH_EXPIRED_TOKEN,         OAUTH_MALFORMED};
        _cleanup_pairs_ struct text_pairs aliases = {0};
        assert_int_equal(text_pairs_add(&aliases, "", "slow_down"), 0);
        assert_int_equal(text_pairs_add(&aliases, "", "access_denied"), 0);

        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                struct oauth_problem problem = {.answer = answers[i]};
                assert_int_equal(oauth_problem_translate(&problem, &aliases), answers[i]);
                assert_int_equal(oauth_problem_translate(&problem, NULL), answers[i]);
        }
        struct oauth_problem error = {.answer = OAUTH_ERROR, .code = "odd"};
        assert_int_equal(oauth_problem_translate(&error, NULL), OAUTH_ERROR);
}

static void rfc6749_5_2_a_code_is_short_and_printable(void **state)
{
        static const char *const codes[] = {
                "",
                "\"",
                "a\\b",
                "a\n",
                "\xC3\xA9",
                "\x7F",
                "0123456789012345678901234567890123456789012345678901234567890123"};

        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                struct oauth_problem problem = {0};
                assert_int_equal(oauth_problem_from_code(&problem, codes[i], "d"), OAUTH_MALFORMED);
                assert_string_equal(problem.code, "");
                assert_string_equal(problem.why, "error is not an error code");
                oauth_problem_finish(&problem);
        }
}

static void bodies_end_at_64_kib(void **state)
{
        size_t size = OAUTH_RESPONSE_MAX_BYTES + 1;
        _cleanup_free_ char *body = malloc(size);
        struct json_object *object = NULL;
        struct oauth_problem problem;

        memset(body, ' ', size);
        memcpy(body, "{}", 2);
        assert_int_equal(oauth_response_open(200, body, size, &object, &problem), OAUTH_MALFORMED);
        assert_string_equal(problem.why, "too large");
        assert_int_equal(oauth_response_open(503, body, size, &object, &problem), OAUTH_TRANSIENT);
        assert_null(object);
        assert_int_equal(oauth_response_open(200, body, size - 1, &object, &problem),
                         OAUTH_SUCCESS);
        (void)strict_json_erase(object);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_12_to_14_error_codes_are_answers),
                cmocka_unit_test(codes_that_providers_invented_are_known),
                cmocka_unit_test(an_error_code_decides_under_any_status),
                cmocka_unit_test(without_a_code_the_status_decides),
                cmocka_unit_test(rfc6749_5_2_codes_have_their_characters),
                cmocka_unit_test(a_code_ends_at_63_bytes),
                cmocka_unit_test(descriptions_are_sanitised_and_cut),
                cmocka_unit_test(descriptions_that_are_no_text_are_left_out),
                cmocka_unit_test(slow_down_may_bring_an_interval),
                cmocka_unit_test(an_alias_says_what_a_foreign_code_means),
                cmocka_unit_test(only_an_error_has_an_alias),
                cmocka_unit_test(rfc6749_5_2_a_code_is_short_and_printable),
                cmocka_unit_test(bodies_end_at_64_kib),
        };
        return cmocka_run_group_tests_name("oauth-response", tests, NULL, NULL);
}
