/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/http-link.h"

#define NEXT "https://api.example/orgs?page=2"

static void assert_next(const char *value, const char *expected)
{
        char *const untouched = (char *)value;
        char *url = untouched;

        int r = http_link_next(value, &url);
        if (!expected) {
                assert_int_equal(r, -ENOENT);
                assert_ptr_equal(url, untouched);
                return;
        }
        if (r < 0)
                fail_msg("no next link in %s", value);
        assert_string_equal(url, expected);
        free(url);
}

static void rfc8288_3_the_next_link_is_found_in_every_spelling(void **state)
{
        static const char *const values[] = {
                "<" NEXT ">; rel=\"next\"",
                "<" NEXT ">;rel=next",
                "<" NEXT ">; REL=\"Next\"",
                " <" NEXT "> ; rel = \"next\" ",
                "<" NEXT ">; rel=\"prefetch next last\"",
                "<" NEXT ">; rel=\"  next\"",
                "<" NEXT ">; title=\"a, b; rel=last\"; rel=next",
                "<" NEXT ">; title=\"a \\\" b\"; rel=next",
                "<" NEXT ">; nothing; rel=next",
                "<" NEXT ">; rel=next; rel=last",
                "<https://api.example/orgs?page=9>; rel=\"last\", <" NEXT ">; rel=\"next\"",
                "<https://api.example/a,b;c>; rel=prev,, <" NEXT ">; rel=next, rubbish",
                "<https://api.example/about>, <" NEXT ">; rel=next",
                "<https://api.example/1>; rel=next; anchor=\"#part\", <" NEXT ">; rel=next",
        };

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                assert_next(values[i], NEXT);
}

static void links_of_other_kinds_are_not_next(void **state)
{
        static const char *const values[] = {
                "",
                ",",
                "<" NEXT ">",
                "<" NEXT ">; rel=last",
                "<" NEXT ">; rel=\"nextnext\"",
                "<" NEXT ">; rel=\"next-page\"",
                "<" NEXT ">; rel=\"last\"; rel=\"next\"",
                "<" NEXT ">; rel=next; anchor=\"https://other.example/\"",
                "<" NEXT ">; rev=next",
                "<" NEXT ">; rel=\"\"",
                "<" NEXT ">; rel=",
        };

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                assert_next(values[i], NULL);
}

static void what_is_not_a_link_ends_the_search(void **state)
{
        static const char *const values[] = {
                NEXT "; rel=next",
                "<" NEXT "; rel=next",
                "<" NEXT "> rel=next",
                "<" NEXT ">; title=\"open; rel=next",
                "<" NEXT ">; title=\"open\\",
                "<" NEXT ">; rel=next rubbish",
                "<" NEXT ">; rel=\"next\"rubbish",
                "<" NEXT ">; rel=ne\"xt\"",
                "rubbish, <" NEXT ">; rel=next",
        };

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                assert_next(values[i], NULL);
}

static void only_whole_https_addresses_are_taken(void **state)
{
        static const char *const values[] = {
                "<http://api.example/?page=2>; rel=next",
                "</orgs?page=2>; rel=next",
                "<?page=2>; rel=next",
                "<>; rel=next",
                "<https://user@api.example/>; rel=next",
                "<https://api.example/#2>; rel=next",
                "<https://api.example/a b>; rel=next",
                "<https://api.example/caf\xc3\xa9>; rel=next",
                "<file:///etc/passwd>; rel=next",
                /* and no second one makes up for it */
                "<http://api.example/?page=2>; rel=next, <" NEXT ">; rel=next",
        };

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                assert_next(values[i], NULL);
}

static void an_address_is_at_most_2048_bytes(void **state)
{
        char path[HTTP_LINK_MAX_BYTES + 2], value[HTTP_LINK_MAX_BYTES + 64];

        memset(path, 'x', sizeof(path));
        memcpy(path, "https://a/", 10);
        for (size_t size = HTTP_LINK_MAX_BYTES; size <= HTTP_LINK_MAX_BYTES + 1; size++) {
                path[size] = '\0';
                (void)snprintf(value, sizeof(value), "<%s>; rel=next", path);
                assert_next(value, size <= HTTP_LINK_MAX_BYTES ? path : NULL);
                path[size] = 'x';
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8288_3_the_next_link_is_found_in_every_spelling),
                cmocka_unit_test(links_of_other_kinds_are_not_next),
                cmocka_unit_test(what_is_not_a_link_ends_the_search),
                cmocka_unit_test(only_whole_https_addresses_are_taken),
                cmocka_unit_test(an_address_is_at_most_2048_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
