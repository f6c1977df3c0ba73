/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims by path, lists that were fetched, and identities of plain OAuth 2.0. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/identity.h"
#include "core/strict-json.h"

#define ISSUER "https://issuer.example"
#define KEY    "\"iss\":\"" ISSUER "\",\"sub\":\"248289761001\""

static struct identity *identity_of(const char *members, const char *userinfo)
{
        _cleanup_json_ struct json_object *claims = NULL;
        struct identity *identity = NULL;
        const char *why = NULL;
        char text[1024];

        (void)snprintf(text, sizeof(text), "{%s}", members);
        assert_int_equal(strict_json_parse_object(text, strlen(text), &claims, &why), 0);
        assert_int_equal(identity_new("corp", claims, &identity, &why), 0);
        if (userinfo)
                assert_int_equal(identity_add_userinfo(identity, userinfo, strlen(userinfo), &why),
                                 0);
        return identity;
}

static void add_list(struct identity *identity, const char *claim, const char *one, const char *two)
{
        _cleanup_list_ struct text_list list = {0};

        if (one)
                assert_int_equal(text_list_add(&list, one), 0);
        if (two)
                assert_int_equal(text_list_add(&list, two), 0);
        assert_int_equal(identity_add_groups(identity, claim, &list), 0);
}

static void a_name_with_a_slash_is_a_path(void **state)
{
        _cleanup_identity_ struct identity *identity = identity_of(
                KEY
                ",\"realm_access\":{\"roles\":[\"ops\",\"wheel\"]},\"user\":{\"name\":\"alice\"},"
                "\"roles\":{\"admin\":{},\"dev\":{}},\"one\":[{\"n\":\"a\"}],"
                "\"two\":[{\"n\":\"a\"},{\"n\":\"b\"}],\"https://example.com/groups\":[\"lit\"]",
                NULL);
        const char *text = NULL;

        assert_true(identity_claim_has(identity, "/realm_access/roles", "ops"));
        assert_true(identity_claim_has(identity, "/realm_access/roles/*", "wheel"));
        assert_true(identity_claim_has(identity, "/realm_access/roles/1", "wheel"));
        assert_false(identity_claim_has(identity, "/realm_access/roles/0", "wheel"));
        assert_false(identity_claim_has(identity, "/realm_access", "ops"));
        assert_true(identity_claim_has(identity, "/roles/~*", "dev"));
        assert_false(identity_claim_has(identity, "/roles", "dev"));
        assert_true(identity_claim_has(identity, "/two/*/n", "b"));
        assert_true(identity_claim_has(identity, "https://example.com/groups", "lit"));
        assert_true(identity_claim_has(identity, "/https:~1~1example.com~1groups", "lit"));

        assert_int_equal(identity_claim_text(identity, "/user/name", &text), 1);
        assert_string_equal(text, "alice");
        assert_int_equal(identity_claim_text(identity, "/one/*/n", &text), 1);
        assert_string_equal(text, "a");
        assert_int_equal(identity_claim_text(identity, "/two/*/n", &text), -EBADMSG);
        assert_int_equal(identity_claim_text(identity, "/roles/~*", &text), -EBADMSG);
        assert_int_equal(identity_claim_text(identity, "/user", &text), -EBADMSG);
        assert_int_equal(identity_claim_text(identity, "/user/nick", &text), 0);
        assert_int_equal(identity_claim_text(identity, "/us~er", &text), 0);
        assert_true(identity_has_claim(identity, "/user/name"));
        assert_false(identity_has_claim(identity, "/user/nick"));
        assert_false(identity_has_claim(identity, "/us~er"));
}

static void a_path_too_prefers_the_id_token(void **state)
{
        _cleanup_identity_ struct identity *identity = identity_of(
                KEY ",\"user\":{\"name\":\"alice\"}",
                "{\"sub\":\"248289761001\",\"user\":{\"name\":\"bob\",\"group\":\"ops\"}}");
        const char *text = NULL;

        assert_int_equal(identity_claim_text(identity, "/user/name", &text), 1);
        assert_string_equal(text, "alice");
        assert_false(identity_claim_has(identity, "/user/name", "bob"));
        assert_true(identity_claim_has(identity, "/user/group", "ops"));
}

