/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a login ended, who approved it and why that was enough or not: on standard output. */
#pragma once

#include <stdbool.h>

struct challenge;
struct challenge_view;
struct login_details;
struct login_verdict;

/* 0, -EBADMSG for a challenge that cannot be shown, -ENOMEM. */
int login_report_challenge(const struct challenge *challenge, const struct challenge_view *view,
                           bool json);

/* 0 or -ENOMEM. mend may be NULL. */
int login_report_verdict(const char *account, const struct login_verdict *verdict, const char *mend,
                         const struct login_details *details, bool json);
