/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application/x-www-form-urlencoded, byte by byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/form.h"
#include "freed-memory.h"

static void rfc6749_b_text_is_encoded_as_in_the_example(void **state)
{
        _cleanup_secret_ struct secret *form = secret_new(NULL, 0);

        /* " %&+" and the signs of pound and euro. */
        assert_int_equal(form_add_text(form, " %&+\xC2\xA3\xE2\x82\xAC", "v"), 0);
        assert_string_equal(secret_bytes(form), "+%25%26%2B%C2%A3%E2%82%AC=v");
}

static void rfc6749_b_every_byte_has_one_form(void **state)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._*";

        for (unsigned c = 0; c < 256; c++) {
                _cleanup_secret_ struct secret *form = secret_new(NULL, 0);
                char byte = (char)c, escaped[4] = "+";
                if (c && strchr(plain, (int)c))
                        escaped[0] = byte;
                else if (c != ' ')
                        (void)snprintf(escaped, sizeof(escaped), "%%%02X", c);
                assert_int_equal(form_encode(form, &byte, 1), 0);
                assert_string_equal(secret_bytes(form), escaped);
        }
}

static void parameters_are_joined_by_ampersands(void **state)
{
        _cleanup_secret_ struct secret *form = secret_new(NULL, 0);
        _cleanup_secret_ struct secret *value = secret_new("a\0&", 3);

        assert_int_equal(form_add_text(form, "a", "1=2"), 0);
        assert_int_equal(form_add_secret(form, "b", value), 0);
        assert_int_equal(form_add_text(form, "c", ""), 0);
        assert_string_equal(secret_bytes(form), "a=1%3D2&b=a%00%26&c=");
}

static void a_form_ends_at_its_limit(void **state)
{
        _cleanup_free_ char *value = calloc(1, FORM_MAX_BYTES + 1);
        static const char *const names[] = {"", "n", "nn"};

        memset(value, 'v', FORM_MAX_BYTES);
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                /* Room for "&n=v" but one, for "n=v" but one, and so on. */
                for (size_t left = 0; left < strlen("&=") + strlen(names[i]) + 1; left++) {
                        _cleanup_secret_ struct secret *form = secret_new(value,
                                                                          FORM_MAX_BYTES - left);
                        assert_int_equal(form_add_text(form, names[i], "v"), -E2BIG);
                }
                _cleanup_secret_ struct secret *form = secret_new(
                        value, FORM_MAX_BYTES - strlen("&=") - strlen(names[i]) - 1);
                assert_int_equal(form_add_text(form, names[i], "v"), 0);
                assert_int_equal(secret_size(form), FORM_MAX_BYTES);
        }
}

static void a_form_is_read_as_it_was_written(void **state)
{
        static const char *const names[] = {"", "a", "b c", "%+&=", "\xC3\xA9"};
        _cleanup_secret_ struct secret *form = secret_new(NULL, 0), *fields = NULL;
        const char *why = NULL;

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                assert_int_equal(form_add_text(form, names[i], names[ELEMENTSOF(names) - 1 - i]),
                                 0);
        assert_int_equal(form_parse(secret_bytes(form), secret_size(form), &fields, &why), 0);
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                assert_string_equal(form_value(fields, names[i]), names[ELEMENTSOF(names) - 1 - i]);
        assert_null(form_value(fields, "c"));
        assert_null(why);
}

static void a_value_is_no_name(void **state)
{
        _cleanup_secret_ struct secret *fields = NULL;
        const char *why;

        assert_int_equal(form_parse("a=b&c=d", 7, &fields, &why), 0);
        assert_null(form_value(fields, "b"));
        assert_null(form_value(fields, "d"));
        assert_string_equal(form_value(fields, "c"), "d");
}

static void an_empty_form_has_no_fields(void **state)
{
        static const char *const forms[] = {"", "&", "&&&"};

        for (size_t i = 0; i < ELEMENTSOF(forms); i++) {
                _cleanup_secret_ struct secret *fields = NULL;
                const char *why;
                assert_int_equal(form_parse(forms[i], strlen(forms[i]), &fields, &why), 0);
                assert_null(form_value(fields, ""));
        }
}

static void no_value_stays_on_the_heap(void **state)
{
        struct secret *value = secret_new_text("c0rrect-horse-battery-staple");
        struct secret *form = secret_new(NULL, 0);

        freed_memory_watch("c0rrect-horse");
        for (unsigned i = 0; i < 20; i++)
                assert_int_equal(form_add_secret(form, "token", value), 0);
        (void)secret_free(form);
        (void)secret_free(value);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6749_b_text_is_encoded_as_in_the_example),
                cmocka_unit_test(rfc6749_b_every_byte_has_one_form),
                cmocka_unit_test(parameters_are_joined_by_ampersands),
                cmocka_unit_test(a_form_ends_at_its_limit),
                cmocka_unit_test(a_form_is_read_as_it_was_written),
                cmocka_unit_test(a_value_is_no_name),
                cmocka_unit_test(an_empty_form_has_no_fields),
                cmocka_unit_test(no_value_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