static void no_path_leads_around_what_vouches_for_an_email(void **state)
{
        static const char mail[] = "alice@example.com";
        static const struct {
                const char *members, *name;
                bool counts;
        } cases[] = {
                {"\"email\":\"alice@example.com\",\"email_verified\":true", "/email", true},
                {"\"email\":\"alice@example.com\",\"email_verified\":false", "/email", false},
                {"\"email\":\"alice@example.com\"", "/email", false},
                {"\"email\":[\"alice@example.com\"]", "/email/0", false},
                {"\"email\":[\"alice@example.com\"]", "/email/*", false},
                {"\"email\":[\"alice@example.com\"],\"email_verified\":true", "/email/*", true},
                {"\"user\":{\"email\":\"alice@example.com\"}", "/user/email", false},
                {"\"user\":{\"email\":\"alice@example.com\",\"email_verified\":true}",
                 "/user/email", false},
                {"\"user\":{\"email\":\"alice@example.com\"},\"email_verified\":true",
                 "/user/email", false},
                {"\"phone_number\":\"alice@example.com\",\"email_verified\":true", "/phone_number",
                 false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char members[256];
                (void)snprintf(members, sizeof(members), KEY ",%s", cases[i].members);
                _cleanup_identity_ struct identity *identity = identity_of(members, NULL);
                const char *text = NULL;
                assert_int_equal(identity_claim_has(identity, cases[i].name, mail),
                                 cases[i].counts);
                assert_int_equal(identity_has_claim(identity, cases[i].name), cases[i].counts);
                assert_int_equal(identity_claim_text(identity, cases[i].name, &text),
                                 cases[i].counts);
        }
}

static void fetched_groups_are_a_claim(void **state)
{
        _cleanup_identity_ struct identity *identity = identity_of(KEY, NULL);
        const char *text = NULL;

        assert_false(identity_has_claim(identity, "groups"));
        add_list(identity, "groups", "ops", "wheel");
        assert_true(identity_has_claim(identity, "groups"));
        assert_true(identity_claim_has(identity, "groups", "wheel"));
        assert_false(identity_claim_has(identity, "groups", "whee"));
        assert_false(identity_claim_has(identity, "groups", ""));
        assert_false(identity_claim_has(identity, "teams", "wheel"));
        assert_int_equal(identity_claim_text(identity, "groups", &text), -EBADMSG);

        add_list(identity, "/teams/~*", "red", NULL);
        add_list(identity, "groups", "staff", NULL);
        assert_true(identity_claim_has(identity, "/teams/~*", "red"));
        assert_false(identity_claim_has(identity, "groups", "wheel"));
        assert_int_equal(identity_claim_text(identity, "groups", &text), 1);
        assert_string_equal(text, "staff");

        add_list(identity, "groups", NULL, NULL);
        assert_true(identity_has_claim(identity, "groups"));
        assert_false(identity_claim_has(identity, "groups", "staff"));
        assert_int_equal(identity_claim_text(identity, "groups", &text), 0);
        assert_int_equal(identity->n_lists, 2);
}

static void documents_speak_before_lists(void **state)
{
        _cleanup_identity_ struct identity *identity = identity_of(
                KEY ",\"name\":\"alice\",\"groups\":[\"ops\"]", NULL);
        const char *text = NULL;

        add_list(identity, "name", "bob", NULL);
        add_list(identity, "groups", "wheel", NULL);
        assert_int_equal(identity_claim_text(identity, "name", &text), 1);
        assert_string_equal(text, "alice");
        assert_true(identity_claim_has(identity, "groups", "ops"));
        assert_true(identity_claim_has(identity, "groups", "wheel"));
}

static void groups_may_be_said_to_be_elsewhere(void **state)
{
        static const struct {
                const char *members, *claim;
                bool overage;
        } cases[] = {
                {"\"_claim_names\":{\"groups\":\"src1\"},\"_claim_sources\":{\"src1\":{}}",
                 "groups", true},
                {"\"_claim_names\":{\"groups\":\"src1\"}", "/groups/*", true},
                {"\"_claim_names\":{\"roles\":\"src1\"}", "groups", false},
                {"\"_claim_names\":{\"roles\":\"src1\"}", "/groups/*", false},
                {"\"_claim_names\":{}", "groups", false},
                {"\"_claim_names\":\"groups\"", "groups", false},
                {"\"hasgroups\":true", "groups", true},
                {"\"hasgroups\":false", "groups", false},
                {"\"groups\":[\"ops\"]", "groups", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char members[256], userinfo[256];
                (void)snprintf(members, sizeof(members), KEY ",%s", cases[i].members);
                (void)snprintf(userinfo, sizeof(userinfo), "{\"sub\":\"248289761001\",%s}",
                               cases[i].members);
                _cleanup_identity_ struct identity *one = identity_of(members, NULL);
                _cleanup_identity_ struct identity *two = identity_of(KEY, userinfo);
                assert_int_equal(identity_has_overage(one, cases[i].claim), cases[i].overage);
                assert_int_equal(identity_has_overage(two, cases[i].claim), cases[i].overage);
                add_list(one, cases[i].claim, "ops", NULL);
                assert_false(identity_has_overage(one, cases[i].claim));
        }
}

static void values_are_shown_as_they_are(void **state)
{
        static const struct {
                const char *name, *json; /* NULL: absent */
        } cases[] = {
                {"name", "\"alice\""},
                {"/two/0/n", "\"a\""},
                {"/two/*/n", "[\"a\",\"b\"]"},
                {"/roles/~*", "[\"admin\"]"},
                {"fetched", "[\"x\",\"y\"]"},
                {"email", NULL},
                {"absent", NULL},
        };
        _cleanup_identity_ struct identity *identity = identity_of(
                KEY ",\"name\":\"alice\",\"two\":[{\"n\":\"a\"},{\"n\":\"b\"}],"
                    "\"roles\":{\"admin\":{}},\"email\":\"a@b.example\"",
                NULL);

        add_list(identity, "fetched", "x", "y");
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_json_ struct json_object *value = NULL;
                assert_int_equal(identity_claim_value(identity, cases[i].name, &value), 0);
                assert_int_equal(value != NULL, cases[i].json != NULL);
                if (value)
                        assert_string_equal(
                                json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN),
                                cases[i].json);
        }
}

