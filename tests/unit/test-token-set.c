/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the token endpoint: what counts as tokens. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/token-set.h"
#include "freed-memory.h"

#define NEEDLE "c0rrect-horse-battery"

static enum oauth_answer parse(const char *body, struct token_set *ret_tokens)
{
        struct oauth_problem problem;
        enum oauth_answer answer = token_set_parse(200, body, strlen(body), ret_tokens, &problem);

        assert_int_equal(answer, problem.answer);
        assert_int_equal(answer == OAUTH_MALFORMED, problem.why != NULL);
        oauth_problem_finish(&problem);
        return answer;
}

static void check_malformed(const char *const *bodies, size_t n_bodies)
{
        for (size_t i = 0; i < n_bodies; i++) {
                struct token_set tokens = {.expires_in_sec = 77};
                if (parse(bodies[i], &tokens) != OAUTH_MALFORMED)
                        fail_msg("%s", bodies[i]);
                assert_null(tokens.access_token);
                assert_int_equal(tokens.expires_in_sec, 77);
        }
}

static void rfc6749_5_1_every_member_is_read(void **state)
{
        struct token_set tokens;

        assert_int_equal(parse("{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\","
                               "\"token_type\":\"Bearer\",\"expires_in\":3600,"
                               "\"refresh_token\":\"tGzv3JOkF0XG5Qx2TlKWIA\","
                               "\"id_token\":\"e30.e30.e30\",\"scope\":\"openid profile\","
                               "\"example_parameter\":{\"a\":[null]}}",
                               &tokens),
                         OAUTH_SUCCESS);
        assert_string_equal(secret_bytes(tokens.access_token), "2YotnFZFEjr1zCsicMWpAA");
        assert_string_equal(secret_bytes(tokens.refresh_token), "tGzv3JOkF0XG5Qx2TlKWIA");
        assert_string_equal(secret_bytes(tokens.id_token), "e30.e30.e30");
        assert_string_equal(tokens.scope, "openid profile");
        assert_int_equal(tokens.expires_in_sec, 3600);
        token_set_finish(&tokens);
        assert_null(tokens.access_token);
        assert_null(tokens.refresh_token);
        assert_null(tokens.id_token);
        assert_null(tokens.scope);
}

static void optional_members_may_be_absent(void **state)
{
        static const char *const bodies[] = {
                "{\"access_token\":\"a\",\"token_type\":\"bearer\"}",
                "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"refresh_token\":null,"
                "\"id_token\":null,\"scope\":null,\"expires_in\":null}",
                "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"refresh_token\":\"\","
                "\"id_token\":\"\"}",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct token_set tokens;
                assert_int_equal(parse(bodies[i], &tokens), OAUTH_SUCCESS);
                assert_null(tokens.refresh_token);
                assert_null(tokens.id_token);
                assert_null(tokens.scope);
                assert_int_equal(tokens.expires_in_sec, 0);
                token_set_finish(&tokens);
        }
}

static void rfc6749_5_1_access_token_is_required(void **state)
{
        static const char *const bodies[] = {
                "{}",
                "{\"token_type\":\"bearer\"}",
                "{\"token_type\":\"bearer\",\"access_token\":null}",
                "{\"token_type\":\"bearer\",\"access_token\":\"\"}",
                "{\"token_type\":\"bearer\",\"access_token\":17}",
                "{\"token_type\":\"bearer\",\"id_token\":\"e30.e30.e30\"}",
        };
        check_malformed(bodies, ELEMENTSOF(bodies));
}

static void rfc6749_7_1_bearer_or_rfc9449_5_dpop_in_any_case(void **state)
{
        static const char *const good[] = {"bearer", "Bearer", "BEARER", "bEaReR", "DPoP", "dpop"};
        static const char *const bodies[] = {
                "{\"access_token\":\"a\"}",
                "{\"access_token\":\"a\",\"token_type\":null}",
                "{\"access_token\":\"a\",\"token_type\":\"\"}",
                "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
                "{\"access_token\":\"a\",\"token_type\":\"bearer \"}",
                "{\"access_token\":\"a\",\"token_type\":[\"bearer\"]}",
        };

        check_malformed(bodies, ELEMENTSOF(bodies));
        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                struct token_set tokens;
                char body[100];
                (void)snprintf(body, sizeof(body), "{\"access_token\":\"a\",\"token_type\":\"%s\"}",
                               good[i]);
                assert_int_equal(parse(body, &tokens), OAUTH_SUCCESS);
                assert_int_equal(tokens.is_bound, tolower(good[i][0]) == 'd');
                token_set_finish(&tokens);
        }
}

