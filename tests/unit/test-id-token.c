/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each case changes members of one good token; the numbers are those of OIDC Core 3.1.3.7. */
#include "core/id-token.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/secret.h"
#include "core/strict-json.h"
#include "core/text-list.h"

#define NOW   1800000000
#define ISS   "\"iss\":\"https://issuer.example/realms/a\""
#define AUD   "\"aud\":\"linux-login\""
#define SUB   "\"sub\":\"248289761001\""
#define EXP   "\"exp\":1800000300"
#define IAT   "\"iat\":1799999995"
#define TIMES EXP "," IAT
#define REST  ISS "," SUB "," TIMES
#define GOOD  ISS "," AUD "," SUB "," TIMES

/* OIDC Core appendix A.3 */
#define ACCESS_TOKEN   "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
#define AT_HASH_SHA256 "77QmUPtjPfzWtF2AnpK9RQ"
#define AT_HASH_SHA384 "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"
#define AT_HASH_SHA512 "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"

struct claims_case {
        const char *members; /* without the braces */
        const char *why;     /* NULL: good */
};

static void check_for(const struct claims_case *one, enum jws_algorithm algorithm,
                      const char *client_id)
{
        _cleanup_json_ struct json_object *claims = NULL;
        _cleanup_secret_ struct secret *access_token = secret_new_text(ACCESS_TOKEN);
        struct id_token_expectation expectation = {
                .issuer = "https://issuer.example/realms/a",
                .client_id = client_id,
                .access_token = access_token,
                .algorithm = algorithm,
                .now_sec = NOW,
        };
        const char *why = NULL;
        char text[2048];

        (void)snprintf(text, sizeof(text), "{%s}", one->members);
        assert_int_equal(strict_json_parse_object(text, strlen(text), &claims, &why), 0);
        int r = id_token_check(claims, &expectation, &why);
        if (!one->why && r < 0)
                fail_msg("%s: %s", text, why);
        assert_int_equal(r, one->why ? -EBADMSG : 0);
        if (one->why)
                assert_string_equal(why, one->why);
}

static void check_as(const struct claims_case *one, enum jws_algorithm algorithm)
{
        check_for(one, algorithm, "linux-login");
}

static void check_all(const struct claims_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++)
                check_as(&cases[i], JWS_RS256);
}

