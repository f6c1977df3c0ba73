/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json-path.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/strict-json.h"

/* RFC 6901 section 5, without the empty name, which stands for a value of its own here. */
static const char rfc6901[] =
        "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
        "\"k\\\"l\":6,\" \":7,\"m~n\":8,\"~1\":9}";

static struct json_object *parse(const char *text)
{
        struct json_object *tree = NULL;
        const char *why = NULL;

        if (strict_json_parse(text, strlen(text), &tree, &why) < 0)
                fail_msg("%s: %s", text, why);
        return tree;
}

static int on_value(struct json_object *value, void *userdata)
{
        char *found = userdata;

        assert_non_null(value);
        strcat(found, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
        strcat(found, " ");
        return 0;
}

struct path_case {
        const char *document, *path, *found; /* each value and a blank */
};

static void check_paths(const struct path_case *cases, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                _cleanup_json_ struct json_object *document = parse(cases[i].document);
                char found[512] = "";
                assert_int_equal(json_path_each(document, cases[i].path, on_value, found), 0);
                if (strcmp(found, cases[i].found) != 0)
                        fail_msg("%s of %s: %s", cases[i].path, cases[i].document, found);
        }
}

static void rfc6901_5_pointers_lead_where_the_rfc_says(void **state)
{
        static const struct path_case cases[] = {
                {rfc6901, "/foo", "[\"bar\",\"baz\"] "},
                {rfc6901, "/foo/0", "\"bar\" "},
                {rfc6901, "/", "0 "},
                {rfc6901, "/a~1b", "1 "},
                {rfc6901, "/c%d", "2 "},
                {rfc6901, "/e^f", "3 "},
                {rfc6901, "/g|h", "4 "},
                {rfc6901, "/i\\j", "5 "},
                {rfc6901, "/k\"l", "6 "},
                {rfc6901, "/ ", "7 "},
                {rfc6901, "/m~0n", "8 "},
                {rfc6901, "/~01", "9 "},
        };
        check_paths(cases, ELEMENTSOF(cases));
}

static void rfc6901_4_array_elements_have_plain_numbers(void **state)
{
        static const char list[] = "[0,1,2,3,4,5,6,7,8,9,10]";
        static const struct path_case cases[] = {
                {list, "/0", "0 "},        {list, "/10", "10 "}, {list, "/11", ""},
                {list, "/00", ""},         {list, "/01", ""},    {list, "/-", ""},
                {list, "/-1", ""},         {list, "/+1", ""},    {list, "/", ""},
                {list, "/1 ", ""},         {list, "/1/2", ""},   {list, "/9999999", ""},
                {list, "/4294967296", ""}, {list, "/~0", ""},
        };
        check_paths(cases, ELEMENTSOF(cases));
}

static void an_asterisk_is_each_element_or_a_name(void **state)
{
        static const char groups[] = "{\"value\":[{\"id\":1},{\"id\":null},{},7,{\"id\":[2,3]}]}";
        static const struct path_case cases[] = {
                {groups, "/value/*/id", "1 [2,3] "},
                {groups, "/value/*/id/*", "2 3 "},
                {"[[1,2],[],[3]]", "/*/*", "1 2 3 "},
                {"[]", "/*", ""},
                {"{\"*\":1,\"b\":2}", "/*", "1 "},
                {"{\"a\":1}", "/*", ""},
                {"[1]", "/**", ""},
                {"{\"a\":\"text\"}", "/a/*", ""},
        };
        check_paths(cases, ELEMENTSOF(cases));
}

static void a_last_step_takes_the_names(void **state)
{
        static const struct path_case cases[] = {
                {"{\"roles\":{\"admin\":{\"1\":\"a\"},\"user\":{}}}", "/roles/~*",
                 "\"admin\" \"user\" "},
                {"{\"roles\":{}}", "/roles/~*", ""},
                {"{\"gone\":{\"admin\":null}}", "/gone/~*", "\"admin\" "},
                {"[{\"a\":1},{\"b\":2}]", "/*/~*", "\"a\" \"b\" "},
                {"[1]", "/~*", ""},
                {"{\"a\":1}", "/~*", "\"a\" "},
        };
        check_paths(cases, ELEMENTSOF(cases));
}

