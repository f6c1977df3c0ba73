/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address that a browser opens, and the answers that it brings back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/authorization-url.h"
#include "core/form.h"
#include "core/text-pairs.h"
#include "freed-memory.h"

#define ENDPOINT "https://a.example/authorize"
#define REDIRECT "http://127.0.0.1:4321/"
#define COMMON                                                              \
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A4321%2F&scope=openid"        \
        "&code_challenge=abc&code_challenge_method=S256&response_type=code" \
        "&client_id=linux-login&state=st"

static const struct oauth_question question = {.kind = OAUTH_ASK_AUTHORIZATION,
                                               .scope = "openid",
                                               .redirect_uri = REDIRECT,
                                               .code_challenge = "abc"};

static void check_url(const char *endpoint, const char *nonce, const char *expected)
{
        _cleanup_free_ char *url = NULL;

        assert_int_equal(
                authorization_url_new(endpoint, "linux-login", &question, "st", nonce, &url), 0);
        assert_string_equal(url, expected);
}

static void check_no_url(const char *endpoint, const char *client_id,
                         const struct oauth_question *asked, const char *state, int error)
{
        char *url = NULL;

        assert_int_equal(authorization_url_new(endpoint, client_id, asked, state, NULL, &url),
                         error);
        assert_null(url);
}

static void rfc6749_4_1_1_the_question_is_a_query(void **state)
{
        check_url(ENDPOINT, NULL, ENDPOINT "?" COMMON);
        check_url(ENDPOINT, "", ENDPOINT "?" COMMON);
}

static void oidc_3_1_2_1_a_nonce_goes_along(void **state)
{
        check_url(ENDPOINT, "n/1", ENDPOINT "?" COMMON "&nonce=n%2F1");
}

static void rfc6749_3_1_the_query_of_the_endpoint_is_kept(void **state)
{
        check_url(ENDPOINT "?p=a+b%20c", NULL, ENDPOINT "?p=a+b%20c&" COMMON);
        check_url(ENDPOINT "?", NULL, ENDPOINT "?&" COMMON);
}

static void rfc6749_3_1_no_parameter_stands_there_twice(void **state)
{
        static const char *const endpoints[] = {
                ENDPOINT "?state=x",
                ENDPOINT "?p=1&client_id=other",
                ENDPOINT "?redirect%5Furi=x",
                ENDPOINT "?p=1&p=2",
                ENDPOINT "?scope",
                ENDPOINT "?p=%zz",
        };

        for (size_t i = 0; i < ELEMENTSOF(endpoints); i++)
                check_no_url(endpoints[i], "linux-login", &question, "st", -EINVAL);
}

static void further_parameters_go_along(void **state)
{
        _cleanup_pairs_ struct text_pairs more = {0};
        struct oauth_question asked = question;
        _cleanup_free_ char *url = NULL;

        assert_int_equal(text_pairs_add(&more, "prompt", "select account"), 0);
        asked.more = &more;
        asked.login_hint = "alice";
        assert_int_equal(authorization_url_new(ENDPOINT, "c", &asked, "st", NULL, &url), 0);
        assert_non_null(strstr(url, "&login_hint=alice&"));
        assert_non_null(strstr(url, "&prompt=select+account&"));
}

static void rfc6749_3_1_2_what_is_missing_or_not_safe_is_refused(void **state)
{
        static const char *const endpoints[] = {
                "http://a.example/",    "a.example",           "", "https://a.example/#f",
                "https://u@a.example/", "https://a.example/ b"};
        struct oauth_question asked = question;

        for (size_t i = 0; i < ELEMENTSOF(endpoints); i++)
                check_no_url(endpoints[i], "c", &question, "st", -EINVAL);
        check_no_url(ENDPOINT, NULL, &question, "st", -EINVAL);
        check_no_url(ENDPOINT, "", &question, "st", -EINVAL);
        check_no_url(ENDPOINT, "c", &question, NULL, -EINVAL);
        check_no_url(ENDPOINT, "c", &question, "", -EINVAL);
        asked.code_challenge = NULL; /* RFC 9700 section 2.1.1 */
        check_no_url(ENDPOINT, "c", &asked, "st", -EINVAL);
        asked = (struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE, .scope = "openid"};
        check_no_url(ENDPOINT, "c", &asked, "st", -EINVAL);
}

