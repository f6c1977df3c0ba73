/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of the backchannel authentication endpoint, good and bad. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/backchannel-authentication.h"
#include "freed-memory.h"

#define ID "1c266114-a1be-4252-8ad1-04986c5b9ac1"

static enum oauth_answer parse(unsigned status, const char *body,
                               struct backchannel_authentication *ret_authentication,
                               struct oauth_problem *ret_problem)
{
        enum oauth_answer answer = backchannel_authentication_parse(
                status, body, strlen(body), ret_authentication, ret_problem);

        assert_int_equal(ret_problem->answer, answer);
        return answer;
}

static void check_answer(unsigned status, const char *body, enum oauth_answer expected)
{
        struct backchannel_authentication authentication = {.expires_in_sec = 77};
        struct oauth_problem problem;

        assert_int_equal(parse(status, body, &authentication, &problem), expected);
        assert_null(authentication.auth_req_id);
        assert_int_equal(authentication.expires_in_sec, 77);
        if (expected == OAUTH_MALFORMED)
                assert_non_null(problem.why);
        oauth_problem_finish(&problem);
}

static void ciba_7_3_the_example_is_read(void **state)
{
        struct backchannel_authentication authentication;
        struct oauth_problem problem;

        assert_int_equal(parse(200,
                               "{\"auth_req_id\":\"" ID "\",\"expires_in\":120,\"interval\":2}",
                               &authentication, &problem),
                         OAUTH_SUCCESS);
        assert_string_equal(secret_bytes(authentication.auth_req_id), ID);
        assert_int_equal(authentication.expires_in_sec, 120);
        assert_int_equal(authentication.interval_sec, 2);
        backchannel_authentication_finish(&authentication);
        assert_null(authentication.auth_req_id);
        assert_int_equal(authentication.expires_in_sec, 0);
}

static void ciba_7_3_an_interval_that_is_missing_is_five(void **state)
{
        struct backchannel_authentication authentication;
        struct oauth_problem problem;

        assert_int_equal(parse(200, "{\"auth_req_id\":\"i\",\"expires_in\":100000,\"more\":[]}",
                               &authentication, &problem),
                         OAUTH_MALFORMED);
        oauth_problem_finish(&problem);
        assert_int_equal(parse(200, "{\"auth_req_id\":\"i\",\"expires_in\":7200,\"more\":[]}",
                               &authentication, &problem),
                         OAUTH_SUCCESS);
        assert_int_equal(authentication.interval_sec, 5);
        assert_int_equal(authentication.expires_in_sec, 1800);
        backchannel_authentication_finish(&authentication);
}

static void ciba_7_3_what_is_missing_or_wrong_is_refused(void **state)
{
        static const char *const bodies[] = {
                "{}",
                "{\"expires_in\":120}",
                "{\"auth_req_id\":\"" ID "\"}",
                "{\"auth_req_id\":\"\",\"expires_in\":120}",
                "{\"auth_req_id\":7,\"expires_in\":120}",
                "{\"auth_req_id\":\"a b\",\"expires_in\":120}",
                "{\"auth_req_id\":\"a\\n\",\"expires_in\":120}",
                "{\"auth_req_id\":\"\\u00e9\",\"expires_in\":120}",
                "{\"auth_req_id\":\"\\u007f\",\"expires_in\":120}",
                "{\"auth_req_id\":\"a\",\"auth_req_id\":\"b\",\"expires_in\":120}",
                "{\"auth_req_id\":\"a\",\"expires_in\":\"soon\"}",
                "{\"auth_req_id\":\"a\",\"expires_in\":120,\"interval\":\"x\"}",
                "[]",
                "<html>",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++)
                check_answer(200, bodies[i], OAUTH_MALFORMED);
}

static void the_id_ends_at_4096_bytes(void **state)
{
        for (int over = 0; over < 2; over++) {
                char id[4098] = "", body[4200];
                struct backchannel_authentication authentication;
                struct oauth_problem problem;
                memset(id, 'i', 4096 + (size_t)over);
                (void)snprintf(body, sizeof(body), "{\"auth_req_id\":\"%s\",\"expires_in\":120}",
                               id);
                if (over) {
                        check_answer(200, body, OAUTH_MALFORMED);
                        continue;
                }
                assert_int_equal(parse(200, body, &authentication, &problem), OAUTH_SUCCESS);
                assert_int_equal(secret_size(authentication.auth_req_id), 4096);
                backchannel_authentication_finish(&authentication);
        }
}

