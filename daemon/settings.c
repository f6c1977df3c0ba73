/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/provider-preset.h"
#include "settings-check.h"
#include "settings-keys.h"
#include "settings-providers.h"
#include "settings-read.h"
#include "settings-services.h"

static void accounts_finish(struct account_settings *accounts)
{
        for (size_t i = 0; i < accounts->n_groups; i++) {
                free(accounts->groups[i].account);
                free(accounts->groups[i].group);
        }
        free(accounts->groups);
        free(accounts->map_file);
        (void)account_map_free(accounts->map);
        free(accounts->groups_claim);
        free(accounts->username_claim);
        free(accounts->strip_suffix);
}

struct settings *settings_free(struct settings *settings)
{
        if (!settings)
                return NULL;
        settings_free_providers(settings);
        free(settings->default_provider);
        accounts_finish(&settings->accounts);
        settings_free_services(settings);
        free(settings);
        return NULL;
}

/* What is at hand while the settings are put together. */
struct loading {
        struct settings *settings;
        const struct settings_entries *entries;
        struct settings_report *report;
};

static int add_provider(const struct loading *loading, const struct settings_place *place,
                        const char *name)
{
        int r = settings_add_provider(loading->settings, name);

        if (r != -EINVAL)
                return r;
        settings_report_add(loading->report, SETTINGS_ERROR, place,
                            "use up to 32 letters, digits, '_', '-'",
                            "this cannot be the name of a provider");
        return 0;
}

static int add_service(const struct loading *loading, const struct settings_place *place,
                       const char *name)
{
        int r = settings_add_service(loading->settings, name);

        if (r != -EINVAL)
                return r;
        settings_report_add(loading->report, SETTINGS_ERROR, place,
                            "write the name of a file in /etc/pam.d",
                            "this cannot be the name of a service");
        return 0;
}

static int take_section(const struct loading *loading, const struct settings_place *place)
{
        enum settings_section section;
        const char *name;

        if (settings_section_from_line(place->section, &section, &name) < 0) {
                settings_report_add(loading->report, SETTINGS_WARNING, place,
                                    "the sections are [badged], [provider NAME], [accounts] and "
                                    "[service NAME]",
                                    "unknown section, ignored with all that is in it");
                return 0;
        }
        switch (section) {
        case SECTION_PROVIDER:
                return add_provider(loading, place, name);
        case SECTION_SERVICE:
                return add_service(loading, place, name);
        case SECTION_BADGED:
        case SECTION_ACCOUNTS:
                return 0;
        }
        return -EINVAL;
}

static void review_key(const struct loading *loading, const struct settings_place *place)
{
        enum settings_section section;
        const char *name;

        if (settings_section_from_line(place->section, &section, &name) < 0)
                return;
        if (strcmp(place->key, "client_secret") == 0)
                settings_report_add(loading->report, SETTINGS_ERROR, place,
                                    "put it into a file, root:badged 0640, and name that by "
                                    "client_secret_file; then have the provider issue a new one",
                                    "a secret must not stand in the settings");
        else if (!settings_key_find(section, place->key))
                settings_report_add(loading->report, SETTINGS_WARNING, place,
                                    "see badged.conf(5) for the keys of this section",
                                    "unknown key, ignored");
}

