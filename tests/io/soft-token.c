/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "soft-token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"

static void make_settings(const char *folder, char **ret_path)
{
        char *path;
        _cleanup_free_ char *command = NULL;

        assert_true(asprintf(&path, "%s/softhsm2.conf", folder) > 0);
        assert_true(asprintf(&command,
                             "mkdir -p '%s/tokens' && printf 'directories.tokendir = %s/tokens\\n"
                             "log.level = ERROR\\n' >'%s'",
                             folder, folder, path) > 0);
        assert_int_equal(system(command), 0);
        *ret_path = path;
}

bool soft_token_make(const char *folder, const char *key_file)
{
        _cleanup_free_ char *settings = NULL, *command = NULL;

        if (access(MODULE, R_OK) < 0 || system("softhsm2-util --version >/dev/null 2>&1") != 0 ||
            system("openssl engine pkcs11 >/dev/null 2>&1") != 0) {
                print_message("# no SoftHSM, or no engine pkcs11, here\n");
                return false;
        }
        make_settings(folder, &settings);
        setenv("SOFTHSM2_CONF", settings, 1);
        setenv("PKCS11_MODULE_PATH", MODULE, 1);
        assert_true(asprintf(&command,
                             "{ softhsm2-util --init-token --free --label badged-test --pin 1234 "
                             "--so-pin 1234 && softhsm2-util --import '%s' --token badged-test "
                             "--label host --id 01 --pin 1234; } >/dev/null",
                             key_file) > 0);
        assert_int_equal(system(command), 0);
        return true;
}
