/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the JSON reader lets in and what it keeps out, above all what json-c alone would let in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/strict-json.h"
#include "freed-memory.h"

struct refusal {
        const char *text;
        const char *why;
};

static struct json_object *parse(const char *text)
{
        struct json_object *object = NULL;
        const char *why = NULL;

        if (strict_json_parse_object(text, strlen(text), &object, &why) < 0)
                fail_msg("'%s': %s", text, why);
        return object;
}

static void check_refused(const struct refusal *rows, size_t n_rows)
{
        for (size_t i = 0; i < n_rows; i++) {
                struct json_object *object = NULL;
                const char *why = NULL;
                int r = strict_json_parse_object(rows[i].text, strlen(rows[i].text), &object, &why);
                if (r != -EBADMSG || object)
                        fail_msg("'%s' was let in", rows[i].text);
                assert_string_equal(why, rows[i].why);
        }
}

static void objects_are_read(void **state)
{
        static const char *const texts[] = {
                "{}",
                " \t\r\n{ \"a\" : [ 1 , -0.5e+3 , true , false , null , {} , [] ] }\r\n",
                "{\"\":\"\\\\ \\\" \\/ \\b\\f\\n\\r\\t \\u00e9 \\uD83D\\ude00\"}",
                "{\"a\":{\"a\":{\"a\":1},\"b\":{\"a\":2}},\"b\":[{\"a\":1},{\"a\":2}]}",
                "{\"text\":\"with : and { and , and NaN\"}",
                "{\"\xC3\xA9\":\"\xF0\x9F\x98\x80\"}",
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_json_ struct json_object *object = parse(texts[i]);
                assert_non_null(object);
        }
}