static void a_form_that_is_too_large_makes_no_address(void **state)
{
        _cleanup_free_ char *text = calloc(1, FORM_MAX_BYTES + 1);
        struct oauth_question asked = question;

        memset(text, 'x', FORM_MAX_BYTES);
        check_no_url(ENDPOINT, text, &question, "st", -E2BIG);
        check_no_url(ENDPOINT, "c", &question, text, -E2BIG);
        asked.scope = text;
        check_no_url(ENDPOINT, "c", &asked, "st", -E2BIG);
        text[FORM_MAX_BYTES - 105] = '\0'; /* no room for response_type */
        check_no_url(ENDPOINT, "c", &asked, "st", -E2BIG);
}

static void an_address_ends_at_8_kib(void **state)
{
        char text[8 * 1024 + 2] = "";

        memset(text, 's', sizeof(text) - 1);
        check_no_url(ENDPOINT, "c", &question, text, -E2BIG);
        text[sizeof(text) - 2 - strlen(ENDPOINT "?" COMMON) + strlen("st")] = '\0';
        _cleanup_free_ char *url = NULL;
        assert_int_equal(
                authorization_url_new(ENDPOINT, "linux-login", &question, text, NULL, &url), 0);
        assert_int_equal(strlen(url), 8 * 1024);
        memcpy(text, "https://a.example/", strlen("https://a.example/"));
        memset(text + strlen(text), 's', sizeof(text) - 1 - strlen(text));
        for (size_t cut = 0; cut < 4; cut++) {
                text[sizeof(text) - 1 - cut] = '\0';
                check_no_url(text, "c", &question, "st", -E2BIG);
        }
}

/* ---- answers ---- */

static const struct authorization_expectation expectation = {.state = "xyz",
                                                             .issuer = "https://a.example"};
static const struct authorization_expectation named = {
        .state = "xyz", .issuer = "https://a.example", .issuer_is_named = true};

#define ISS "&iss=https%3A%2F%2Fa.example"

static void check_code(const char *query, const struct authorization_expectation *expected,
                       const char *wanted)
{
        _cleanup_secret_ struct secret *code = NULL;
        struct oauth_problem problem;

        assert_int_equal(
                authorization_answer_parse(query, strlen(query), expected, &code, &problem),
                OAUTH_SUCCESS);
        assert_int_equal(problem.answer, OAUTH_SUCCESS);
        assert_string_equal(secret_bytes(code), wanted);
        oauth_problem_finish(&problem);
}

static void check_malformed(const char *query, const struct authorization_expectation *expected,
                            const char *why)
{
        struct secret *code = NULL;
        struct oauth_problem problem;

        assert_int_equal(
                authorization_answer_parse(query, strlen(query), expected, &code, &problem),
                OAUTH_MALFORMED);
        assert_null(code);
        assert_int_equal(problem.answer, OAUTH_MALFORMED);
        assert_string_equal(problem.code, "");
        assert_non_null(strstr(problem.why, why));
        oauth_problem_finish(&problem);
}

static void rfc6749_4_1_2_the_code_is_taken(void **state)
{
        check_code("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz", &expectation, "SplxlOBeZQQYbYS6WxSbIA");
        check_code("state=%78y%7A&more=&code=4%2F0A+b%3d", &expectation, "4/0A b=");
        check_code("&&state=xyz&code=c&session_state", &expectation, "c");
}

static void rfc6749_10_12_the_state_is_ours_before_all_else(void **state)
{
        static const char *const queries[] = {
                "code=c",
                "code=c&state=",
                "code=c&state",
                "code=c&state=xy",
                "code=c&state=xyzz",
                "code=c&state=xyZ",
                "state=XYZ",
                "error=access_denied",
                "",
                "code=c&State=xyz",
                "error=access_denied&state=abc",
        };
        struct authorization_expectation none = expectation;

        for (size_t i = 0; i < ELEMENTSOF(queries); i++)
                check_malformed(queries[i], &expectation, "(state)");
        none.state = "";
        check_malformed("code=c&state=", &none, "(state)");
        none.state = NULL;
        check_malformed("code=c&state=", &none, "(state)");
        check_malformed("code=c&state=x", &none, "(state)");
}

