/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon: files, settings, requests, and a whole login with all that takes part in it. */
#include <stdio.h>
#include <unistd.h>

#include "torture.h"

int main(int argc, char **argv)
{
        static const struct torture_cases end;
        static const struct torture_cases *const lists[] = {
                &torture_io_cases, &torture_settings_cases, &torture_login_cases, &end};

        if (geteuid() != 0) {
                printf("1..0 # SKIP settings files belong to root: run it as root\n");
                return 0;
        }
        return torture_main(argc, argv, lists);
}