static void oidc_3_1_3_7_2_issuer_is_equal_to_the_byte(void **state)
{
        static const char none[] = "the id_token names no issuer";
        static const char other[] = "the id_token is from another issuer";
        static const struct claims_case cases[] = {
                {GOOD, NULL},
                {AUD "," SUB "," TIMES, none},
                {"\"iss\":[\"https://issuer.example/realms/a\"]," AUD "," SUB "," TIMES, none},
                {"\"iss\":\"https://issuer.example/realms/a/\"," AUD "," SUB "," TIMES, other},
                {"\"iss\":\"https://ISSUER.example/realms/a\"," AUD "," SUB "," TIMES, other},
                {"\"iss\":\"https://issuer.example/realms/b\"," AUD "," SUB "," TIMES, other},
                {"\"iss\":\"https://issuer.example/realms/\"," AUD "," SUB "," TIMES, other},
                {"\"iss\":\"\"," AUD "," SUB "," TIMES, other},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void oidc_3_1_3_7_3_audience_is_us_and_nobody_else(void **state)
{
        static const char none[] = "the id_token names no audience";
        static const char other[] = "the id_token is for another audience";
        static const struct claims_case cases[] = {
                {ISS "," SUB "," TIMES ",\"aud\":[\"linux-login\"]", NULL},
                {ISS "," SUB "," TIMES, none},
                {ISS "," SUB "," TIMES ",\"aud\":null", none},
                {ISS "," SUB "," TIMES ",\"aud\":[]", none},
                {ISS "," SUB "," TIMES ",\"aud\":\"linux-logi\"", other},
                {ISS "," SUB "," TIMES ",\"aud\":\"linux-login2\"", other},
                {ISS "," SUB "," TIMES ",\"aud\":{\"linux-login\":1}", other},
                {ISS "," SUB "," TIMES ",\"aud\":[[\"linux-login\"]]", other},
                {ISS "," SUB "," TIMES
                     ",\"aud\":[\"linux-login\",\"shop\"],\"azp\":\"linux-login\"",
                 other},
                {ISS "," SUB "," TIMES
                     ",\"aud\":[\"shop\",\"linux-login\"],\"azp\":\"linux-login\"",
                 other},
                {ISS "," SUB "," TIMES ",\"aud\":[\"linux-login\",7]", other},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void an_audience_is_text_and_never_a_number(void **state)
{
        static const struct claims_case text = {ISS "," SUB "," TIMES ",\"aud\":\"7\"", NULL};
        static const struct claims_case number = {ISS "," SUB "," TIMES ",\"aud\":7",
                                                  "the id_token is for another audience"};
        check_for(&text, JWS_RS256, "7");
        check_for(&number, JWS_RS256, "7");
}

static void oidc_3_1_3_7_4_5_authorized_party_is_us(void **state)
{
        static const struct claims_case cases[] = {
                {GOOD ",\"azp\":\"linux-login\"", NULL},
                {GOOD ",\"azp\":\"shop\"", "the id_token was issued to another client (azp)"},
                {GOOD ",\"azp\":7", "the id_token's azp is not a text"},
                {ISS "," SUB "," TIMES
                     ",\"aud\":[\"linux-login\",\"linux-login\"],\"azp\":\"linux-login\"",
                 NULL},
                {ISS "," SUB "," TIMES ",\"aud\":[\"linux-login\",\"linux-login\"]",
                 "the id_token has several audiences and no azp"},
        };
        check_all(cases, ELEMENTSOF(cases));
}

#define S64  "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"
#define S255 S64 S64 S64 "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"

static void oidc_2_subject_is_1_to_255_printable_ascii(void **state)
{
        static const char none[] = "the id_token names no subject";
        static const char bad[] = "the subject is not 1 to 255 printable ASCII characters";
        static const struct claims_case cases[] = {
                {ISS "," AUD "," TIMES ",\"sub\":\"" S255 "\"", NULL},
                {ISS "," AUD "," TIMES ",\"sub\":\"" S255 "s\"", none},
                {ISS "," AUD "," TIMES, none},
                {ISS "," AUD "," TIMES ",\"sub\":248289761001", none},
                {ISS "," AUD "," TIMES ",\"sub\":\"\"", bad},
                {ISS "," AUD "," TIMES ",\"sub\":\"a\\nb\"", bad},
                {ISS "," AUD "," TIMES ",\"sub\":\"a\\u007f\"", bad},
                {ISS "," AUD "," TIMES ",\"sub\":\"\xC3\xA4\"", bad},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void oidc_3_1_3_7_9_expiry_with_60_s_of_leeway(void **state)
{
        static const char none[] = "the id_token does not say when it expires";
        static const char over[] = "the id_token has expired";
        static const struct claims_case cases[] = {
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1800000001", NULL},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1799999941", NULL},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1799999940.5", NULL},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1799999940", over},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1799999939", over},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":0", over},
                {ISS "," AUD "," SUB "," IAT, none},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":\"1800000300\"", none},
                {ISS "," AUD "," SUB "," IAT ",\"exp\":1e300", none},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void oidc_3_1_3_7_10_issue_time_with_60_s_of_leeway(void **state)
{
        static const char none[] = "the id_token does not say when it was issued";
        static const char future[] = "the id_token was issued in the future; check the clocks";
        static const char old[] = "the id_token was issued more than a day ago";
        static const struct claims_case cases[] = {
                {ISS "," AUD "," SUB "," EXP ",\"iat\":1800000060", NULL},
                {ISS "," AUD "," SUB "," EXP ",\"iat\":1800000060.5", future},
                {ISS "," AUD "," SUB "," EXP ",\"iat\":1800000061", future},
                {ISS "," AUD "," SUB "," EXP ",\"iat\":1799913540", NULL},
                {ISS "," AUD "," SUB "," EXP ",\"iat\":1799913539", old},
                {ISS "," AUD "," SUB "," EXP, none},
                {ISS "," AUD "," SUB "," EXP ",\"iat\":true", none},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void not_before_and_auth_time_with_60_s_of_leeway(void **state)
{
        static const struct claims_case cases[] = {
                {GOOD ",\"nbf\":1800000060", NULL},
                {GOOD ",\"nbf\":1800000061", "the id_token is not valid yet; check the clocks"},
                {GOOD ",\"nbf\":\"1800000000\"", "nbf is no date"},
                {GOOD ",\"auth_time\":1700000000", NULL},
                {GOOD ",\"auth_time\":1800000060", NULL},
                {GOOD ",\"auth_time\":1800000061", "auth_time is in the future; check the clocks"},
                {GOOD ",\"auth_time\":-1", "auth_time is no date"},
        };
        check_all(cases, ELEMENTSOF(cases));
}

static void oidc_3_1_3_8_at_hash_is_of_the_access_token(void **state)
{
        static const char other[] =
                "the access token is not the one that the id_token is about (at_hash)";
        static const struct {
                struct claims_case claims;
                enum jws_algorithm algorithm;
        } cases[] = {
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA256 "\"", NULL}, JWS_RS256},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA256 "\"", NULL}, JWS_ES256},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA384 "\"", NULL}, JWS_PS384},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA512 "\"", NULL}, JWS_ES512},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA256 "\"", other}, JWS_RS512},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA512 "\"", other}, JWS_RS256},
                {{GOOD ",\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RA\"", other}, JWS_RS256},
                {{GOOD ",\"at_hash\":\"77QmUPtjPfzWtF2AnpK9R\"", other}, JWS_RS256},
                {{GOOD ",\"at_hash\":\"" AT_HASH_SHA256 "AA\"", other}, JWS_RS256},
                {{GOOD ",\"at_hash\":\"\"", other}, JWS_RS256},
                {{GOOD ",\"at_hash\":7", "at_hash is not a short text"}, JWS_RS256},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                check_as(&cases[i].claims, cases[i].algorithm);
}

