/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authorities.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct account_rules rules_of(const struct authorities *authorities,
                                     const struct provider_settings *provider)
{
        const struct settings *settings = authorities->settings;

        return (struct account_rules){
                .provider = provider->name,
                .issuer = provider->issuer,
                .username_claim = provider->username_claim,
                .strip_suffix = provider->strip_suffix,
                .map = settings->accounts.map,
                .groups = settings->accounts.groups,
                .n_groups = settings->accounts.n_groups,
                .has_groups = settings_names_accounts_alike(settings, provider),
                .groups_claim = provider->groups_claim ? provider->groups_claim
                                                       : settings->accounts.groups_claim,
                .links = &authorities->links,
        };
}

static int add(struct authorities *authorities, sd_event *event, struct http_client *http,
               const struct provider_settings *settings)
{
        struct authority *authority = &authorities->list[authorities->n];

        int r = provider_new(event, http, settings, &authority->provider);
        if (r < 0)
                return r;
        authorities->choices[authorities->n++] = (struct account_provider){settings->name,
                                                                           settings->issuer};
        r = directory_new(authority->provider, &authority->directory);
        if (r < 0)
                return r;
        authority->rules = rules_of(authorities, settings);
        return 0;
}

int authorities_init(struct authorities *authorities, sd_event *event, struct http_client *http,
                     const struct settings *settings, const struct account_links *links)
{
        authorities->settings = settings;
        authorities->links = *links;
        authorities->list = calloc(settings->n_providers, sizeof(*authorities->list));
        authorities->choices = calloc(settings->n_providers, sizeof(*authorities->choices));
        if (!authorities->list || !authorities->choices)
                return -ENOMEM;
        for (size_t i = 0; i < settings->n_providers; i++) {
                int r = add(authorities, event, http, settings->providers[i]);
                if (r < 0)
                        return r;
        }
        return 0;
}

void authorities_finish(struct authorities *authorities)
{
        for (size_t i = 0; i < authorities->n; i++) {
                (void)directory_free(authorities->list[i].directory);
                (void)provider_free(authorities->list[i].provider);
        }
        free(authorities->list);
        free(authorities->choices);
        *authorities = (struct authorities){0};
}

const struct authority *authorities_find(const struct authorities *authorities, const char *name)
{
        for (size_t i = 0; name && i < authorities->n; i++)
                if (strcmp(authorities->choices[i].name, name) == 0)
                        return &authorities->list[i];
        return NULL;
}

const struct authority *authorities_choose(const struct authorities *authorities,
                                           const char *account, const char *wanted)
{
        const struct settings *settings = authorities->settings;

        const struct authority *chosen = authorities_find(
                authorities, account_choose_provider(settings->accounts.map, authorities->choices,
                                                     authorities->n, account, wanted,
                                                     settings->default_provider));
        if (wanted || !chosen || account_is_reachable(&chosen->rules, account))
                return chosen;
        /* Linked to an identity of another provider only. */
        for (size_t i = 0; i < authorities->n; i++)
                if (account_is_reachable(&authorities->list[i].rules, account))
                        return &authorities->list[i];
        return chosen;
}

bool authorities_reach(const struct authorities *authorities, const char *account)
{
        for (size_t i = 0; i < authorities->n; i++)
                if (account_is_reachable(&authorities->list[i].rules, account))
                        return true;
        return false;
}
