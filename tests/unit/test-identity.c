/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/identity.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/strict-json.h"

#define X16  "xxxxxxxxxxxxxxxx"
#define X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
#define KEY  "\"iss\":\"https://issuer.example\",\"sub\":\"248289761001\""

static int identity_of(const char *members, struct identity **ret_identity, const char **ret_why)
{
        _cleanup_json_ struct json_object *claims = NULL;
        char text[4096];

        (void)snprintf(text, sizeof(text), "{%s}", members);
        assert_int_equal(strict_json_parse_object(text, strlen(text), &claims, ret_why), 0);
        return identity_new("corp", claims, ret_identity, ret_why);
}

/* With a userinfo answer unless userinfo is NULL. */
static struct identity *good_identity(const char *members, const char *userinfo)
{
        struct identity *identity = NULL;
        const char *why = NULL;

        assert_int_equal(identity_of(members, &identity, &why), 0);
        if (userinfo)
                assert_int_equal(identity_add_userinfo(identity, userinfo, strlen(userinfo), &why),
                                 0);
        return identity;
}

static void oidc_2_subjects_have_1_to_255_printable_characters(void **state)
{
        char subject[IDENTITY_SUBJECT_MAX_BYTES + 2] = "";

        assert_false(identity_subject_is_valid(""));
        assert_true(identity_subject_is_valid(" ~"));
        assert_false(identity_subject_is_valid("a\x1F"));
        assert_false(identity_subject_is_valid("a\x7F"));
        assert_false(identity_subject_is_valid("a\x80"));
        memset(subject, 's', IDENTITY_SUBJECT_MAX_BYTES);
        assert_true(identity_subject_is_valid(subject));
        subject[IDENTITY_SUBJECT_MAX_BYTES] = 's';
        assert_false(identity_subject_is_valid(subject));
}

static void key_and_strength_are_kept(void **state)
{
        _cleanup_identity_ struct identity *identity = good_identity(
                KEY ",\"acr\":\"urn:mfa\",\"amr\":[\"pwd\",\"otp\"],\"auth_time\":1700000000.9",
                NULL);

        assert_string_equal(identity->provider, "corp");
        assert_string_equal(identity->issuer, "https://issuer.example");
        assert_string_equal(identity->subject, "248289761001");
        assert_string_equal(identity->acr, "urn:mfa");
        assert_int_equal(identity->n_amr, 2);
        assert_string_equal(identity->amr[0], "pwd");
        assert_string_equal(identity->amr[1], "otp");
        assert_int_equal(identity->auth_time_sec, 1700000000);
        assert_null(identity->userinfo);
}

static void strength_may_be_absent_or_a_single_method(void **state)
{
        _cleanup_identity_ struct identity *absent = good_identity(KEY, NULL);
        _cleanup_identity_ struct identity *single = good_identity(KEY ",\"amr\":\"pwd\"", NULL);

        assert_null(absent->acr);
        assert_int_equal(absent->n_amr, 0);
        assert_int_equal(absent->auth_time_sec, 0);
        assert_int_equal(single->n_amr, 1);
        assert_string_equal(single->amr[0], "pwd");
}

static void malformed_claims_are_refused(void **state)
{
        static const struct {
                const char *members, *why;
        } cases[] = {
                {"\"sub\":\"1\"", "the id_token names no issuer"},
                {"\"iss\":7,\"sub\":\"1\"", "the id_token names no issuer"},
                {"\"iss\":\"https://issuer.example\"", "the id_token names no subject"},
                {"\"iss\":\"https://issuer.example\",\"sub\":7", "the id_token names no subject"},
                {"\"iss\":\"https://issuer.example\",\"sub\":\"\"",
                 "the id_token names no subject"},
                {KEY ",\"acr\":1", "acr is no text"},
                {KEY ",\"amr\":[\"" X256 "\"]", "amr holds a method with too long a name"},
                {KEY ",\"amr\":{}", "amr holds something other than texts"},
                {KEY ",\"amr\":[\"pwd\",null]", "amr holds something other than texts"},
                {KEY ",\"auth_time\":\"now\"", "auth_time is no date"},
                {KEY ",\"amr\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
                 "amr holds too many methods"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct identity *identity = NULL;
                const char *why = NULL;
                assert_int_equal(identity_of(cases[i].members, &identity, &why), -EBADMSG);
                assert_null(identity);
                assert_string_equal(why, cases[i].why);
        }
}

static void oidc_5_3_2_userinfo_with_another_sub_is_discarded(void **state)
{
        static const struct {
                const char *body, *why;
        } cases[] = {
                {"{\"sub\":\"248289761002\",\"name\":\"mallory\"}",
                 "the userinfo answer is about another subject"},
                {"{\"sub\":\"24828976100\",\"name\":\"mallory\"}",
                 "the userinfo answer is about another subject"},
                {"{\"name\":\"mallory\"}", "the userinfo answer names no subject"},
                {"{\"sub\":248289761001,\"name\":\"mallory\"}",
                 "the userinfo answer names no subject"},
                {"{\"sub\":\"248289761001\",\"sub\":\"2\",\"name\":\"mallory\"}",
                 "duplicate member names"},
                {"[]", "not a JSON object"},
        };
        _cleanup_identity_ struct identity *identity = good_identity(
                KEY, "{\"sub\":\"248289761001\",\"name\":\"alice\"}");

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *why = NULL, *name;
                assert_int_equal(
                        identity_add_userinfo(identity, cases[i].body, strlen(cases[i].body), &why),
                        -EBADMSG);
                assert_string_equal(why, cases[i].why);
                assert_int_equal(identity_claim_text(identity, "name", &name), 1);
                assert_string_equal(name, "alice");
        }
}