/* Facts 1.4: none is sent, so one that comes back uninvited means nothing. */
static void oidc_3_1_3_7_11_uninvited_nonce_is_ignored(void **state)
{
        static const struct claims_case uninvited = {GOOD ",\"nonce\":\"n-0S6_WzA2Mj\"", NULL};
        check_as(&uninvited, JWS_RS256);
}

static void check_against(const struct claims_case *one, struct id_token_expectation expectation)
{
        _cleanup_json_ struct json_object *claims = NULL;
        _cleanup_secret_ struct secret *access_token = secret_new_text(ACCESS_TOKEN);
        const char *why = NULL;
        char text[2048];

        expectation.issuer = "https://issuer.example/realms/a";
        expectation.client_id = "linux-login";
        expectation.access_token = access_token;
        expectation.algorithm = JWS_RS256;
        expectation.now_sec = NOW;
        (void)snprintf(text, sizeof(text), "{%s}", one->members);
        assert_int_equal(strict_json_parse_object(text, strlen(text), &claims, &why), 0);
        if (id_token_check(claims, &expectation, &why) != (one->why ? -EBADMSG : 0))
                fail_msg("%s: %s", text, why);
        if (one->why)
                assert_string_equal(why, one->why);
}

static void oidc_3_1_3_7_11_a_nonce_that_was_sent_comes_back(void **state)
{
        static const char lacks[] = "the id_token lacks the nonce that was sent";
        static const char other[] = "the id_token has another nonce than the one that was sent";
        static const struct claims_case cases[] = {
                {GOOD ",\"nonce\":\"n-0S6_WzA2Mj\"", NULL},
                {GOOD, lacks},
                {GOOD ",\"nonce\":null", lacks},
                {GOOD ",\"nonce\":7", lacks},
                {GOOD ",\"nonce\":\"\"", other},
                {GOOD ",\"nonce\":\"n-0S6_WzA2M\"", other},
                {GOOD ",\"nonce\":\"N-0S6_WzA2Mj\"", other},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                check_against(&cases[i], (struct id_token_expectation){.nonce = "n-0S6_WzA2Mj"});
}

static void oidc_3_1_3_7_3_trusted_audiences_stand_beside_ours(void **state)
{
        static const char other[] = "the id_token is for another audience";
        static const char no_azp[] = "the id_token has several audiences and no azp";
        static const struct claims_case cases[] = {
                {GOOD, NULL},
                {REST ",\"aud\":[\"linux-login\",\"api\"],\"azp\":\"linux-login\"", NULL},
                {REST ",\"aud\":[\"api\",\"linux-login\",\"web\"],\"azp\":\"linux-login\"", NULL},
                {REST ",\"aud\":[\"linux-login\",\"api\"]", no_azp},
                {REST ",\"aud\":[\"linux-login\",\"api\"],\"azp\":\"api\"",
                 "the id_token was issued to another client (azp)"},
                {REST ",\"aud\":[\"linux-login\",\"evil\"],\"azp\":\"linux-login\"", other},
                {REST ",\"aud\":[\"linux-login\",7],\"azp\":\"linux-login\"", other},
                {REST ",\"aud\":[\"api\",\"web\"],\"azp\":\"linux-login\"", other},
                {REST ",\"aud\":\"api\",\"azp\":\"linux-login\"", other},
                {REST ",\"aud\":[\"api\"]", other},
        };
        _cleanup_list_ struct text_list trusted = {0};

        assert_int_equal(text_list_add(&trusted, "web"), 0);
        assert_int_equal(text_list_add(&trusted, "api"), 0);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                check_against(&cases[i],
                              (struct id_token_expectation){.trusted_audiences = &trusted});
}

static void oidc_12_2_a_refreshed_token_is_about_the_same_login(void **state)
{
        static const struct claims_case cases[] = {
                {GOOD, NULL},
                {GOOD ",\"auth_time\":1799990000", NULL},
                {GOOD ",\"auth_time\":1799990000.5", NULL},
                {GOOD ",\"auth_time\":1799990001", "auth_time is another than before"},
                {GOOD ",\"auth_time\":\"x\"", "auth_time is no date"},
                {ISS "," AUD "," TIMES ",\"sub\":\"248289761002\"",
                 "the id_token is about another subject than before"},
                {ISS "," AUD "," TIMES ",\"sub\":\"24828976100\"",
                 "the id_token is about another subject than before"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                check_against(&cases[i],
                              (struct id_token_expectation){.subject = "248289761001",
                                                            .auth_time_sec = 1799990000});
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(oidc_3_1_3_7_2_issuer_is_equal_to_the_byte),
                cmocka_unit_test(oidc_3_1_3_7_3_audience_is_us_and_nobody_else),
                cmocka_unit_test(an_audience_is_text_and_never_a_number),
                cmocka_unit_test(oidc_3_1_3_7_4_5_authorized_party_is_us),
                cmocka_unit_test(oidc_2_subject_is_1_to_255_printable_ascii),
                cmocka_unit_test(oidc_3_1_3_7_9_expiry_with_60_s_of_leeway),
                cmocka_unit_test(oidc_3_1_3_7_10_issue_time_with_60_s_of_leeway),
                cmocka_unit_test(not_before_and_auth_time_with_60_s_of_leeway),
                cmocka_unit_test(oidc_3_1_3_8_at_hash_is_of_the_access_token),
                cmocka_unit_test(oidc_3_1_3_7_11_uninvited_nonce_is_ignored),
                cmocka_unit_test(oidc_3_1_3_7_11_a_nonce_that_was_sent_comes_back),
                cmocka_unit_test(oidc_3_1_3_7_3_trusted_audiences_stand_beside_ours),
                cmocka_unit_test(oidc_12_2_a_refreshed_token_is_about_the_same_login),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