static void rfc9207_2_4_the_issuer_is_ours(void **state)
{
        check_code("code=c&state=xyz" ISS, &expectation, "c");
        check_code("code=c&state=xyz" ISS, &named, "c");
        check_malformed("code=c&state=xyz", &named, "does not say");
        check_malformed("error=access_denied&state=xyz", &named, "does not say");
}

static void rfc9207_2_4_another_issuer_is_refused_promised_or_not(void **state)
{
        static const char *const issuers[] = {"", "https://b.example", "https%3A%2F%2Fa.example%2F",
                                              "https://A.example"};
        char query[100];

        for (size_t i = 0; i < ELEMENTSOF(issuers); i++) {
                (void)snprintf(query, sizeof(query), "code=c&state=xyz&iss=%s", issuers[i]);
                check_malformed(query, &expectation, "(iss)");
                check_malformed(query, &named, "(iss)");
                (void)snprintf(query, sizeof(query), "error=access_denied&state=xyz&iss=%s",
                               issuers[i]);
                check_malformed(query, &expectation, "(iss)");
        }
}

static void rfc6749_3_1_a_parameter_given_twice_is_refused(void **state)
{
        static const char *const queries[] = {
                "code=c&state=xyz&code=d",   "code=c&state=xyz&state=xyz",
                "code=c&state=xyz&c%6fde=c", "code=c&state=xyz&more&more=",
                "code=c&state=xyz" ISS ISS,  "=&=&code=c&state=xyz",
        };

        for (size_t i = 0; i < ELEMENTSOF(queries); i++)
                check_malformed(queries[i], &expectation, "twice");
}

static void rfc6749_b_what_is_not_well_encoded_is_refused(void **state)
{
        static const char *const queries[] = {
                "state=xyz&code=%",   "state=xyz&code=%4",  "state=xyz&code=%4g",
                "state=xyz&code=%g4", "state=xyz&code=%00", "state=xyz&%=c",
                "state=xyz&code=%4&",
        };

        for (size_t i = 0; i < ELEMENTSOF(queries); i++)
                check_malformed(queries[i], &expectation, "well encoded");
        check_malformed("state=xyz&code=%C3%28", &expectation, "UTF-8");
}

static void rfc6749_b_no_nul_and_nothing_behind_the_query_is_read(void **state)
{
        static const struct {
                const char *query;
                size_t size;
        } rows[] = {
                {"state=xyz&code=c\0", 17},   {"state=xyz&code=%\0\0", 17},
                {"state=xyz&code=%\0\0", 18}, {"state=xyz&code=%41", 16},
                {"state=xyz&code=%41", 17},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct secret *code = NULL;
                struct oauth_problem problem;
                assert_int_equal(authorization_answer_parse(rows[i].query, rows[i].size,
                                                            &expectation, &code, &problem),
                                 OAUTH_MALFORMED);
                assert_non_null(strstr(problem.why, "well encoded"));
                oauth_problem_finish(&problem);
        }
}

static void rfc6749_a_11_a_code_is_printable_and_not_too_long(void **state)
{
        static const char *const queries[] = {"state=xyz",          "state=xyz&code",
                                              "state=xyz&code=",    "state=xyz&code=a%0Ab",
                                              "state=xyz&code=%7F", "state=xyz&code=%C3%A9"};
        char query[5000] = "state=xyz&code=";

        for (size_t i = 0; i < ELEMENTSOF(queries); i++)
                check_malformed(queries[i], &expectation, "code is missing");
        memset(query + strlen(query), 'c', 4096);
        check_code(query, &expectation, query + strlen("state=xyz&code="));
        query[strlen(query)] = 'c';
        check_malformed(query, &expectation, "code is missing");
}

static void an_answer_is_bounded(void **state)
{
        char query[16 * 1024 + 2] = "state=xyz&code=c&m=";
        size_t size = strlen(query);

        memset(query + size, 'm', sizeof(query) - 1 - size);
        check_malformed(query, &expectation, "too large");
        query[sizeof(query) - 2] = '\0';
        check_code(query, &expectation, "c");

        size = strlen("state=xyz&code=c");
        for (unsigned i = 0; i < 62; i++)
                size += (size_t)snprintf(query + size, sizeof(query) - size, "&m%u", i);
        check_code(query, &expectation, "c");
        (void)snprintf(query + size, sizeof(query) - size, "&last");
        check_malformed(query, &expectation, "too many");
}

