/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl: the table of nouns, in the order of its help. */
#include <locale.h>

#include "ctl/command.h"
#include "ctl/dispatch.h"
#include "ctl/output.h"

static const struct noun *const nouns[] = {
        &lone_verbs,  &account_noun,  &identity_noun, &factor_noun, &session_noun,
        &ticket_noun, &throttle_noun, &store_noun,    NULL,
};

int main(int argc, char **argv)
{
        (void)setlocale(LC_ALL, "");

        enum command_exit code = dispatch(argc, argv, nouns, BADGED_PROGRAM);
        if (output_finish() < 0) {
                output_complaint("Failed to write to standard output.", NULL);
                code = code == COMMAND_GOOD ? COMMAND_BAD : code;
        }
        return (int)code;
}
