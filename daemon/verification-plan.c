/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verification-plan.h"

#include <stdbool.h>

#include "core/claim-test.h"

static const struct provider_settings *settings_of(const struct verification_case *about)
{
        return provider_settings(about->authority->provider);
}

/* A rule, or a demand, that finds no fitting claim in the id_token. */
static bool could_do_with_userinfo(const struct verification_case *about)
{
        const struct provider_settings *settings = settings_of(about);

        return account_needs_userinfo(&about->authority->rules, about->account, about->identity) ||
               claim_tests_failing(&settings->require_claim, about->identity);
}

/* Where there is none, the id_token has to be enough, unless the settings want it asked. */
static bool wants_userinfo(const struct verification_case *about)
{
        const struct provider_settings *settings = settings_of(about);

        if (settings->identity_from == IDENTITY_FROM_USERINFO)
                return false;
        return settings->validate & VALIDATE_USERINFO ||
               (provider_endpoint_url(about->authority->provider, ENDPOINT_USERINFO) &&
                could_do_with_userinfo(about));
}

static bool wants_groups(const struct verification_case *about)
{
        const struct provider_settings *settings = settings_of(about);
        const struct account_rules *rules = &about->authority->rules;

        if (settings->n_group_sources == 0 || !account_needs_groups(rules, about->account))
                return false;
        switch (settings->group_sources_when) {
        case GROUP_SOURCES_NEEDED:
                return !identity_has_claim(about->identity, rules->groups_claim);
        case GROUP_SOURCES_OVERAGE:
                return identity_has_overage(about->identity, rules->groups_claim);
        }
        return true;
}

static bool wants_step(const struct verification_case *about, enum verification_step step)
{
        const struct provider_settings *settings = settings_of(about);

        switch (step) {
        case STEP_USERINFO:
                return wants_userinfo(about);
        case STEP_INTROSPECTION:
                return settings->validate & VALIDATE_INTROSPECTION;
        case STEP_GROUPS:
                return wants_groups(about);
        case STEP_ACCOUNT:
                return settings->account_source.url;
        case STEP_IDENTITY:
        case STEP_CLAIMS:
        case STEP_DONE:
                return true;
        }
        return true;
}

enum verification_step verification_plan_next(const struct verification_case *about,
                                              enum verification_step from)
{
        while (!wants_step(about, from))
                from++;
        return from;
}