static void rfc6749_4_1_2_1_errors_are_told(void **state)
{
        static const struct {
                const char *code;
                enum oauth_answer answer;
        } rows[] = {
                {"access_denied", OAUTH_ACCESS_DENIED},
                {"invalid_request", OAUTH_ERROR},
                {"server_error", OAUTH_ERROR},
                {"temporarily_unavailable", OAUTH_ERROR},
                {"login_required", OAUTH_ERROR},
                /* Nothing here is polled for. */
                {"authorization_pending", OAUTH_ERROR},
                {"slow_down", OAUTH_ERROR},
                {"expired_token", OAUTH_ERROR},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct secret *code = NULL;
                struct oauth_problem problem;
                char query[200];
                (void)snprintf(
                        query, sizeof(query),
                        "error=%s&error_description=a%%1Bb+c&state=xyz&iss=https://a.example",
                        rows[i].code);
                assert_int_equal(
                        authorization_answer_parse(query, strlen(query), &named, &code, &problem),
                        rows[i].answer);
                assert_null(code);
                assert_int_equal(problem.answer, rows[i].answer);
                assert_string_equal(problem.code, rows[i].code);
                assert_string_equal(problem.description, "a?b c");
                oauth_problem_finish(&problem);
        }
}

static void rfc6749_4_1_2_1_a_wrong_error_is_malformed(void **state)
{
        check_malformed("error=access_denied&code=c&state=xyz", &expectation, "both");
        check_malformed("error=&state=xyz", &expectation, "error code");
        check_malformed("error=%22&state=xyz", &expectation, "error code");
        check_malformed("error=0123456789012345678901234567890123456789012345678901234567890123"
                        "&state=xyz",
                        &expectation, "error code");
}

static void no_code_stays_on_the_heap(void **state)
{
        static const char *const queries[] = {"code=c0rrect-horse&state=xyz",
                                              "code=c0rrect-horse&state=abc",
                                              "code=%630rrect-horse&state=%"};

        for (size_t i = 0; i < ELEMENTSOF(queries); i++) {
                struct secret *code = NULL;
                struct oauth_problem problem;
                freed_memory_watch("c0rrect-horse");
                (void)authorization_answer_parse(queries[i], strlen(queries[i]), &expectation,
                                                 &code, &problem);
                (void)secret_free(code);
                oauth_problem_finish(&problem);
                assert_int_equal(freed_memory_count(), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6749_4_1_1_the_question_is_a_query),
                cmocka_unit_test(oidc_3_1_2_1_a_nonce_goes_along),
                cmocka_unit_test(rfc6749_3_1_the_query_of_the_endpoint_is_kept),
                cmocka_unit_test(rfc6749_3_1_no_parameter_stands_there_twice),
                cmocka_unit_test(further_parameters_go_along),
                cmocka_unit_test(rfc6749_3_1_2_what_is_missing_or_not_safe_is_refused),
                cmocka_unit_test(a_form_that_is_too_large_makes_no_address),
                cmocka_unit_test(an_address_ends_at_8_kib),
                cmocka_unit_test(rfc6749_4_1_2_the_code_is_taken),
                cmocka_unit_test(rfc6749_10_12_the_state_is_ours_before_all_else),
                cmocka_unit_test(rfc9207_2_4_the_issuer_is_ours),
                cmocka_unit_test(rfc9207_2_4_another_issuer_is_refused_promised_or_not),
                cmocka_unit_test(rfc6749_3_1_a_parameter_given_twice_is_refused),
                cmocka_unit_test(rfc6749_b_what_is_not_well_encoded_is_refused),
                cmocka_unit_test(rfc6749_b_no_nul_and_nothing_behind_the_query_is_read),
                cmocka_unit_test(rfc6749_a_11_a_code_is_printable_and_not_too_long),
                cmocka_unit_test(an_answer_is_bounded),
                cmocka_unit_test(rfc6749_4_1_2_1_errors_are_told),
                cmocka_unit_test(rfc6749_4_1_2_1_a_wrong_error_is_malformed),
                cmocka_unit_test(no_code_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("authorization-url", tests, NULL, NULL);
}
