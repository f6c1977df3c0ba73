/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/binding-message.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void check(unsigned number, const char *service, const char *host, const char *expected)
{
        _cleanup_free_ char *message = NULL;

        assert_int_equal(binding_message_new(number, service, host, &message), 0);
        assert_string_equal(message, expected);
}

static void ciba_7_1_the_number_comes_first(void **state)
{
        check(42, "sshd", "web01", "42/sshd/web01");
        check(10, "sudo", "web01.example.com", "10/sudo/web01");
        check(99, "login", "", "99/login/");
}

static void ciba_13_only_characters_that_providers_take(void **state)
{
        check(42, "my service", "h\xC3\xB6st%1\n", "42/my-service/h--st-1-");
        check(42, "a_b-c", "web-01", "42/a_b-c/web-01");
}

static void it_ends_at_64_bytes(void **state)
{
        char host[200];

        memset(host, 'h', sizeof(host) - 1);
        host[sizeof(host) - 1] = '\0';
        _cleanup_free_ char *message = NULL;
        assert_int_equal(binding_message_new(42, "sshd", host, &message), 0);
        assert_int_equal(strlen(message), BINDING_MESSAGE_MAX_BYTES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ciba_7_1_the_number_comes_first),
                cmocka_unit_test(ciba_13_only_characters_that_providers_take),
                cmocka_unit_test(it_ends_at_64_bytes),
        };
        return cmocka_run_group_tests_name("binding-message", tests, NULL, NULL);
}
