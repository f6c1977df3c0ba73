/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal reaches two readers: the person gets a sentence, the administrator a line. */
#pragma once

struct login_verdict;
struct request;

/* Says the sentence. Logs it too when the daemon did not decide, since then nobody else will. */
void refusal_tell(const struct request *request, const struct login_verdict *verdict);
