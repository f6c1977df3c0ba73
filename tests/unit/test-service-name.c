/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which words may be the name of a PAM service. */
#include "core/service-name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void names_of_files_in_pam_d_are_valid(void **state)
{
        static const char *const names[] = {"sudo", "su-l", "polkit-1", "gdm_2.4", "X"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (!service_name_is_valid(names[i]))
                        fail_msg("%s", names[i]);
}

static void what_a_log_could_misread_is_not(void **state)
{
        static const char *const names[] = {"", "su do", "../sudo", "sudo\n", "s\303\274", "a=b"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (service_name_is_valid(names[i]))
                        fail_msg("%s", names[i]);
}

static void a_name_has_64_bytes_at_most(void **state)
{
        char name[SERVICE_NAME_MAX_BYTES + 2] = "";

        memset(name, 'x', SERVICE_NAME_MAX_BYTES);
        assert_true(service_name_is_valid(name));
        name[SERVICE_NAME_MAX_BYTES] = 'x';
        assert_false(service_name_is_valid(name));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_of_files_in_pam_d_are_valid),
                cmocka_unit_test(what_a_log_could_misread_is_not),
                cmocka_unit_test(a_name_has_64_bytes_at_most),
        };

        return cmocka_run_group_tests_name("service-name", tests, NULL, NULL);
}
