/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badged knows longer than it runs, without a bus: the store, and what is done by it. */
#include "torture.h"

int main(int argc, char **argv)
{
        static const struct torture_cases end;
        static const struct torture_cases *const lists[] = {
                &torture_state_cases, &torture_secrets_cases, &torture_people_cases,
                &torture_sessions_cases, &end};

        return torture_main(argc, argv, lists);
}
