/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-decision.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "login-sentence.h"

void login_decision_finish(struct login_decision *decision)
{
        decision->identity = identity_free(decision->identity);
        free(decision->detail);
        free(decision->sentence);
        decision->detail = NULL;
        decision->sentence = NULL;
}

static void replace(char **text, const char *better)
{
        if (!better)
                return;
        free(*text);
        *text = strdup(better);
}

bool login_decision_judge(struct login_decision *decision, const struct account_rules *rules,
                          const char *account, struct identity *identity)
{
        decision->identity = identity;
        account_decide(rules, account, identity, &decision->verdict);
        if (!decision->verdict.allowed)
                replace(&decision->detail,
                        decision->verdict.rule == ACCOUNT_RULE_NONE
                                ? "no rule lets an identity of this provider use the account"
                                : "the identity that approved may not use the account");
        return decision->verdict.allowed;
}

void login_decision_settle(struct login_decision *decision, enum login_outcome outcome,
                           const char *detail, const char *sentence)
{
        replace(&decision->detail, detail);
        replace(&decision->sentence, sentence);
        decision->outcome = outcome;
}

const char *login_decision_reason(const struct login_decision *decision)
{
        if (decision->sentence)
                return decision->sentence;
        if (decision->outcome == LOGIN_REFUSED && !decision->identity)
                return "The identity provider's answer could not be accepted.";
        return login_sentence(decision->outcome);
}

void login_decision_log(const struct login_decision *decision, const struct login_request *request,
                        const char *provider, const char *id)
{
        const struct identity *identity = decision->identity;
        _cleanup_free_ char *strength = identity ? identity_strength_text(identity) : NULL;
        const struct log_decision entry = {
                .event = LOG_EVENT_LOGIN,
                .outcome = decision->outcome,
                .account = request->account,
                .service = request->service,
                .origin = request->origin,
                .requested_by = request->requested_by,
                .prior = request->prior,
                .caller_uid = request->caller_uid,
                .provider = provider,
                .issuer = identity ? identity->issuer : NULL,
                .subject = identity ? identity->subject : NULL,
                .rule = decision->substitute ? NULL : account_rule_word(decision->verdict.rule),
                .strength = decision->substitute ? decision->substitute : strength,
                .login = id,
                .reason = decision->detail ? decision->detail : login_sentence(decision->outcome),
        };
        log_decision(&entry);
}
