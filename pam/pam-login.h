/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The authenticate sequence: local defence, start, show, wait. */
#pragma once

struct login_verdict;
struct request;

/* Blocks until the person is in or is not; *verdict has the sentence in every case. When granted,
 * the PAM environment names the login for the session phase. Looks the account up. */
void login_run(struct request *request, struct login_verdict *verdict);
