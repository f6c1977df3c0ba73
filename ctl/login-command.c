/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl login: what the PAM module does, without PAM, a session or any right that comes of it.
 */
#include <errno.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/login-attempt.h"
#include "ctl/login-report.h"
#include "ctl/output.h"

enum command_exit login_command(const struct command_line *line)
{
        _cleanup_login_attempt_ struct login_attempt attempt;
        const struct login_attempt_spec spec = {
                .account = line->operands[0],
                .provider = command_value(line, "provider"),
                .browser = command_has(line, "browser"),
                .json = line->json,
        };

        int r = login_attempt_init(&attempt, &spec);
        if (r < 0) {
                output_complaint(r == -ENOENT ? "Your user id has no name here." : strerror(-r),
                                 r == -ENOENT ? "name the account: badgectl login ACCOUNT" : NULL);
                return COMMAND_BAD;
        }
        (void)login_attempt_run(&attempt);
        if (login_report_verdict(attempt.account, &attempt.end.verdict,
                                 login_attempt_mend(&attempt), &attempt.details, line->json) < 0) {
                output_complaint("Memory is short.", NULL);
                return COMMAND_BAD;
        }
        return login_attempt_exit(&attempt);
}