static void ciba_13_errors_keep_their_code(void **state)
{
        static const struct {
                unsigned status;
                const char *code;
                enum oauth_answer answer;
        } rows[] = {
                {400, "invalid_request", OAUTH_ERROR},
                {400, "invalid_scope", OAUTH_ERROR},
                {400, "expired_login_hint_token", OAUTH_ERROR},
                {400, "unknown_user_id", OAUTH_ERROR},
                {400, "unauthorized_client", OAUTH_ERROR},
                {400, "missing_user_code", OAUTH_ERROR},
                {400, "invalid_user_code", OAUTH_ERROR},
                {400, "invalid_binding_message", OAUTH_ERROR},
                {401, "invalid_client", OAUTH_ERROR},
                {403, "access_denied", OAUTH_ACCESS_DENIED},
                {429, "slow_down", OAUTH_SLOW_DOWN},
                /* There is nothing yet that could be pending, or expire. */
                {400, "authorization_pending", OAUTH_ERROR},
                {400, "expired_token", OAUTH_ERROR},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct backchannel_authentication authentication;
                struct oauth_problem problem;
                char body[100];
                (void)snprintf(body, sizeof(body), "{\"error\":\"%s\"}", rows[i].code);
                assert_int_equal(parse(rows[i].status, body, &authentication, &problem),
                                 rows[i].answer);
                assert_string_equal(problem.code, rows[i].code);
                oauth_problem_finish(&problem);
        }
}

static void other_statuses_are_no_success(void **state)
{
        static const char good[] = "{\"auth_req_id\":\"i\",\"expires_in\":120}";

        check_answer(201, good, OAUTH_MALFORMED);
        check_answer(400, good, OAUTH_MALFORMED);
        check_answer(503, good, OAUTH_TRANSIENT);
}

static void no_id_stays_on_the_heap(void **state)
{
        static const char *const bodies[] = {
                "{\"auth_req_id\":\"c0rrect-horse\",\"expires_in\":120}",
                "{\"auth_req_id\":\"c0rrect-horse\",\"expires_in\":0}",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct backchannel_authentication authentication = {0};
                struct oauth_problem problem;
                freed_memory_watch("c0rrect-horse");
                (void)parse(200, bodies[i], &authentication, &problem);
                backchannel_authentication_finish(&authentication);
                oauth_problem_finish(&problem);
                assert_int_equal(freed_memory_count(), 0);
        }
}

static void ciba_13_some_refusals_are_about_the_person(void **state)
{
        static const struct {
                const char *code;
                bool person;
        } rows[] = {
                {"unknown_user_id", true},
                {"expired_login_hint_token", true},
                {"access_denied", true},
                {"missing_user_code", true},
                {"invalid_user_code", true},
                {"invalid_client", false},
                {"invalid_request", false},
                {"invalid_binding_message", false},
                {"", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct oauth_problem problem = {.answer = OAUTH_ERROR};
                memcpy(problem.code, rows[i].code, strlen(rows[i].code) + 1);
                assert_int_equal(backchannel_refuses_person(&problem), rows[i].person);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ciba_7_3_the_example_is_read),
                cmocka_unit_test(ciba_7_3_an_interval_that_is_missing_is_five),
                cmocka_unit_test(ciba_7_3_what_is_missing_or_wrong_is_refused),
                cmocka_unit_test(the_id_ends_at_4096_bytes),
                cmocka_unit_test(ciba_13_errors_keep_their_code),
                cmocka_unit_test(other_statuses_are_no_success),
                cmocka_unit_test(no_id_stays_on_the_heap),
                cmocka_unit_test(ciba_13_some_refusals_are_about_the_person),
        };
        return cmocka_run_group_tests_name("backchannel-authentication", tests, NULL, NULL);
}
