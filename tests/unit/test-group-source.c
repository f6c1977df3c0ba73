/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/group-source.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/strict-json.h"

#define PLACE   "is no place in the answer"
#define BRACES  "has braces that do not match"
#define INSIDE  "has braces without a place in the entry"
#define APART   "has no sign between two texts of an entry"
#define SAME    "has a form that is the same for every entry"
#define NO_NEXT "names no next page: write link, /PLACE or NAME=/PLACE"

static void a_source_has_places(void **state)
{
        static char path_of_1025[GROUP_SOURCE_MAX_BYTES + 2];
        const struct {
                const char *path, *next, *why;
        } cases[] = {
                {"/*", NULL, NULL},
                {"/value/*/id", "/@odata.nextLink", NULL},
                {"/*", "link", NULL},
                {"/memberships/*/groupKey/id", "pageToken=/nextPageToken", NULL},
                {"/*={/organization/login}/{/slug}", "link", NULL},
                {"/*=team:{/id}", NULL, NULL},
                {"/*={/primary=true}{/verified=true}{/email}", NULL, NULL},
                {"/*={/email}{/primary=true}", NULL, NULL},
                {"/*={/a}{/t=x}:{/b}", NULL, NULL},
                {"", NULL, PLACE},
                {"value", NULL, PLACE},
                {"/a~", NULL, PLACE},
                {"/*={/a\x01}", NULL, PLACE},
                {path_of_1025, NULL, PLACE},
                {"/*={/a", NULL, BRACES},
                {"/*=/a}", NULL, BRACES},
                {"/*={/a}}", NULL, BRACES},
                {"/*={{/a}}", NULL, BRACES},
                {"/*={}", NULL, BRACES},
                {"/*={a}", NULL, INSIDE},
                {"/*={=x}", NULL, INSIDE},
                {"/*={/a}{/b}", NULL, APART},
                {"/*={/a}x{/b}", NULL, APART},
                {"/*={/a}{/t=/}{/b}", NULL, APART},
                {"/*=", NULL, SAME},
                {"/*=team", NULL, SAME},
                {"/*={/a=x}", NULL, SAME},
                {"/*", "", NO_NEXT},
                {"/*", "Link", NO_NEXT},
                {"/*", "/~", NO_NEXT},
                {"/*", "page=", NO_NEXT},
                {"/*", "page=next", NO_NEXT},
                {"/*", "=/next", NO_NEXT},
                {"/*", "pa\x01ge=/next", NO_NEXT},
        };

        memset(path_of_1025, 'a', GROUP_SOURCE_MAX_BYTES + 1);
        memcpy(path_of_1025, "/*={/", 5);
        path_of_1025[GROUP_SOURCE_MAX_BYTES] = '}';
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct group_source source = {NULL, (char *)cases[i].path, (char *)cases[i].next};
                const char *why = NULL;
                int r = group_source_check(&source, &why);
                if (r != (cases[i].why ? -EBADMSG : 0))
                        fail_msg("%s %s: %d %s", cases[i].path, cases[i].next, r, why);
                if (cases[i].why)
                        assert_string_equal(why, cases[i].why);
        }
}

static void the_form_is_behind_the_first_equal_sign(void **state)
{
        const struct group_source plain = {.path = (char *)"/*/id"};
        const struct group_source formed = {.path = (char *)"/*={/a=b}{/id}"};

        assert_null(group_source_form(&plain));
        assert_string_equal(group_source_form(&formed), "{/a=b}{/id}");
}

static void entries_have_names_or_do_not_count(void **state)
{
        static const char team[] = "{/organization/login}/{/slug}",
                          mail[] = "{/primary=true}{/email}";
        static const struct {
                const char *form, *entry, *name; /* NULL: does not count */
        } cases[] = {
                {NULL, "\"wheel\"", "wheel"},
                {NULL, "4711", "4711"},
                {NULL, "\"with / and : and {\"", "with / and : and {"},
                {NULL, "\"\"", NULL},
                {NULL, "\"a\\nb\"", NULL},
                {NULL, "{\"id\":1}", NULL},
                {NULL, "1.5", NULL},
                {"team:{/id}", "{\"id\":17}", "team:17"},
                {"team:{/id}", "{\"id\":\"a:b\"}", NULL},
                {"team:{/id}", "{\"id\":\"steam\"}", "team:steam"},
                {"team:{/id}", "{\"ID\":17}", NULL},
                {"team:{/id}", "{\"id\":null}", NULL},
                {"team:{/id}", "17", NULL},
                {team, "{\"slug\":\"linux\",\"organization\":{\"login\":\"acme\"}}", "acme/linux"},
                {team, "{\"slug\":\"linux/admins\",\"organization\":{\"login\":\"acme\"}}", NULL},
                {team, "{\"slug\":\"admins\",\"organization\":{\"login\":\"acme/linux\"}}", NULL},
                {team, "{\"slug\":\"linux\",\"organization\":{}}", NULL},
                {team, "{\"slug\":\"\",\"organization\":{\"login\":\"acme\"}}", NULL},
                {mail, "{\"email\":\"a@b.example\",\"primary\":true}", "a@b.example"},
                {mail, "{\"email\":\"a@b.example\",\"primary\":\"true\"}", "a@b.example"},
                {mail, "{\"email\":\"a@b.example\",\"primary\":false}", NULL},
                {mail, "{\"email\":\"a@b.example\",\"primary\":1}", NULL},
                {mail, "{\"email\":\"a@b.example\",\"primary\":null}", NULL},
                {mail, "{\"email\":\"a@b.example\"}", NULL},
                {"{/hidden=false}{/n}", "{\"n\":1,\"hidden\":false}", "1"},
                {"{/t=}{/n}", "{\"n\":1,\"t\":\"\"}", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[256];
                (void)snprintf(text, sizeof(text), "[%s]", cases[i].entry);
                _cleanup_json_ struct json_object *list = NULL;
                _cleanup_free_ char *name = NULL;
                const char *why = NULL;
                assert_int_equal(strict_json_parse(text, strlen(text), &list, &why), 0);
                int r = group_source_name(cases[i].form, json_object_array_get_idx(list, 0), &name);
                if (r != (cases[i].name != NULL))
                        fail_msg("%s of %s: %d", cases[i].form, cases[i].entry, r);
                if (cases[i].name)
                        assert_string_equal(name, cases[i].name);
                else
                        assert_null(name);
        }
}

static void names_have_an_end(void **state)
{
        char text[GROUP_NAME_MAX_BYTES + 1] = "";

        memset(text, 'x', GROUP_NAME_MAX_BYTES - 1);
        _cleanup_json_ struct json_object *entry = json_object_new_object();
        assert_int_equal(json_object_object_add(entry, "n", json_object_new_string(text)), 0);
        _cleanup_free_ char *fits = NULL, *other = NULL;
        assert_int_equal(group_source_name(":{/n}", entry, &fits), 1);
        assert_int_equal(strlen(fits), GROUP_NAME_MAX_BYTES);
        assert_int_equal(group_source_name("::{/n}", entry, &other), 0);
        assert_int_equal(group_source_name("{/n}::", entry, &other), 0);
        assert_null(other);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_source_has_places),
                cmocka_unit_test(the_form_is_behind_the_first_equal_sign),
                cmocka_unit_test(entries_have_names_or_do_not_count),
                cmocka_unit_test(names_have_an_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