static void only_an_object_may_be_on_top(void **state)
{
        static const struct refusal rows[] = {
                {"", "empty"},
                {" \n", "empty"},
                {"[]", "not a JSON object"},
                {"\"text\"", "not a JSON object"},
                {"17", "not a JSON object"},
                {"null", "not a JSON object"},
                {"<html>", "not a word of JSON"},
                {"error=slow_down", "not a word of JSON"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void a_list_may_be_on_top_where_one_is_wanted(void **state)
{
        static const struct refusal rows[] = {
                {"17", "neither a JSON object nor an array"},
                {"null", "neither a JSON object nor an array"},
                {"[1,]", "comma before a closing bracket"},
                {"[1 2]", "neither a JSON object nor an array"},
                {"[{\"a\":1,\"a\":2}]", "duplicate member names"},
        };
        static const char *const good[] = {"[]", "[{\"id\":1},{\"id\":2}]", "{\"value\":[]}"};
        const char *why = NULL;

        for (size_t i = 0; i < ELEMENTSOF(good); i++) {
                _cleanup_json_ struct json_object *tree = NULL;
                assert_int_equal(strict_json_parse(good[i], strlen(good[i]), &tree, &why), 0);
                assert_non_null(tree);
        }
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct json_object *tree = NULL;
                assert_int_equal(strict_json_parse(rows[i].text, strlen(rows[i].text), &tree, &why),
                                 -EBADMSG);
                assert_null(tree);
                assert_string_equal(why, rows[i].why);
        }
}

static void scalars_are_texts_and_integers(void **state)
{
        static const struct {
                const char *json, *text;
        } cases[] = {
                {"\"x\"", "x"},
                {"583231", "583231"},
                {"-7", "-7"},
                {"0", "0"},
                {"9223372036854775808", "9223372036854775808"},
                {"18446744073709551614", "18446744073709551614"},
                {"18446744073709551615", NULL},
                {"99999999999999999999999", NULL},
                {"-99999999999999999999999", NULL},
                {"\"12345678\"", "12345678"},
                {"\"\"", NULL},
                {"\"a\\nb\"", NULL},
                {"1.5", NULL},
                {"1e3", NULL},
                {"true", NULL},
                {"null", NULL},
                {"[]", NULL},
                {"{}", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                char text[64];
                (void)snprintf(text, sizeof(text), "{\"a\":%s}", cases[i].json);
                _cleanup_json_ struct json_object *object = parse(text);
                _cleanup_free_ char *copy = NULL;
                int r = strict_json_scalar(json_object_object_get(object, "a"), 20, &copy);
                assert_int_equal(r, cases[i].text ? 0 : -EBADMSG);
                if (cases[i].text)
                        assert_string_equal(copy, cases[i].text);
        }
        _cleanup_json_ struct json_object *long_one = parse("{\"a\":\"123456789\"}");
        _cleanup_free_ char *copy = NULL;
        assert_int_equal(strict_json_scalar(json_object_object_get(long_one, "a"), 8, &copy),
                         -EBADMSG);
        assert_int_equal(strict_json_scalar(json_object_object_get(long_one, "a"), 9, &copy), 0);
}

static void rfc8628_3_duplicate_names_are_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":1,\"a\":1}", "duplicate member names"},
                {"{\"a\":1,\"b\":2,\"a\":null}", "duplicate member names"},
                {"{\"a\":1,\"\\u0061\":2}", "duplicate member names"},
                {"{\"x\":{\"a\":1,\"a\":2}}", "duplicate member names"},
                {"{\"x\":[[{\"a\":1,\"a\":2}]]}", "duplicate member names"},
                {"{\"a\":{\"deep\":1},\"a\":{\"deep\":1,\"more\":2}}", "duplicate member names"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void nul_is_refused_raw_and_escaped(void **state)
{
        static const struct refusal rows[] = {
                {"{\"sub\":\"alice\\u0000bob\"}", "NUL in a string"},
                {"{\"a\\u0000\":1}", "NUL in a string"},
        };
        static const char in_string[] = "{\"a\":\"\0\"}", outside[] = "{\0}", after[] = "{}\0";
        struct json_object *object = NULL;
        const char *why;

        check_refused(rows, ELEMENTSOF(rows));
        assert_int_equal(strict_json_parse_object(in_string, sizeof(in_string) - 1, &object, &why),
                         -EBADMSG);
        assert_int_equal(strict_json_parse_object(outside, sizeof(outside) - 1, &object, &why),
                         -EBADMSG);
        assert_int_equal(strict_json_parse_object(after, sizeof(after) - 1, &object, &why),
                         -EBADMSG);
        assert_null(object);
}

static void what_json_c_alone_lets_in_is_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":NaN}", "not a word of JSON"},
                {"{\"a\":\"\\ud800\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\xC0\xAF\"}", "not UTF-8"},
                {"{\"a\":\"\xED\xA0\x80\"}", "not UTF-8"},
                {"{\"a\":\"\n\"}", "control character in a string"},
                {"{} {}", "trailing bytes"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void order_and_brackets_are_checked(void **state)
{
        static const struct refusal rows[] = {
                {"{", "not a JSON object"},
                {"}", "unbalanced brackets"},
                {"{]", "not a JSON object"},
                {"{\"a\"}", "not a JSON object"},
                {"{\"a\":1,}", "comma before a closing bracket"},
                {"{\"a\":[1,]}", "comma before a closing bracket"},
                {"{,}", "comma before a closing bracket"},
                {"{\"a\":[,1]}", "not a JSON object"},
                {"{,\"a\":1}", "not a JSON object"},
                {"{\"a\":1,,\"b\":1}", "not a JSON object"},
                {"{\"a\":[1 2]}", "not a JSON object"},
                {"{\"a\":1 \"b\":2}", "not a JSON object"},
                {"{\"a\":[1}", "not a JSON object"},
                {"{\"a\":[1}]", "not a JSON object"},
                {"{\"a\":}", "not a JSON object"},
                {"{\"a\":{\"b\":1,\r\n}}", "comma before a closing bracket"},
                {"{\"a\" 1}", "not a JSON object"},
                {"{\"a\"::1}", "not a JSON object"},
                {"{1:1}", "not a JSON object"},
                {"{\"a\":truefalse}", "not a JSON object"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static char *nested(unsigned depth, const char *innermost)
{
        char *text = calloc(1, (size_t)depth * 6 + strlen(innermost) + 1);

        for (unsigned i = 0; i < depth; i++)
                strcat(text, "{\"a\":");
        strcat(text, innermost);
        for (unsigned i = 0; i < depth; i++)
                strcat(text, "}");
        return text;
}

static void depth_ends_at_16(void **state)
{
        static const char *const innermost[] = {"1", "\"text\"", "null"};

        for (size_t i = 0; i < ELEMENTSOF(innermost); i++) {
                _cleanup_free_ char *allowed = nested(16, innermost[i]);
                _cleanup_free_ char *refused = nested(17, innermost[i]);
                _cleanup_json_ struct json_object *object = parse(allowed);
                const struct refusal row = {refused, "nested too deeply"};
                assert_non_null(object);
                check_refused(&row, 1);
        }
        _cleanup_free_ char *far = nested(20000, "1");
        const struct refusal row = {far, "nested too deeply"};
        check_refused(&row, 1);
}

static void size_ends_at_512_kib(void **state)
{
        size_t size = STRICT_JSON_MAX_BYTES + 1;
        _cleanup_free_ char *text = malloc(size);
        struct json_object *object = NULL;
        const char *why = NULL;

        memset(text, ' ', size);
        memcpy(text, "{}", 2);
        assert_int_equal(strict_json_parse_object(text, size, &object, &why), -EBADMSG);
        assert_string_equal(why, "too large");
        assert_int_equal(strict_json_parse_object(text, size - 1, &object, &why), 0);
        (void)json_object_put(object);
}

/* The bytes need not end with a NUL. */
static void nothing_beyond_the_size_is_read(void **state)
{
        struct json_object *object = NULL;
        const char *why = NULL;

        assert_int_equal(strict_json_parse_object("{\"a\":1}}", 7, &object, &why), 0);
        (void)json_object_put(object);
        object = NULL;
        assert_int_equal(strict_json_parse_object("{\"a\":1}", 6, &object, &why), -EBADMSG);
        assert_int_equal(strict_json_parse_object(NULL, 0, &object, &why), -EBADMSG);
        assert_null(object);
}

static void text_is_a_string_within_its_bound(void **state)
{
        _cleanup_json_ struct json_object *object = parse(
                "{\"t\":\"four\",\"e\":\"\",\"n\":null,\"i\":4,\"o\":{},\"b\":true}");
        const char *text = "untouched";

        assert_int_equal(strict_json_text(object, "absent", 9, &text), 0);
        assert_int_equal(strict_json_text(object, "n", 9, &text), 0);
        assert_int_equal(strict_json_text(object, "t", 3, &text), -EBADMSG);
        assert_int_equal(strict_json_text(object, "i", 9, &text), -EBADMSG);
        assert_int_equal(strict_json_text(object, "o", 9, &text), -EBADMSG);
        assert_int_equal(strict_json_text(object, "b", 9, &text), -EBADMSG);
        assert_string_equal(text, "untouched");
        assert_int_equal(strict_json_text(object, "t", 4, &text), 1);
        assert_string_equal(text, "four");
        assert_int_equal(strict_json_text(object, "e", 0, &text), 1);
        assert_string_equal(text, "");
}

/* Objects may come from elsewhere than strict_json_parse_object(). */
static void text_with_nul_is_refused(void **state)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        const char *text = NULL;

        json_object_object_add(object, "t", json_object_new_string_len("a\0b", 3));
        assert_int_equal(strict_json_text(object, "t", 9, &text), -EBADMSG);
}

static void numbers_are_integers_or_digits_in_strings(void **state)
{
        static const struct {
                const char *text;
                int r;
                uint64_t number;
        } rows[] = {
                {"{\"n\":900}", 1, 900},        {"{\"n\":\"900\"}", 1, 900},
                {"{\"n\":10}", 1, 10},          {"{\"n\":1000}", 1, 1000},
                {"{\"n\":9}", -EBADMSG, 0},     {"{\"n\":1001}", -EBADMSG, 0},
                {"{\"n\":-1}", -EBADMSG, 0},    {"{\"n\":\"-900\"}", -EBADMSG, 0},
                {"{\"n\":900.0}", -EBADMSG, 0}, {"{\"n\":9e2}", -EBADMSG, 0},
                {"{\"n\":\"\"}", -EBADMSG, 0},  {"{\"n\":\" 900\"}", -EBADMSG, 0},
                {"{\"n\":true}", -EBADMSG, 0},  {"{\"n\":[900]}", -EBADMSG, 0},
                {"{\"n\":null}", 0, 0},         {"{}", 0, 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_json_ struct json_object *object = parse(rows[i].text);
                uint64_t number = 0;
                assert_int_equal(strict_json_number(object, "n", 10, 1000, &number), rows[i].r);
                assert_int_equal(number, rows[i].number);
        }
}

static void numbers_that_json_c_saturates_are_refused(void **state)
{
        static const struct {
                const char *text;
                int r;
        } rows[] = {
                {"{\"n\":9223372036854775808}", 1},
                {"{\"n\":18446744073709551614}", 1},
                {"{\"n\":18446744073709551615}", -EBADMSG},
                {"{\"n\":18446744073709551616}", -EBADMSG},
                {"{\"n\":99999999999999999999999999}", -EBADMSG},
                {"{\"n\":-99999999999999999999999999}", -EBADMSG},
                {"{\"n\":\"18446744073709551616\"}", -EBADMSG},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_json_ struct json_object *object = parse(rows[i].text);
                uint64_t number = 0;
                assert_int_equal(strict_json_number(object, "n", 0, UINT64_MAX, &number),
                                 rows[i].r);
        }
}

static void booleans_may_be_quoted(void **state)
{
        static const struct {
                const char *text;
                int r;
                bool value;
        } rows[] = {
                {"{\"b\":true}", 1, true},
                {"{\"b\":false}", 1, false},
                {"{\"b\":\"true\"}", 1, true},
                {"{\"b\":\"false\"}", 1, false},
                {"{\"b\":\"True\"}", -EBADMSG, 0},
                {"{\"b\":\"\"}", -EBADMSG, 0},
                {"{\"b\":\"yes\"}", -EBADMSG, 0},
                {"{\"b\":1}", -EBADMSG, 0},
                {"{\"b\":[true]}", -EBADMSG, 0},
                {"{\"b\":null}", 0, 0},
                {"{}", 0, 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_json_ struct json_object *object = parse(rows[i].text);
                bool value = !rows[i].value;
                assert_int_equal(strict_json_bool(object, "b", &value), rows[i].r);
                assert_int_equal(value, rows[i].r > 0 ? rows[i].value : !rows[i].value);
        }
}

static void erase_overwrites_every_string(void **state)
{
        struct json_object *object = parse("{\"a\":\"secret\",\"b\":[{\"c\":\"hidden\"}],\"d\":1}");
        _cleanup_json_ struct json_object *a = NULL, *b = NULL;

        a = json_object_get(json_object_object_get(object, "a"));
        b = json_object_get(json_object_object_get(object, "b"));
        assert_null(strict_json_erase(object));
        assert_memory_equal(json_object_get_string(a), "\0\0\0\0\0\0", 6);
        const char *c = json_object_get_string(
                json_object_object_get(json_object_array_get_idx(b, 0), "c"));
        assert_memory_equal(c, "\0\0\0\0\0\0", 6);
        assert_null(strict_json_erase(NULL));
}

static void nothing_of_a_string_stays_on_the_heap(void **state)
{
        static const char needle[] = "c0rrect-horse-battery";
        char text[4096];
        struct json_object *object = NULL;
        const char *why;

        /* The string grows after the needle is in it. */
        (void)snprintf(text, sizeof(text), "{\"a\":\"%s\\n%0500d\",\"b\":[\"%s\"],\"c\":1,\"d\":2}",
                       needle, 0, needle);
        freed_memory_watch(needle);
        assert_int_equal(strict_json_parse_object(text, strlen(text), &object, &why), 0);
        (void)strict_json_erase(object);
        memcpy(strstr(text, "\"d\""), "\"c\"", 3); /* refused when the tree is there already */
        assert_int_equal(strict_json_parse_object(text, strlen(text), &object, &why), -EBADMSG);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(objects_are_read),
                cmocka_unit_test(only_an_object_may_be_on_top),
                cmocka_unit_test(a_list_may_be_on_top_where_one_is_wanted),
                cmocka_unit_test(scalars_are_texts_and_integers),
                cmocka_unit_test(rfc8628_3_duplicate_names_are_refused),
                cmocka_unit_test(nul_is_refused_raw_and_escaped),
                cmocka_unit_test(what_json_c_alone_lets_in_is_refused),
                cmocka_unit_test(order_and_brackets_are_checked),
                cmocka_unit_test(depth_ends_at_16),
                cmocka_unit_test(size_ends_at_512_kib),
                cmocka_unit_test(nothing_beyond_the_size_is_read),
                cmocka_unit_test(text_is_a_string_within_its_bound),
                cmocka_unit_test(text_with_nul_is_refused),
                cmocka_unit_test(numbers_are_integers_or_digits_in_strings),
                cmocka_unit_test(numbers_that_json_c_saturates_are_refused),
                cmocka_unit_test(booleans_may_be_quoted),
                cmocka_unit_test(erase_overwrites_every_string),
                cmocka_unit_test(nothing_of_a_string_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("strict-json", tests, NULL, NULL);
}
