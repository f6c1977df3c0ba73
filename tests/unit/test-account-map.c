/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/account-map.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/identity.h"

#define S64  "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"
#define S255 S64 S64 S64 "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss"

static void every_line_is_an_entry(void **state)
{
        static const char text[] = "# who may be whom\n"
                                   "\n"
                                   "alice = https://issuer.example/ 248289761001\n"
                                   "  alice=https://other.example/a/b\t auth0|x #1  \n"
                                   " \t # indented\n"
                                   "bob = corp:employee_number=4711\n"
                                   "carol=corp-2:https://claims.example/id=a=b c";
        static const struct {
                const char *account, *issuer, *subject, *provider, *claim, *value;
        } expected[] = {
                {.account = "alice",
                 .issuer = "https://issuer.example/",
                 .subject = "248289761001"},
                {.account = "alice",
                 .issuer = "https://other.example/a/b",
                 .subject = "auth0|x #1"},
                {.account = "bob", .provider = "corp", .claim = "employee_number", .value = "4711"},
                {.account = "carol",
                 .provider = "corp-2",
                 .claim = "https://claims.example/id",
                 .value = "a=b c"},
        };
        _cleanup_account_map_ struct account_map *map = NULL;
        const struct account_map_entry *entries;
        const char *why = NULL;
        unsigned line;

        assert_int_equal(account_map_parse(text, strlen(text), &map, &line, &why), 0);
        assert_int_equal(account_map_entries(map, &entries), ELEMENTSOF(expected));
        for (size_t i = 0; i < ELEMENTSOF(expected); i++) {
                assert_string_equal(entries[i].account, expected[i].account);
                if (!expected[i].issuer) {
                        assert_null(entries[i].issuer);
                        assert_null(entries[i].subject);
                        assert_string_equal(entries[i].provider, expected[i].provider);
                        assert_string_equal(entries[i].claim, expected[i].claim);
                        assert_string_equal(entries[i].value, expected[i].value);
                        continue;
                }
                assert_string_equal(entries[i].issuer, expected[i].issuer);
                assert_string_equal(entries[i].subject, expected[i].subject);
                assert_null(entries[i].provider);
                assert_null(entries[i].claim);
                assert_null(entries[i].value);
        }
}

static void an_empty_map_is_a_map(void **state)
{
        static const char *const texts[] = {"", "\n", "# nobody", "\n\n\t\n"};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_account_map_ struct account_map *map = NULL;
                const struct account_map_entry *entries;
                const char *why = NULL;
                unsigned line;
                assert_int_equal(account_map_parse(texts[i], strlen(texts[i]), &map, &line, &why),
                                 0);
                assert_int_equal(account_map_entries(map, &entries), 0);
        }
}

static void bad_lines_are_refused_with_their_number(void **state)
{
        static const char form[] = "there is no account = identity";
        static const char name[] = "the account name is not valid";
        static const char issuer[] = "the issuer is not a plain https address";
        static const char subject[] = "the subject is not 1 to 255 printable ASCII characters";
        static const char provider[] = "the provider's name is not valid";
        static const char claim[] = "there is no claim=value after the provider";
        static const char control[] = "control characters, or bytes that are not UTF-8";
        static const struct {
                const char *line, *why;
        } cases[] = {
                {"alice", form},
                {"alice bob = https://issuer.example 1", form},
                {"alice:https://issuer.example 1", form},
                {"= https://issuer.example 1", name},
                {"Alice = https://issuer.example 1", name},
                {"al/ice = https://issuer.example 1", name},
                {"-alice = https://issuer.example 1", name},
                {"al\xC3\xAF"
                 "ce = https://issuer.example 1",
                 name},
                {"alice\v= https://issuer.example 1", name},
                {"alice =", "neither an issuer and subject nor provider:claim=value"},
                {"alice = 248289761001", "neither an issuer and subject nor provider:claim=value"},
                {"alice = http://issuer.example 1", issuer},
                {"alice = http://issuer.example/?sub=1", issuer},
                {"alice = HTTPS://issuer.example 1", issuer},
                {"alice = https:// 1", issuer},
                {"alice = https://u@issuer.example 1", issuer},
                {"alice = https://issuer.example/?a=b 1", issuer},
                {"alice = https://issuer.example/#a 1", issuer},
                {"alice = https://issuer.example", "there is no subject after the issuer"},
                {"alice = https://issuer.example  ", "there is no subject after the issuer"},
                {"alice = https://issuer.example a\rb", subject},
                {"alice = https://issuer.example a\tb", subject},
                {"alice = https://issuer.example 1\r", subject},
                {"alice = https://issuer.example \xC3\xA4", subject},
                {"alice = https://issuer.example " S255 "s", subject},
                {"alice = :claim=value", provider},
                {"alice = co rp:claim=value", provider},
                {"alice = corp:", claim},
                {"alice = corp:claim", claim},
                {"alice = corp:=value", claim},
                {"alice = corp:claim =value", claim},
                {"alice = corp: claim=value", claim},
                {"alice = corp:claim=", "the claim has no value"},
                {"alice = corp:claim= value", "the claim has no value"},
                {"alice = corp:claim=val\x1Bue", control},
                {"alice = corp:claim=val\xFFue", control},
                {"alice = corp:claim=value\r", control},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct account_map *map = NULL;
                const char *why = NULL;
                unsigned line = 99;
                char text[1024];
                (void)snprintf(text, sizeof(text), "bob = corp:id=1\n# comment\n%s\n",
                               cases[i].line);
                int r = account_map_parse(text, strlen(text), &map, &line, &why);
                if (r != -EBADMSG || strcmp(why, cases[i].why) != 0)
                        fail_msg("%s: %d %s", cases[i].line, r, why);
                assert_int_equal(line, 3);
                assert_null(map);
        }
}

