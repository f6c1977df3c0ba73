/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address as the Key Uri Format has it, and the digits of RFC 4648 section 10. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/otpauth-uri.h"
#include "freed-memory.h"

static void the_address_names_host_account_and_secret(void **state)
{
        /* The example of the format's description: "Hello!" and 0xDEADBEEF. */
        _cleanup_secret_ struct secret *bytes = secret_new("Hello!\xDE\xAD\xBE\xEF", 10);
        _cleanup_secret_ struct secret *uri = NULL;

        assert_int_equal(otpauth_uri_new("shell", "alice", bytes, &uri), 0);
        assert_string_equal(secret_bytes(uri),
                            "otpauth://totp/shell:alice?secret=JBSWY3DPEHPK3PXP&issuer=shell");
}

static void rfc4648_10_base32_without_padding(void **state)
{
        static const struct {
                const char *bytes, *digits;
        } rows[] = {
                {"f", "MY"},         {"fo", "MZXQ"},        {"foo", "MZXW6"},
                {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_secret_ struct secret *bytes = secret_new_text(rows[i].bytes);
                _cleanup_secret_ struct secret *uri = NULL;
                char expected[64];
                assert_int_equal(otpauth_uri_new("h", "a", bytes, &uri), 0);
                (void)snprintf(expected, sizeof(expected), "otpauth://totp/h:a?secret=%s&issuer=h",
                               rows[i].digits);
                assert_string_equal(secret_bytes(uri), expected);
        }
}

static void names_cannot_leave_their_place(void **state)
{
        static const struct {
                const char *issuer, *account, *uri;
        } rows[] = {
                {"a b", "x", "otpauth://totp/a%20b:x?secret=MY&issuer=a%20b"},
                {"h", "x?secret=A&y", "otpauth://totp/h:x%3Fsecret%3DA%26y?secret=MY&issuer=h"},
                {"h/#%+", "x:y",
                 "otpauth://totp/h%2F%23%25%2B:x%3Ay?secret=MY&issuer=h%2F%23%25%2B"},
                {"h", "jürg", "otpauth://totp/h:j%C3%BCrg?secret=MY&issuer=h"},
                {"a-b.c_d~9Z", "x", "otpauth://totp/a-b.c_d~9Z:x?secret=MY&issuer=a-b.c_d~9Z"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_secret_ struct secret *bytes = secret_new_text("f");
                _cleanup_secret_ struct secret *uri = NULL;
                assert_int_equal(otpauth_uri_new(rows[i].issuer, rows[i].account, bytes, &uri), 0);
                assert_string_equal(secret_bytes(uri), rows[i].uri);
        }
}

static void what_makes_no_address_is_refused(void **state)
{
        static const struct {
                const char *issuer, *account, *bytes;
        } rows[] = {{"", "a", "f"}, {"h", "", "f"},     {"h:i", "a", "f"},
                    {"h", "a", ""}, {"\xFF", "a", "f"}, {"h", "\xC3", "f"}};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_secret_ struct secret *bytes = secret_new_text(rows[i].bytes);
                struct secret *uri = NULL;
                assert_int_equal(otpauth_uri_new(rows[i].issuer, rows[i].account, bytes, &uri),
                                 -EINVAL);
                assert_null(uri);
        }
}

/* "otpauth://totp/h:" "?secret=MY&issuer=h" and the name make exactly as much as there may be. */
static void an_address_has_a_limit(void **state)
{
        _cleanup_secret_ struct secret *bytes = secret_new_text("f");
        char name[OTPAUTH_MAX_BYTES + 1];
        size_t most = OTPAUTH_MAX_BYTES - strlen("otpauth://totp/h:?secret=MY&issuer=h");

        memset(name, 'a', sizeof(name));
        for (size_t over = 0; over < sizeof(name) - most; over++) {
                _cleanup_secret_ struct secret *uri = NULL;
                name[most + over] = '\0';
                assert_int_equal(otpauth_uri_new("h", name, bytes, &uri), over ? -E2BIG : 0);
                assert_int_equal(!uri, over > 0);
                name[most + over] = 'a';
        }
}

static void an_issuer_counts_twice(void **state)
{
        _cleanup_secret_ struct secret *bytes = secret_new_text("f");
        struct secret *uri = NULL;
        char name[OTPAUTH_MAX_BYTES / 2];

        memset(name, 'a', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        assert_int_equal(otpauth_uri_new(name, "a", bytes, &uri), -E2BIG);
        assert_null(uri);
}

static void the_secret_does_not_stay_on_the_heap(void **state)
{
        struct secret *bytes = secret_new("Hello!\xDE\xAD\xBE\xEF", 10);
        struct secret *uri = NULL;

        freed_memory_watch("JBSWY3DPEHPK");
        assert_int_equal(otpauth_uri_new("shell", "alice", bytes, &uri), 0);
        (void)secret_free(uri);
        (void)secret_free(bytes);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_address_names_host_account_and_secret),
                cmocka_unit_test(rfc4648_10_base32_without_padding),
                cmocka_unit_test(names_cannot_leave_their_place),
                cmocka_unit_test(what_makes_no_address_is_refused),
                cmocka_unit_test(an_address_has_a_limit),
                cmocka_unit_test(an_issuer_counts_twice),
                cmocka_unit_test(the_secret_does_not_stay_on_the_heap),
        };
        return cmocka_run_group_tests_name("otpauth-uri", tests, NULL, NULL);
}
