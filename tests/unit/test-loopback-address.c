/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/loopback-address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void rfc8252_7_3_an_address_of_this_machine_and_a_port(void **state)
{
        static const char *const good[] = {
                "http://127.0.0.1:1024/",
                "http://127.0.0.1:65535/a/B-9",
                "http://[::1]:40000/callback",
        };

        for (size_t i = 0; i < ELEMENTSOF(good); i++)
                if (!loopback_address_is_valid(good[i]))
                        fail_msg("%s", good[i]);
}

static void rfc8252_8_3_nothing_else(void **state)
{
        static const char *const bad[] = {
                "",
                "http://localhost:4000/",
                "https://127.0.0.1:4000/",
                "http://127.0.0.1/",
                "http://127.0.0.1:4000",
                "http://127.0.0.1:1023/",
                "http://127.0.0.1:65536/",
                "http://127.0.0.1:100000/",
                "http://127.0.0.1:/",
                "http://127.0.0.1:4000@evil.example/",
                "http://127.0.0.1:40 0/",
                "http://127.0.0.1.evil.example:4000/",
                "http://127.0.0.1:4000/?x=1",
                "http://127.0.0.1:4000/#x",
                "http://127.0.0.1:4000/a%2F",
                "http://127.0.0.1:4000/\n",
                "http://[::1]:4000/x y",
                "http://[::2]:4000/",
                "http://10.0.0.1:4000/",
        };

        for (size_t i = 0; i < ELEMENTSOF(bad); i++)
                if (loopback_address_is_valid(bad[i]))
                        fail_msg("%s", bad[i]);
}

static void it_ends_at_128_bytes(void **state)
{
        char address[LOOPBACK_ADDRESS_MAX_BYTES + 2] = "http://127.0.0.1:4000/";
        size_t size = strlen(address);

        memset(address + size, 'a', LOOPBACK_ADDRESS_MAX_BYTES - size);
        assert_true(loopback_address_is_valid(address));
        address[LOOPBACK_ADDRESS_MAX_BYTES] = 'a';
        assert_false(loopback_address_is_valid(address));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8252_7_3_an_address_of_this_machine_and_a_port),
                cmocka_unit_test(rfc8252_8_3_nothing_else),
                cmocka_unit_test(it_ends_at_128_bytes),
        };
        return cmocka_run_group_tests_name("loopback-address", tests, NULL, NULL);
}