static int take_entries(const struct loading *loading)
{
        for (size_t i = 0; i < loading->entries->n; i++) {
                const struct settings_place *place = &loading->entries->items[i].place;
                int r = 0;
                if (place->key)
                        review_key(loading, place);
                else
                        r = take_section(loading, place);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* What a key is that nobody wrote: the preset's value, which stands before those of all others. */
static const char *key_default(const struct settings_key *key, const void *fields)
{
        const struct provider_settings *provider = fields;
        const char *text = NULL;

        if (key->section == SECTION_PROVIDER && provider->preset)
                text = provider_preset_setting(provider->preset, key->name);
        return text ? text : key->fallback;
}

static int fill_key(const struct loading *loading, const struct settings_key *key,
                    const char *section, void *fields)
{
        const struct settings_entry *entry = settings_entries_find(loading->entries, section,
                                                                   key->name);
        const char *text = entry ? entry->value : key_default(key, fields), *why = NULL;

        if (!text)
                return 0;
        int r = key->parse(text, entry ? entry->folder : "", (char *)fields + key->offset, &why);
        if (r != -EINVAL)
                return r;
        const struct settings_place place = settings_entries_place(loading->entries, section,
                                                                   key->name);
        settings_report_add(loading->report, SETTINGS_ERROR, &place, key->mend, "%s", why);
        return 0;
}

static int fill_section(const struct loading *loading, enum settings_section kind,
                        const char *section, void *fields)
{
        const struct settings_key *keys;
        size_t n = settings_keys(&keys);

        for (size_t i = 0; i < n; i++) {
                int r = keys[i].section == kind ? fill_key(loading, &keys[i], section, fields) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

static int fill_providers(const struct loading *loading)
{
        struct settings *settings = loading->settings;
        char section[PROVIDER_SECTION_MAX_BYTES];
        int r = 0;

        for (size_t i = 0; r >= 0 && i < settings->n_providers; i++) {
                (void)stpcpy(stpcpy(section, "provider "), settings->providers[i]->name);
                r = fill_section(loading, SECTION_PROVIDER, section, settings->providers[i]);
        }
        return r;
}

static int fill_services(const struct loading *loading)
{
        struct settings *settings = loading->settings;
        char section[SERVICE_SECTION_MAX_BYTES];

        /* No section line has an empty name: these are the defaults. */
        int r = fill_section(loading, SECTION_SERVICE, "", &settings->other_services);
        for (size_t i = 0; r >= 0 && i < settings->n_services; i++) {
                (void)stpcpy(stpcpy(section, "service "), settings->services[i]->name);
                r = fill_section(loading, SECTION_SERVICE, section, settings->services[i]);
        }
        return r;
}

static int fill(const struct loading *loading)
{
        struct settings *settings = loading->settings;

        int r = fill_section(loading, SECTION_BADGED, "badged", settings);
        if (r >= 0)
                r = fill_section(loading, SECTION_ACCOUNTS, "accounts", &settings->accounts);
        if (r >= 0)
                r = fill_providers(loading);
        return r < 0 ? r : fill_services(loading);
}

bool settings_names_accounts_alike(const struct settings *settings,
                                   const struct provider_settings *provider)
{
        const struct provider_settings *first = NULL;

        if (settings->default_provider)
                first = settings_provider(settings, settings->default_provider);
        return first && (provider == first || (provider->issuer && first->issuer &&
                                               strcmp(provider->issuer, first->issuer) == 0));
}

static int inherit(char **target, const char *fallback)
{
        if (*target || !fallback)
                return 0;
        *target = strdup(fallback);
        return *target ? 0 : -ENOMEM;
}

/* The only provider is the default one. */
static int fold(struct settings *settings)
{
        struct account_settings *accounts = &settings->accounts;
        int r = 0;

        if (!settings->default_provider && settings->n_providers == 1) {
                settings->default_provider = strdup(settings->providers[0]->name);
                if (!settings->default_provider)
                        return -ENOMEM;
        }
        for (size_t i = 0; i < settings->n_providers && r >= 0; i++) {
                struct provider_settings *provider = settings->providers[i];
                if (!settings_names_accounts_alike(settings, provider))
                        continue;
                r = inherit(&provider->username_claim, accounts->username_claim);
                if (r >= 0)
                        r = inherit(&provider->strip_suffix, accounts->strip_suffix);
        }
        return r;
}

int settings_load(const char *const *folders, struct settings **ret_settings,
                  struct settings_report *report)
{
        static const char *const standard_folders[] = {SETTINGS_VENDOR_FOLDER, SETTINGS_RUN_FOLDER,
                                                       SETTINGS_FOLDER, NULL};
        _cleanup_(settings_entries_finish) struct settings_entries entries = {0};
        _cleanup_(settings_freep) struct settings *settings = calloc(1, sizeof(*settings));
        const struct loading loading = {settings, &entries, report};
        if (!settings)
                return -ENOMEM;

        int r = settings_entries_read(folders ? folders : standard_folders, &entries, report);
        if (r >= 0)
                r = take_entries(&loading);
        if (r >= 0)
                r = fill(&loading);
        if (r >= 0)
                r = fold(settings);
        if (r >= 0)
                r = settings_attach_files(settings, &entries, report);
        if (r < 0)
                return r;
        settings_check(settings, &entries, report);
        if (report->is_incomplete)
                return -ENOMEM;
        if (report->n_errors > 0)
                return -EINVAL;
        *ret_settings = TAKE_PTR(settings);
        return 0;
}
