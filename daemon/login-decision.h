/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one login came to: who approved, what the rules say to that, how it ended, and why in words
 * for the person and for the journal. Not when that is decided: login.h. */
#pragma once

#include <stdbool.h>

#include "common/login-outcome.h"
#include "core/account-policy.h"
#include "core/identity.h"
#include "login-request.h"

/* Starts as {.outcome = LOGIN_REFUSED}. */
struct login_decision {
        enum login_outcome outcome;
        struct identity *identity; /* who approved; NULL: not known */
        struct account_verdict verdict;
        const char *substitute; /* what stood in the provider's place; NULL: nothing. Static */
        char *detail;           /* for the journal; NULL: nothing to add */
        char *sentence;         /* for the person; NULL: the outcome's own */
};

void login_decision_finish(struct login_decision *decision);

/* Takes the identity over and asks the rules. True when it may use the account. */
bool login_decision_judge(struct login_decision *decision, const struct account_rules *rules,
                          const char *account, struct identity *identity);

/* How it ended. The texts are copied; NULL leaves what is there. */
void login_decision_settle(struct login_decision *decision, enum login_outcome outcome,
                           const char *detail, const char *sentence);

/* For the person. Valid until the decision changes. */
const char *login_decision_reason(const struct login_decision *decision);

/* Writes the journal entry. id is the login's. */
void login_decision_log(const struct login_decision *decision, const struct login_request *request,
                        const char *provider, const char *id);