static void the_id_token_speaks_first(void **state)
{
        _cleanup_identity_ struct identity *identity = good_identity(
                KEY ",\"preferred_username\":\"alice\",\"odd\":7,\"empty\":\"\",\"gone\":null",
                "{\"sub\":\"248289761001\",\"preferred_username\":\"bob\",\"odd\":\"x\","
                "\"empty\":\"x\",\"gone\":\"x\",\"more\":\"y\"}");
        const char *text = NULL;

        assert_int_equal(identity_claim_text(identity, "preferred_username", &text), 1);
        assert_string_equal(text, "alice");
        assert_int_equal(identity_claim_text(identity, "more", &text), 1);
        assert_string_equal(text, "y");
        assert_int_equal(identity_claim_text(identity, "gone", &text), 1);
        assert_int_equal(identity_claim_text(identity, "odd", &text), -EBADMSG);
        assert_int_equal(identity_claim_text(identity, "empty", &text), -EBADMSG);
        assert_int_equal(identity_claim_text(identity, "absent", &text), 0);
        assert_false(identity_claim_has(identity, "preferred_username", "bob"));
        assert_true(identity_has_claim(identity, "more"));
        assert_false(identity_has_claim(identity, "absent"));
}

#define MAIL "\"email\":\"alice@example.com\""

static void email_counts_only_when_its_document_vouches(void **state)
{
        static const char other[] = "{\"sub\":\"248289761001\",\"email_verified\":true}";
        static const struct {
                const char *members, *userinfo;
                bool counts;
        } cases[] = {
                {KEY "," MAIL ",\"email_verified\":true", NULL, true},
                {KEY "," MAIL ",\"email_verified\":\"true\"", NULL, true},
                {KEY "," MAIL ",\"email_verified\":false", NULL, false},
                {KEY "," MAIL ",\"email_verified\":\"false\"", NULL, false},
                {KEY "," MAIL ",\"email_verified\":1", NULL, false},
                {KEY "," MAIL ",\"email_verified\":null", NULL, false},
                {KEY "," MAIL, NULL, false},
                {KEY "," MAIL, other, false},
                {KEY ",\"email_verified\":true", "{\"sub\":\"248289761001\"," MAIL "}", false},
                {KEY, "{\"sub\":\"248289761001\"," MAIL ",\"email_verified\":true}", true},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = good_identity(cases[i].members,
                                                                             cases[i].userinfo);
                const char *text = NULL;
                assert_int_equal(identity_claim_text(identity, "email", &text), cases[i].counts);
                assert_int_equal(identity_claim_has(identity, "email", "alice@example.com"),
                                 cases[i].counts);
                assert_int_equal(identity_has_claim(identity, "email"), cases[i].counts);
        }
        _cleanup_identity_ struct identity *phone = good_identity(
                KEY ",\"phone_number\":\"+1\",\"email_verified\":true", NULL);
        assert_false(identity_has_claim(phone, "phone_number"));
}

static void groups_are_whole_strings(void **state)
{
        _cleanup_identity_ struct identity *identity = good_identity(
                KEY ",\"groups\":[\"wheel\",\"ops\",7,null,[\"deep\"]],\"one\":\"wheel\",\"n\":7",
                NULL);

        assert_true(identity_claim_has(identity, "groups", "wheel"));
        assert_true(identity_claim_has(identity, "groups", "ops"));
        assert_false(identity_claim_has(identity, "groups", "whee"));
        assert_false(identity_claim_has(identity, "groups", "Wheel"));
        assert_false(identity_claim_has(identity, "groups", "7"));
        assert_false(identity_claim_has(identity, "groups", "deep"));
        assert_false(identity_claim_has(identity, "groups", ""));
        assert_true(identity_claim_has(identity, "one", "wheel"));
        assert_false(identity_claim_has(identity, "one", "whe"));
        assert_false(identity_claim_has(identity, "n", "7"));
        assert_false(identity_claim_has(identity, "absent", "wheel"));
}

static void an_empty_value_matches_nothing(void **state)
{
        _cleanup_identity_ struct identity *identity = good_identity(
                KEY ",\"groups\":[\"\"],\"one\":\"\"", NULL);
        assert_false(identity_claim_has(identity, "groups", ""));
        assert_false(identity_claim_has(identity, "one", ""));
}

static void strength_is_one_line_of_text(void **state)
{
        static const struct {
                const char *members, *expected;
        } rows[] = {
                {KEY, "acr=- amr="},
                {KEY ",\"acr\":\"high\",\"amr\":[\"pwd\"]", "acr=high amr=pwd"},
                {KEY ",\"amr\":[\"pwd\",\"otp\",\"mfa\"]", "acr=- amr=pwd,otp,mfa"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_identity_ struct identity *identity = good_identity(rows[i].members, NULL);
                _cleanup_free_ char *text = identity_strength_text(identity);
                assert_string_equal(text, rows[i].expected);
        }
}

static void nothing_is_freed_gladly(void **state)
{
        assert_null(identity_free(NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(oidc_2_subjects_have_1_to_255_printable_characters),
                cmocka_unit_test(key_and_strength_are_kept),
                cmocka_unit_test(strength_may_be_absent_or_a_single_method),
                cmocka_unit_test(malformed_claims_are_refused),
                cmocka_unit_test(oidc_5_3_2_userinfo_with_another_sub_is_discarded),
                cmocka_unit_test(the_id_token_speaks_first),
                cmocka_unit_test(email_counts_only_when_its_document_vouches),
                cmocka_unit_test(groups_are_whole_strings),
                cmocka_unit_test(an_empty_value_matches_nothing),
                cmocka_unit_test(strength_is_one_line_of_text),
                cmocka_unit_test(nothing_is_freed_gladly),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