static void tokens_are_printable_without_blanks(void **state)
{
        static const char *const bodies[] = {
                "{\"token_type\":\"bearer\",\"access_token\":\"a\\r\\nX-Evil: 1\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a b\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"\xC3\xA9\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\\u0000b\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"id_token\":\"a\\n\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"id_token\":{}}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"refresh_token\":\"\\t\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"refresh_token\":1}",
        };
        check_malformed(bodies, ELEMENTSOF(bodies));
}

static void terms_have_their_types(void **state)
{
        static const char *const bodies[] = {
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"expires_in\":-1}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"expires_in\":\"soon\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"expires_in\":1e99}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"scope\":[\"openid\"]}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"scope\":\"\\u001b[31m\"}",
        };
        struct token_set tokens;

        check_malformed(bodies, ELEMENTSOF(bodies));
        assert_int_equal(
                parse("{\"token_type\":\"bearer\",\"access_token\":\"a\",\"expires_in\":\"599\"}",
                      &tokens),
                OAUTH_SUCCESS);
        assert_int_equal(tokens.expires_in_sec, 599);
        token_set_finish(&tokens);
}

static void rfc8628_3_repeated_members_are_refused(void **state)
{
        static const char *const bodies[] = {
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"access_token\":\"b\"}",
                "{\"token_type\":\"bearer\",\"access_token\":\"a\",\"id_token\":\"x\","
                "\"id_token\":\"y\"}",
        };
        check_malformed(bodies, ELEMENTSOF(bodies));
}

static void tokens_end_at_32_kib(void **state)
{
        for (int size = 32 * 1024; size <= 32 * 1024 + 1; size++) {
                struct token_set tokens = {0};
                char body[34000];
                (void)snprintf(body, sizeof(body),
                               "{\"token_type\":\"bearer\",\"access_token\":\"%0*d\"}", size, 0);
                assert_int_equal(parse(body, &tokens),
                                 size == 32 * 1024 ? OAUTH_SUCCESS : OAUTH_MALFORMED);
                token_set_finish(&tokens);
        }
}

static void errors_are_passed_on(void **state)
{
        static const struct {
                unsigned status;
                const char *body;
                enum oauth_answer answer;
        } rows[] = {
                {428, "{\"error\":\"authorization_pending\"}", OAUTH_AUTHORIZATION_PENDING},
                {403, "{\"error\":\"slow_down\"}", OAUTH_SLOW_DOWN},
                {403, "{\"error\":\"access_denied\"}", OAUTH_ACCESS_DENIED},
                {400, "{\"error\":\"expired_token\"}", OAUTH_EXPIRED_TOKEN},
                {400, "{\"error\":\"invalid_grant\"}", OAUTH_ERROR},
                {500, "", OAUTH_TRANSIENT},
                {200,
                 "{\"error\":\"authorization_pending\",\"access_token\":\"a\","
                 "\"token_type\":\"bearer\"}",
                 OAUTH_AUTHORIZATION_PENDING},
                {400, "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", OAUTH_MALFORMED},
                {500, "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", OAUTH_TRANSIENT},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct token_set tokens = {0};
                struct oauth_problem problem;
                assert_int_equal(token_set_parse(rows[i].status, rows[i].body, strlen(rows[i].body),
                                                 &tokens, &problem),
                                 rows[i].answer);
                assert_null(tokens.access_token);
                oauth_problem_finish(&problem);
        }
}

static void no_token_stays_on_the_heap(void **state)
{
        static const char *const bodies[] = {
                "{\"token_type\":\"bearer\",\"access_token\":\"" NEEDLE "\","
                "\"id_token\":\"" NEEDLE "\",\"refresh_token\":\"" NEEDLE "\"}",
                "{\"token_type\":\"mac\",\"access_token\":\"" NEEDLE "\",\"x\":[\"" NEEDLE "\"]}",
                "{\"error\":\"slow_down\",\"access_token\":\"" NEEDLE "\"}",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct token_set tokens = {0};
                freed_memory_watch(NEEDLE);
                (void)parse(bodies[i], &tokens);
                token_set_finish(&tokens);
                assert_int_equal(freed_memory_count(), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6749_5_1_every_member_is_read),
                cmocka_unit_test(optional_members_may_be_absent),
                cmocka_unit_test(rfc6749_5_1_access_token_is_required),
                cmocka_unit_test(rfc6749_7_1_bearer_or_rfc9449_5_dpop_in_any_case),
                cmocka_unit_test(tokens_are_printable_without_blanks),
                cmocka_unit_test(terms_have_their_types),
                cmocka_unit_test(rfc8628_3_repeated_members_are_refused),
                cmocka_unit_test(tokens_end_at_32_kib),
                cmocka_unit_test(errors_are_passed_on),
                cmocka_unit_test(no_token_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("token-set", tests, NULL, NULL);
}
