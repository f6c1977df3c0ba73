/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-services.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/service-name.h"

static struct service_rules *rules_free(struct service_rules *rules)
{
        if (!rules)
                return NULL;
        free(rules->name);
        free(rules);
        return NULL;
}
DEFINE_CLEANUP(struct service_rules *, rules_free);

static const struct service_rules *find(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_services; i++)
                if (strcmp(settings->services[i]->name, name) == 0)
                        return settings->services[i];
        return NULL;
}

const struct service_rules *settings_service(const struct settings *settings, const char *name)
{
        const struct service_rules *rules = find(settings, name);

        return rules ? rules : &settings->other_services;
}

int settings_add_service(struct settings *settings, const char *name)
{
        if (!service_name_is_valid(name))
                return -EINVAL;
        if (find(settings, name))
                return 0;
        _cleanup_(rules_freep) struct service_rules *rules = calloc(1, sizeof(*rules));
        size_t n = settings->n_services + 1;
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        struct service_rules **grown = reallocarray(settings->services, n, sizeof(*grown));
        settings->services = grown ? grown : settings->services;
        if (!grown || !rules || !(rules->name = strdup(name)))
                return -ENOMEM;

        size_t i = settings->n_services++;
        for (; i > 0 && strcmp(grown[i - 1]->name, name) > 0; i--)
                grown[i] = grown[i - 1];
        grown[i] = TAKE_PTR(rules);
        return 0;
}

void settings_free_services(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_services; i++)
                (void)rules_free(settings->services[i]);
        free(settings->services);
        settings->services = NULL;
        settings->n_services = 0;
}

/* ---- what has no effect ---- */

static bool keeps_tokens(const struct settings *settings)
{
        for (size_t i = 0; i < settings->n_providers; i++)
                if (settings->providers[i]->keep_tokens)
                        return true;
        return false;
}

struct service_check {
        const struct settings *settings;
        const struct settings_entries *entries;
        struct settings_report *report;
        char section[SERVICE_SECTION_MAX_BYTES];
};

static void warn_if(const struct service_check *check, bool is_idle, const char *key,
                    const char *mend, const char *reason)
{
        if (!is_idle || !settings_entries_find(check->entries, check->section, key))
                return;
        const struct settings_place place = settings_entries_place(check->entries, check->section,
                                                                   key);
        settings_report_add(check->report, SETTINGS_WARNING, &place, mend, "%s", reason);
}

static void check_service(struct service_check *check, const struct service_rules *rules)
{
        bool asks_again = rules->max_age_sec > 0 || rules->recheck;

        (void)snprintf(check->section, sizeof(check->section), "service %s", rules->name);
        warn_if(check, asks_again && !keeps_tokens(check->settings),
                rules->recheck ? "recheck" : "max_age", "set keep_tokens = yes for a provider",
                "no provider can be asked again: without its tokens a login counts for max_age at "
                "most");
        warn_if(check, rules->offline == OFFLINE_ALLOW_FOR && !asks_again, "offline",
                "set max_age or recheck, or remove it",
                "is not used: nobody is checked again for this service");
        warn_if(check, rules->offline != OFFLINE_TOTP, "offline_limit", "set offline = totp",
                "is not used: no one-time code stands in for the provider");
}

void settings_check_services(const struct settings *settings,
                             const struct settings_entries *entries, struct settings_report *report)
{
        struct service_check check = {settings, entries, report, ""};

        for (size_t i = 0; i < settings->n_services; i++)
                check_service(&check, settings->services[i]);
}