static void nul_and_excess_refuse_the_whole_text(void **state)
{
        static const char nul[] = "alice = corp:id=1\0\n";
        _cleanup_free_ char *large = malloc(ACCOUNT_MAP_MAX_BYTES + 1);
        _cleanup_account_map_ struct account_map *map = NULL;
        struct account_map *more = NULL;
        const char *why = NULL;
        unsigned line = 99;

        assert_int_equal(account_map_parse(nul, sizeof(nul) - 1, &more, &line, &why), -EBADMSG);
        assert_string_equal(why, "a NUL byte");
        assert_int_equal(line, 0);

        memset(large, '\n', ACCOUNT_MAP_MAX_BYTES + 1);
        assert_int_equal(account_map_parse(large, ACCOUNT_MAP_MAX_BYTES, &map, &line, &why), 0);
        assert_int_equal(account_map_parse(large, ACCOUNT_MAP_MAX_BYTES + 1, &more, &line, &why),
                         -EBADMSG);
        assert_string_equal(why, "the map is larger than 1 MiB");
        assert_null(more);
}

static int parse_value(size_t size, struct account_map **ret_map, const char **ret_why)
{
        char text[4096] = "alice = corp:id=";
        unsigned line;

        memset(text + strlen(text), 'v', size);
        return account_map_parse(text, strlen(text), ret_map, &line, ret_why);
}

static void values_are_at_most_as_long_as_claims(void **state)
{
        _cleanup_account_map_ struct account_map *map = NULL;
        struct account_map *more = NULL;
        const char *why = NULL;

        assert_int_equal(parse_value(IDENTITY_CLAIM_MAX_BYTES, &map, &why), 0);
        assert_int_equal(parse_value(IDENTITY_CLAIM_MAX_BYTES + 1, &more, &why), -EBADMSG);
        assert_string_equal(why, "the value is too long");
}

static void many_entries_keep_their_order(void **state)
{
        _cleanup_account_map_ struct account_map *map = NULL;
        const struct account_map_entry *entries;
        const char *why = NULL;
        unsigned line;
        char text[8192] = "";

        for (int i = 0; i < 100; i++) {
                char one[64];
                (void)snprintf(one, sizeof(one), "user%d = https://issuer.example %d\n", i, i);
                strcat(text, one);
        }
        assert_int_equal(account_map_parse(text, strlen(text), &map, &line, &why), 0);
        assert_int_equal(account_map_entries(map, &entries), 100);
        assert_string_equal(entries[99].account, "user99");
        assert_string_equal(entries[99].subject, "99");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_line_is_an_entry),
                cmocka_unit_test(an_empty_map_is_a_map),
                cmocka_unit_test(bad_lines_are_refused_with_their_number),
                cmocka_unit_test(nul_and_excess_refuse_the_whole_text),
                cmocka_unit_test(values_are_at_most_as_long_as_claims),
                cmocka_unit_test(many_entries_keep_their_order),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
