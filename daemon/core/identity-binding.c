/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/identity-binding.h"

#include <stddef.h>
#include <string.h>

static enum binding decide_by_claim(const struct binding_facts *facts, bool is_own)
{
        if (!facts->verdict->allowed)
                return is_own ? BINDING_NAME_CHANGED : BINDING_FORBIDDEN;
        if (is_own)
                return BINDING_KNOWN;
        if (facts->bound_account)
                return BINDING_OTHER_ACCOUNT;
        return facts->is_bound ? BINDING_OTHER_IDENTITY : BINDING_NEW;
}

enum binding binding_decide(const struct binding_facts *facts)
{
        bool allowed = facts->verdict->allowed;
        bool is_own = facts->bound_account && strcmp(facts->bound_account, facts->account) == 0;

        if (facts->known_uid && *facts->known_uid != facts->uid)
                return BINDING_OTHER_UID;
        switch (facts->verdict->rule) {
        case ACCOUNT_RULE_NONE:
                return BINDING_FORBIDDEN;
        case ACCOUNT_RULE_MAP:
        case ACCOUNT_RULE_GROUP:
                return allowed ? BINDING_BY_RULE : BINDING_FORBIDDEN;
        case ACCOUNT_RULE_LINK:
                return allowed && is_own ? BINDING_KNOWN : BINDING_FORBIDDEN;
        case ACCOUNT_RULE_CLAIM:
                return decide_by_claim(facts, is_own);
        }
        return BINDING_FORBIDDEN;
}

bool binding_is_refusal(enum binding binding)
{
        return binding_detail(binding) != NULL;
}

const char *binding_detail(enum binding binding)
{
        switch (binding) {
        case BINDING_BY_RULE:
        case BINDING_KNOWN:
        case BINDING_NEW:
                return NULL;
        case BINDING_FORBIDDEN:
                return "the identity that approved may not use the account";
        case BINDING_NAME_CHANGED:
                return "the account's identity has another name at the provider now";
        case BINDING_OTHER_ACCOUNT:
                return "the identity belongs to another account";
        case BINDING_OTHER_IDENTITY:
                return "the account belongs to another identity";
        case BINDING_OTHER_UID:
                return "the account has another uid than when badged came to know it";
        }
        return "the binding is not known";
}

const char *binding_sentence(enum binding binding)
{
        switch (binding) {
        case BINDING_BY_RULE:
        case BINDING_KNOWN:
        case BINDING_NEW:
                return NULL;
        case BINDING_FORBIDDEN:
                return "Whoever approved may not use this account.";
        case BINDING_NAME_CHANGED:
                return "Your name at the identity provider has changed. An administrator has to "
                       "accept that first.";
        case BINDING_OTHER_ACCOUNT:
                return "Whoever approved has another account here. An administrator has to settle "
                       "that first.";
        case BINDING_OTHER_IDENTITY:
                return "This account belongs to somebody else at the identity provider. An "
                       "administrator has to settle that first.";
        case BINDING_OTHER_UID:
                return "This account is not the one that it was. An administrator has to settle "
                       "that first.";
        }
        return "The sign-in was refused.";
}
