/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-check.h"

#include <stdio.h>
#include <string.h>

#include "core/account-map.h"

#define SECTION_NAME_MAX_BYTES 64

struct checking {
        const struct settings *settings;
        const struct settings_entries *entries;
        struct settings_report *report;
};

static bool is_written(const struct checking *checking, const char *section, const char *key)
{
        return settings_entries_find(checking->entries, section, key) != NULL;
}

static void complain(const struct checking *checking, enum settings_severity severity,
                     const char *section, const char *key, const char *mend, const char *reason)
{
        const struct settings_place place = settings_entries_place(checking->entries, section, key);
        settings_report_add(checking->report, severity, &place, mend, "%s", reason);
}

static void demand(const struct checking *checking, const char *section, const char *key,
                   const char *mend)
{
        if (!is_written(checking, section, key))
                complain(checking, SETTINGS_ERROR, section, key, mend, "is missing");
}

static void check_endpoints(const struct checking *checking,
                            const struct provider_settings *provider, const char *section)
{
        static const struct {
                const char *key;
                bool is_needed;
        } endpoints[] = {
                {"device_authorization_endpoint", true},
                {"token_endpoint", true},
                {"jwks_uri", true},
                {"userinfo_endpoint", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(endpoints); i++) {
                const char *key = endpoints[i].key;
                if (provider->metadata == METADATA_BY_HAND && endpoints[i].is_needed)
                        demand(checking, section, key,
                               "metadata = by-hand needs device_authorization_endpoint, "
                               "token_endpoint and jwks_uri");
                if (provider->metadata != METADATA_BY_HAND && is_written(checking, section, key))
                        complain(checking, SETTINGS_WARNING, section, key,
                                 "remove it, or set metadata = by-hand",
                                 "is not used: the provider's metadata names this address");
        }
}

static void check_client(const struct checking *checking, const struct provider_settings *provider,
                         const char *section)
{
        demand(checking, section, "client_id", "write the client id that the provider gave you");
        switch (provider->client_auth) {
        case CLIENT_AUTH_NONE:
                if (provider->client_secret_file)
                        complain(checking, SETTINGS_WARNING, section, "client_secret_file",
                                 "set client_auth = client_secret_basic, or remove it",
                                 "is not used: client_auth is none");
                break;
        case CLIENT_AUTH_SECRET_BASIC:
        case CLIENT_AUTH_SECRET_POST:
                demand(checking, section, "client_secret_file",
                       "write the name of a file, root:badged 0640, or credential:NAME");
                break;
        }
}

static bool map_opens_an_account(const struct account_map *map,
                                 const struct provider_settings *provider)
{
        const struct account_map_entry *entries = NULL;
        size_t n = map ? account_map_entries(map, &entries) : 0;

        for (size_t i = 0; i < n; i++) {
                if (entries[i].provider && strcmp(entries[i].provider, provider->name) == 0)
                        return true;
                if (entries[i].issuer && provider->issuer &&
                    strcmp(entries[i].issuer, provider->issuer) == 0)
                        return true;
        }
        return false;
}

static bool is_default(const struct settings *settings, const struct provider_settings *provider)
{
        return settings->default_provider &&
               strcmp(settings->default_provider, provider->name) == 0;
}

static bool opens_an_account(const struct settings *settings,
                             const struct provider_settings *provider)
{
        return provider->username_claim ||
               (is_default(settings, provider) && settings->accounts.n_groups > 0) ||
               map_opens_an_account(settings->accounts.map, provider);
}

static void check_provider(const struct checking *checking,
                           const struct provider_settings *provider)
{
        char section[SECTION_NAME_MAX_BYTES];

        (void)snprintf(section, sizeof(section), "provider %s", provider->name);
        demand(checking, section, "issuer",
               "write the issuer as the provider itself does, starting with https://");
        check_client(checking, provider, section);
        check_endpoints(checking, provider, section);
        if (provider->strip_suffix && !provider->username_claim)
                complain(checking, SETTINGS_WARNING, section, "strip_suffix",
                         "set username_claim in this section, or remove it",
                         "is not used: this provider names no accounts by claim");
        if (!opens_an_account(checking->settings, provider))
                complain(checking, SETTINGS_WARNING, section, NULL,
                         "set username_claim in this section, or name its identities in map_file",
                         "no identity of this provider can open an account");
}

/* Every provider by itself may be all right and yet no identity reach any account. */
static void check_reach(const struct checking *checking)
{
        const struct settings *settings = checking->settings;
        const struct account_map_entry *entries = NULL;
        bool reaches = settings->accounts.n_groups > 0 ||
                       is_written(checking, "accounts", "account_groups") ||
                       (settings->accounts.map &&
                        account_map_entries(settings->accounts.map, &entries) > 0) ||
                       (settings->accounts.map_file && !settings->accounts.map);

        for (size_t i = 0; i < settings->n_providers; i++)
                reaches = reaches || settings->providers[i]->username_claim;
        reaches = reaches || is_written(checking, "accounts", "username_claim");
        if (!reaches)
                complain(checking, SETTINGS_ERROR, "accounts", "username_claim",
                         "set username_claim, map_file or account_groups in [accounts]",
                         "is missing, as are map_file and account_groups: nobody could log in");
}

static void check_default(const struct checking *checking)
{
        const struct settings *settings = checking->settings;

        if (settings->n_providers == 0)
                complain(checking, SETTINGS_ERROR, NULL, NULL,
                         "add a section [provider NAME] with issuer and client_id",
                         "no provider is configured");
        else if (!settings->default_provider)
                demand(checking, "badged", "default_provider",
                       "there are several providers: write the NAME of one of them");
        else if (!settings_provider(settings, settings->default_provider))
                complain(checking, SETTINGS_ERROR, "badged", "default_provider",
                         "write the NAME of a [provider NAME] section", "names no provider");
}

static bool issuer_is_known(const struct settings *settings, const char *issuer)
{
        for (size_t i = 0; i < settings->n_providers; i++) {
                const char *known = settings->providers[i]->issuer;
                if (known && strcmp(known, issuer) == 0)
                        return true;
        }
        return false;
}

static void check_map(const struct checking *checking)
{
        const struct settings *settings = checking->settings;
        const struct settings_place place = {.file = settings->accounts.map_file};
        const struct account_map_entry *entries = NULL;
        size_t n = settings->accounts.map ? account_map_entries(settings->accounts.map, &entries)
                                          : 0;

        for (size_t i = 0; i < n; i++) {
                if (entries[i].provider && !settings_provider(settings, entries[i].provider))
                        settings_report_add(checking->report, SETTINGS_ERROR, &place,
                                            "write the NAME of a [provider NAME] section",
                                            "account %s names provider %s, which does not exist",
                                            entries[i].account, entries[i].provider);
                if (entries[i].issuer && !issuer_is_known(settings, entries[i].issuer))
                        settings_report_add(checking->report, SETTINGS_WARNING, &place,
                                            "write the issuer of a [provider NAME] section",
                                            "account %s names issuer %s, which no provider has",
                                            entries[i].account, entries[i].issuer);
        }
}

void settings_check(const struct settings *settings, const struct settings_entries *entries,
                    struct settings_report *report)
{
        const struct checking checking = {settings, entries, report};

        check_default(&checking);
        for (size_t i = 0; i < settings->n_providers; i++)
                check_provider(&checking, settings->providers[i]);
        check_map(&checking);
        if (settings->n_providers > 0)
                check_reach(&checking);
}
