/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/base64url.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void every_length_comes_back(void **state)
{
        unsigned char bytes[70];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (unsigned char)(i * 37 + 251);
        for (size_t n = 0; n <= sizeof(bytes); n++) {
                _cleanup_free_ unsigned char *decoded = NULL;
                _cleanup_free_ char *text = base64url_encode(bytes, n);
                size_t size = 99;
                assert_non_null(text);
                assert_int_equal(base64url_decode(text, strlen(text), &decoded, &size), 0);
                assert_int_equal(size, n);
                assert_memory_equal(decoded, bytes, n);
                assert_int_equal(decoded[n], 0);
        }
}

/* RFC 7515 appendix C */
static void rfc7515_c_example(void **state)
{
        static const unsigned char bytes[] = {3, 236, 255, 224, 193};
        _cleanup_free_ char *text = base64url_encode(bytes, sizeof(bytes));
        assert_string_equal(text, "A-z_4ME");
}

static void everything_else_is_refused(void **state)
{
        static const char *const cases[] = {
                "A",     "AAAAA", "AA=",   "AA==", "AAA=",     "A A",   " AAA", "AAA ",
                "AAA\n", "\nAAA", "AA\rA", "A+AA", "A/AA",     "A.AA",  "AB",   "AAB",
                "A_",    "A-",    "AA*A",  "=AAA", "AAAA====", "AAAA=",
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                unsigned char *decoded = NULL;
                size_t size = 99;
                assert_int_equal(base64url_decode(cases[i], strlen(cases[i]), &decoded, &size),
                                 -EBADMSG);
                assert_null(decoded);
                assert_int_equal(size, 99);
        }
        unsigned char *decoded = NULL;
        size_t size;
        assert_int_equal(base64url_decode("AA\0A", 4, &decoded, &size), -EBADMSG);
}

/* libsodium 1.0.18 alone would take every byte from 0x80 up. */
static void only_64_of_256_bytes_are_digits(void **state)
{
        unsigned digits = 0;

        for (int byte = 0; byte < 256; byte++) {
                char text[] = {'A', (char)byte, 'A', 'A'};
                _cleanup_free_ unsigned char *decoded = NULL;
                size_t size;
                digits += base64url_decode(text, sizeof(text), &decoded, &size) == 0;
        }
        assert_int_equal(digits, 64);
}

static void only_size_characters_are_read(void **state)
{
        _cleanup_free_ unsigned char *decoded = NULL;
        size_t size;

        assert_int_equal(base64url_decode("QUJD.tail", 4, &decoded, &size), 0);
        assert_int_equal(size, 3);
        assert_memory_equal(decoded, "ABC", sizeof("ABC")); /* the NUL too */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_length_comes_back),
                cmocka_unit_test(rfc7515_c_example),
                cmocka_unit_test(everything_else_is_refused),
                cmocka_unit_test(only_64_of_256_bytes_are_digits),
                cmocka_unit_test(only_size_characters_are_read),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