static void nothing_leads_from_where_nothing_is(void **state)
{
        static const struct path_case cases[] = {
                {"{\"a\":null}", "/a", ""},       {"{\"a\":null}", "/a/b", ""},
                {"{\"a\":\"b\"}", "/a/b", ""},    {"{\"a\":7}", "/a/0", ""},
                {"{\"a\":{}}", "/a/b/c/d", ""},   {"{\"a\":1}", "/A", ""},
                {"{\"a\":{\"b\":1}}", "/a/", ""},
        };
        char found[8] = "";

        check_paths(cases, ELEMENTSOF(cases));
        assert_int_equal(json_path_each(NULL, "/a", on_value, found), 0);
        assert_string_equal(found, "");
}

static void paths_have_a_form(void **state)
{
        static const char *const good[] = {"/",     "/a",     "/*", "/~*",
                                           "/a/~*", "/~0/~1", "//", "/\xC3\xA9"};
        static const char *const bad[] = {"",      "a",    "*",    "/~",   "/~2",  "/a~",
                                          "/~*/a", "/a~*", "/~**", "/a\n", "/\xFF"};
        _cleanup_json_ struct json_object *document = parse("{}");
        char path[JSON_PATH_MAX_BYTES + 2] = "/", found[8] = "";

        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                assert_true(json_path_is_valid(good[i]));
        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                if (json_path_is_valid(bad[i]))
                        fail_msg("%s", bad[i]);
                assert_int_equal(json_path_each(document, bad[i], on_value, found), -EINVAL);
                assert_null(json_path_only(document, bad[i]));
                assert_false(json_path_has_step(bad[i], ""));
                assert_false(json_path_starts_at(bad[i], ""));
        }
        memset(path + 1, 'a', JSON_PATH_MAX_BYTES - 1);
        assert_true(json_path_is_valid(path));
        path[JSON_PATH_MAX_BYTES] = 'a';
        assert_false(json_path_is_valid(path));
}

static int on_second_value(struct json_object *value, void *userdata)
{
        unsigned *calls = userdata;

        return ++*calls == 2 ? -ECANCELED : 0;
}

static void the_walk_ends_when_told(void **state)
{
        static const char *const paths[] = {"/a/*", "/b/~*", "/c/*/0"};
        _cleanup_json_ struct json_object *document = parse(
                "{\"a\":[1,2,3],\"b\":{\"x\":1,\"y\":2,\"z\":3},\"c\":[[1],[2],[3]]}");

        for (size_t i = 0; i < ELEMENTSOF(paths); i++) {
                unsigned calls = 0;
                assert_int_equal(json_path_each(document, paths[i], on_second_value, &calls),
                                 -ECANCELED);
                assert_int_equal(calls, 2);
        }
}

static void the_only_value_is_one(void **state)
{
        _cleanup_json_ struct json_object *document = parse(
                "{\"a\":[1,2],\"b\":[3],\"c\":{\"d\":4}}");

        assert_int_equal(json_object_get_int(json_path_only(document, "/a/1")), 2);
        assert_int_equal(json_object_get_int(json_path_only(document, "/b/*")), 3);
        assert_int_equal(json_object_get_int(json_path_only(document, "/c/d")), 4);
        assert_null(json_path_only(document, "/a/*"));
        assert_null(json_path_only(document, "/a/2"));
        assert_null(json_path_only(document, "/c/~*"));
        assert_null(json_path_only(NULL, "/a"));
}

static void steps_are_compared_unescaped(void **state)
{
        assert_true(json_path_has_step("/user/email", "email"));
        assert_true(json_path_has_step("/email", "email"));
        assert_true(json_path_has_step("/a~1b/x", "a/b"));
        assert_true(json_path_has_step("/x/~01", "~1"));
        assert_false(json_path_has_step("/user/emails", "email"));
        assert_false(json_path_has_step("/a/b", "a/b"));
        assert_true(json_path_starts_at("/email/0", "email"));
        assert_false(json_path_starts_at("/user/email", "email"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6901_5_pointers_lead_where_the_rfc_says),
                cmocka_unit_test(rfc6901_4_array_elements_have_plain_numbers),
                cmocka_unit_test(an_asterisk_is_each_element_or_a_name),
                cmocka_unit_test(a_last_step_takes_the_names),
                cmocka_unit_test(nothing_leads_from_where_nothing_is),
                cmocka_unit_test(paths_have_a_form),
                cmocka_unit_test(the_walk_ends_when_told),
                cmocka_unit_test(the_only_value_is_one),
                cmocka_unit_test(steps_are_compared_unescaped),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
