/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about a login, and the PAM module whole. */
#include "torture.h"

int main(int argc, char **argv)
{
        static const struct torture_cases end;
        static const struct torture_cases *const lists[] = {&torture_core_cases,
                                                            &torture_directory_cases,
                                                            &torture_grants_cases,
                                                            &torture_sign_cases,
                                                            &torture_pam_cases,
                                                            &torture_kept_cases,
                                                            &end};

        return torture_main(argc, argv, lists);
}