static int from_userinfo(const char *subject_claim, const char *body,
                         struct identity **ret_identity, const char **ret_why)
{
        return identity_new_from_userinfo("hub", ISSUER, subject_claim, body, strlen(body),
                                          ret_identity, ret_why);
}

static void plain_oauth_has_its_subject_from_the_api(void **state)
{
        static const struct {
                const char *claim, *body, *subject;
        } cases[] = {
                {"id", "{\"id\":583231,\"login\":\"octocat\"}", "583231"},
                {"id", "{\"id\":\"583231\"}", "583231"},
                {"sub", "{\"sub\":\"alice\"}", "alice"},
                {"/data/user/id", "{\"data\":{\"user\":{\"id\":7}}}", "7"},
                {"email", "{\"email\":\"a@b.example\",\"email_verified\":true}", "a@b.example"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = NULL;
                const char *why = NULL, *text = NULL;
                assert_int_equal(from_userinfo(cases[i].claim, cases[i].body, &identity, &why), 0);
                assert_string_equal(identity->provider, "hub");
                assert_string_equal(identity->issuer, ISSUER);
                assert_string_equal(identity->subject, cases[i].subject);
                assert_null(identity->id_token);
                assert_null(identity->acr);
                assert_int_equal(identity->auth_time_sec, 0);
                if (i == 0) {
                        assert_int_equal(identity_claim_text(identity, "login", &text), 1);
                        assert_string_equal(text, "octocat");
                }
        }
}

static void plain_oauth_without_a_subject_is_nobody(void **state)
{
        static const char none[] = "the userinfo answer names no subject";
        static const struct {
                const char *claim, *body, *why;
        } cases[] = {
                {"id", "{\"login\":\"octocat\"}", none},
                {"id", "{\"id\":null}", none},
                {"id", "{\"id\":\"\"}", none},
                {"id", "{\"id\":1.5}", none},
                {"id", "{\"id\":[1]}", none},
                {"id", "{\"id\":99999999999999999999}", none},
                {"id", "{\"id\":\"\\u00e9\"}", none},
                {"email", "{\"email\":\"a@b.example\"}", none},
                {"/ids/*", "{\"ids\":[1,2]}", none},
                {"id", "{\"id\":1,\"id\":2}", "duplicate member names"},
                {"id", "[]", "not a JSON object"},
                {"id", "<html>", "not a word of JSON"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct identity *identity = NULL;
                const char *why = NULL;
                assert_int_equal(from_userinfo(cases[i].claim, cases[i].body, &identity, &why),
                                 -EBADMSG);
                assert_null(identity);
                assert_string_equal(why, cases[i].why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_name_with_a_slash_is_a_path),
                cmocka_unit_test(a_path_too_prefers_the_id_token),
                cmocka_unit_test(no_path_leads_around_what_vouches_for_an_email),
                cmocka_unit_test(fetched_groups_are_a_claim),
                cmocka_unit_test(documents_speak_before_lists),
                cmocka_unit_test(groups_may_be_said_to_be_elsewhere),
                cmocka_unit_test(values_are_shown_as_they_are),
                cmocka_unit_test(plain_oauth_has_its_subject_from_the_api),
                cmocka_unit_test(plain_oauth_without_a_subject_is_nobody),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
