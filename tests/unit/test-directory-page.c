/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/directory-page.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define API "https://api.example/v1/groups"

static int read_page(const char *url, const char *path, const char *next, const char *body,
                     const char *link, struct text_list *groups, char **ret_next,
                     const char **ret_why)
{
        const struct group_source source = {(char *)url, (char *)path, (char *)next};

        return directory_page_read(&source, body, strlen(body), link, groups, ret_next, ret_why);
}

static void lists_of_three_apis_are_read(void **state)
{
        static const struct {
                const char *url, *path, *next, *body, *link, *groups[3], *next_url;
        } cases[] = {
                /* GitHub */
                {API,
                 "/*={/organization/login}/{/slug}",
                 "link",
                 "[{\"slug\":\"linux\",\"organization\":{\"login\":\"acme\",\"id\":1}},"
                 "{\"slug\":\"ops\",\"organization\":{\"login\":\"acme\",\"id\":1}}]",
                 API "?page=2",
                 {"acme/linux", "acme/ops"},
                 API "?page=2"},
                /* Microsoft Graph */
                {API "?$top=2",
                 "/value/*/id",
                 "/@odata.nextLink",
                 "{\"@odata.nextLink\":\"" API "?$skiptoken=x\","
                 "\"value\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
                 NULL,
                 {"a", "b"},
                 API "?$skiptoken=x"},
                /* Google Cloud Identity */
                {API "?query=x",
                 "/memberships/*/groupKey/id",
                 "pageToken=/nextPageToken",
                 "{\"nextPageToken\":\"a+b/c=\",\"memberships\":"
                 "[{\"groupKey\":{\"id\":\"ops@example.com\"}}]}",
                 NULL,
                 {"ops@example.com"},
                 API "?query=x&pageToken=a%2Bb%2Fc%3D"},
                {API, "/*", "page=/next", "{\"next\":2}", NULL, {NULL}, API "?page=2"},
                /* last pages, and empty ones */
                {API,
                 "/value/*/id",
                 "/@odata.nextLink",
                 "{\"value\":[{\"id\":7}]}",
                 NULL,
                 {"7"},
                 NULL},
                {API, "/*/login", "link", "[]", NULL, {NULL}, NULL},
                {API, "/a", "p=/n", "{\"n\":\"\",\"a\":\"x\"}", NULL, {"x"}, NULL},
                {API, "/a", "p=/n", "{\"n\":null,\"a\":\"x\"}", NULL, {"x"}, NULL},
                {API, "/a", NULL, "{\"a\":\"x\"}", API "?page=2", {"x"}, NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_list_ struct text_list groups = {0};
                _cleanup_free_ char *next = NULL;
                const char *why = NULL;
                if (read_page(cases[i].url, cases[i].path, cases[i].next, cases[i].body,
                              cases[i].link, &groups, &next, &why) < 0)
                        fail_msg("%zu: %s", i, why);
                size_t n = 0;
                for (; n < 3 && cases[i].groups[n]; n++)
                        assert_string_equal(groups.items[n], cases[i].groups[n]);
                assert_int_equal(groups.n, n);
                if (cases[i].next_url)
                        assert_string_equal(next, cases[i].next_url);
                else
                        assert_null(next);
        }
}

static void entries_without_a_name_are_left_out(void **state)
{
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL;
        const char *why = NULL;

        assert_int_equal(read_page(API, "/*/id", NULL,
                                   "[{\"id\":\"a\"},{\"id\":null},{\"id\":[]},{\"id\":\"\"},17,"
                                   "{\"id\":\"x\\u202ey\"},{\"id\":\"b\"}]",
                                   NULL, &groups, &next, &why),
                         0);
        assert_int_equal(groups.n, 2);
        assert_string_equal(groups.items[0], "a");
        assert_string_equal(groups.items[1], "b");
}

static void the_token_goes_to_one_origin(void **state)
{
        static const struct {
                const char *url, *next;
                bool same;
        } cases[] = {
                {API, "https://api.example/other?x#", false}, /* no fragment in an address */
                {API, "https://api.example/other", true},
                {API, "https://api.example", true},
                {API, "https://API.example/other", true},
                {API, "https://api.example:443/other", true},
                {"https://api.example:443/a", "https://api.example?b", true},
                {"https://api.example:8443/a", "https://api.example:8443/b", true},
                {API, "https://api.example:8443/other", false},
                {API, "https://api.example:4430/other", false},
                {API, "http://api.example/other", false},
                {API, "https://api.example.evil/other", false},
                {API, "https://evil/https://api.example/", false},
                {API, "https://api.example@evil/other", false},
                {API, "https://evil.api.example/other", false},
                {API, "https://api.exampl/other", false},
                {API, "https://api.exampla/other", false},
                {API, "https://apt.example/other", false},
                {API, "/v1/groups?page=2", false},
                {API, "", false},
                {"http://api.example/", "https://api.example/", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_list_ struct text_list groups = {0};
                _cleanup_free_ char *next = NULL;
                const char *why = NULL;
                int r = read_page(cases[i].url, "/a", "link", "{}", cases[i].next, &groups, &next,
                                  &why);
                if (r != (cases[i].same ? 0 : -EBADMSG))
                        fail_msg("%s %s: %d", cases[i].url, cases[i].next, r);
                assert_int_equal(next != NULL, cases[i].same);
                if (!cases[i].same)
                        assert_string_equal(why,
                                            "the next page is at another server than the first");
        }
}

static void pages_that_are_none_are_refused(void **state)
{
        static const struct {
                const char *path, *next, *body;
                int r;
                const char *why;
        } cases[] = {
                {"/a", NULL, "<html>", -EBADMSG, "not a word of JSON"},
                {"/a", NULL, "\"a\"", -EBADMSG, "neither a JSON object nor an array"},
                {"/a", NULL, "{\"a\":1,\"a\":2}", -EBADMSG, "duplicate member names"},
                {"/a", "/n", "{\"n\":{}}", -EBADMSG, "the name of the next page is no short text"},
                {"/a", "/n", "{\"n\":\"\\u0007\"}", -EBADMSG,
                 "the name of the next page is no short text"},
                {"/a", "/n", "{\"n\":7}", -EBADMSG,
                 "the next page is at another server than the first"},
                {"a", NULL, "{}", -EINVAL, NULL},
                {"/a", "next", "{}", -EINVAL, NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_list_ struct text_list groups = {0};
                _cleanup_free_ char *next = NULL;
                const char *why = NULL;
                assert_int_equal(read_page(API, cases[i].path, cases[i].next, cases[i].body, NULL,
                                           &groups, &next, &why),
                                 cases[i].r);
                assert_null(next);
                if (cases[i].why)
                        assert_string_equal(why, cases[i].why);
        }
}

static void addresses_have_an_end(void **state)
{
        char link[DIRECTORY_ADDRESS_MAX_BYTES + 2] = API "?",
                                                body[DIRECTORY_ADDRESS_MAX_BYTES + 64];
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL, *other = NULL;
        const char *why = NULL;

        memset(link + strlen(link), 'x', DIRECTORY_ADDRESS_MAX_BYTES - strlen(link));
        assert_int_equal(read_page(API, "/a", "link", "{}", link, &groups, &next, &why), 0);
        assert_string_equal(next, link);
        link[DIRECTORY_ADDRESS_MAX_BYTES] = 'x';
        assert_int_equal(read_page(API, "/a", "link", "{}", link, &groups, &other, &why), -EBADMSG);
        assert_string_equal(why, "the address of the next page is too long");
        link[DIRECTORY_ADDRESS_MAX_BYTES] = '\0';
        (void)snprintf(body, sizeof(body), "{\"n\":\"%s\"}", link);
        assert_int_equal(read_page(API, "/a", "p=/n", body, NULL, &groups, &other, &why), -EBADMSG);
        assert_null(other);
}

static void groups_have_an_end_over_all_pages(void **state)
{
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL;
        const char *why = NULL;

        for (size_t i = 1; i < DIRECTORY_MAX_GROUPS; i++)
                assert_int_equal(text_list_add(&groups, "g"), 0);
        assert_int_equal(read_page(API, "/*", NULL, "[\"last\"]", NULL, &groups, &next, &why), 0);
        assert_int_equal(groups.n, DIRECTORY_MAX_GROUPS);
        assert_int_equal(read_page(API, "/*", NULL, "[\"more\"]", NULL, &groups, &next, &why),
                         -EBADMSG);
        assert_string_equal(why, "there are more groups than badged takes");
        assert_int_equal(groups.n, DIRECTORY_MAX_GROUPS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lists_of_three_apis_are_read),
                cmocka_unit_test(entries_without_a_name_are_left_out),
                cmocka_unit_test(the_token_goes_to_one_origin),
                cmocka_unit_test(pages_that_are_none_are_refused),
                cmocka_unit_test(addresses_have_an_end),
                cmocka_unit_test(groups_have_an_end_over_all_pages),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
