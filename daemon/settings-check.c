/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-check.h"

#include <stdio.h>
#include <string.h>

#include "core/account-map.h"
#include "core/provider-preset.h"
#include "settings-services.h"

#define SECTION_NAME_MAX_BYTES 64

struct checking {
        const struct settings *settings;
        const struct settings_entries *entries;
        struct settings_report *report;
};

/* By the administrator. */
static bool is_written(const struct checking *checking, const char *section, const char *key)
{
        return settings_entries_find(checking->entries, section, key) != NULL;
}

/* By the administrator or the preset. */
static bool is_given(const struct checking *checking, const struct provider_settings *provider,
                     const char *section, const char *key)
{
        return is_written(checking, section, key) ||
               (provider->preset && provider_preset_setting(provider->preset, key));
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
        complain(checking, SETTINGS_ERROR, section, key, mend, "is missing");
}

/* ---- addresses ---- */

static bool is_asked(const struct provider_settings *provider, enum provider_endpoint endpoint)
{
        switch (endpoint) {
        case ENDPOINT_DEVICE_AUTHORIZATION:
                return provider->flow == FLOW_DEVICE;
        case ENDPOINT_BACKCHANNEL_AUTHENTICATION:
                return provider->flow == FLOW_BACKCHANNEL;
        case ENDPOINT_TOKEN:
                return true;
        case ENDPOINT_KEYS:
                return provider->identity_from == IDENTITY_FROM_ID_TOKEN;
        case ENDPOINT_USERINFO:
                return provider->identity_from == IDENTITY_FROM_USERINFO ||
                       provider->validate & VALIDATE_USERINFO;
        case ENDPOINT_INTROSPECTION:
                return provider->validate & VALIDATE_INTROSPECTION;
        case ENDPOINT_AUTHORIZATION:
        case ENDPOINT_REVOCATION:
        case ENDPOINT_END_SESSION:
                return false;
        }
        return false;
}

static void check_endpoints(const struct checking *checking,
                            const struct provider_settings *provider, const char *section)
{
        if (provider->metadata != METADATA_BY_HAND)
                return;
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++) {
                enum provider_endpoint endpoint = (enum provider_endpoint)i;
                const char *key = provider_endpoint_name(endpoint);
                if (is_asked(provider, endpoint) && !is_given(checking, provider, section, key))
                        demand(checking, section, key,
                               "metadata = by-hand needs the address of everything that is asked");
        }
}

static void check_issuer(const struct checking *checking, const struct provider_settings *provider,
                         const char *section)
{
        const char *why = NULL;

        if (!is_given(checking, provider, section, "issuer"))
                demand(checking, section, "issuer",
                       provider->preset && provider->preset->issuer_form
                               ? provider->preset->issuer_form
                               : "write the issuer as the provider itself does, starting with "
                                 "https://");
        else if (provider->preset && provider->issuer &&
                 provider_preset_check_issuer(provider->preset, provider->issuer, &why) < 0)
                complain(checking, SETTINGS_ERROR, section, "issuer", provider->preset->issuer_form,
                         why);
}

static const char *subject_claim(const struct provider_settings *provider)
{
        return provider->identity_from == IDENTITY_FROM_USERINFO && provider->subject_claim
                       ? provider->subject_claim
                       : "sub";
}

/* The map says issuer and subject: what names one person in the one claim may be anybody's choice
 * in the other. */
static void check_subject(const struct checking *checking, const struct provider_settings *provider,
                          const char *section)
{
        for (size_t i = 0; i < checking->settings->n_providers; i++) {
                const struct provider_settings *other = checking->settings->providers[i];
                if (provider->issuer && other->issuer &&
                    strcmp(provider->issuer, other->issuer) == 0 &&
                    strcmp(subject_claim(provider), subject_claim(other)) != 0)
                        complain(checking, SETTINGS_ERROR, section, "subject_claim",
                                 "tell people of one issuer apart by one claim",
                                 "is not the one of another provider with the same issuer");
        }
}

/* ---- what is asked for, and what is done with it ---- */

static bool scope_has_openid(const char *scope)
{
        static const char openid[] = "openid";

        for (const char *s = scope; s && *s;) {
                size_t length = strcspn(s, " ");
                if (length == sizeof(openid) - 1 && memcmp(s, openid, length) == 0)
                        return true;
                s += length + (s[length] == ' ');
        }
        return false;
}

static void check_claims(const struct checking *checking, const struct provider_settings *provider,
                         const char *section)
{
        if (provider->scope && provider->identity_from == IDENTITY_FROM_ID_TOKEN &&
            !scope_has_openid(provider->scope))
                complain(checking, SETTINGS_ERROR, section, "scope",
                         "write openid and the further scopes with single blanks between them",
                         "does not hold openid, so that no id_token would come back");
        if (provider->flow == FLOW_BACKCHANNEL && provider->identity_from != IDENTITY_FROM_ID_TOKEN)
                complain(checking, SETTINGS_ERROR, section, "flow", "set identity_from = id_token",
                         "is ciba, which is a part of OpenID Connect");
        if (provider->flow == FLOW_BACKCHANNEL && !provider->login_hint &&
            !provider->username_claim)
                demand(checking, section, "login_hint",
                       "write whom the provider is to ask, as login_hint = {account}@example.com");
        for (size_t i = 0; i < provider->request_parameters.n; i++)
                if (oauth_parameter_is_reserved(provider->request_parameters.items[i].name))
                        complain(checking, SETTINGS_ERROR, section, "request_parameters",
                                 "there is a key of its own for it, or it must not be changed",
                                 "names a parameter that badged writes itself");
}

/* Asked in the client's name, such an address says nothing of whoever signs in. */
static bool names_nobody(const char *url)
{
        return url && !strchr(url, '{');
}

static void check_directory(const struct checking *checking,
                            const struct provider_settings *provider, const char *section)
{
        bool asks_as_client = provider->account_source.url ||
                              provider->group_token == GROUP_TOKEN_CLIENT;

        if (provider->directory_key_file && !provider->directory_client_id)
                demand(checking, section, "directory_client_id",
                       "write the name of the service account whose key it is");
        if (provider->directory_key_file && !provider->directory_token_endpoint)
                demand(checking, section, "directory_token_endpoint",
                       "write where the service account gets its tokens");
        if (asks_as_client && !provider->directory_key_file &&
            provider->client_auth == CLIENT_AUTH_NONE)
                complain(checking, SETTINGS_ERROR, section,
                         provider->account_source.url ? "account_source" : "group_token",
                         "set client_auth: the directory is asked in the client's own name",
                         "cannot be used: client_auth is none");
        if (names_nobody(provider->account_source.url))
                complain(checking, SETTINGS_ERROR, section, "account_source",
                         "write whose it is into the address, as {sub}",
                         "is the same address for everybody");
        for (size_t i = 0; i < provider->n_group_sources; i++)
                if (provider->group_token == GROUP_TOKEN_CLIENT &&
                    names_nobody(provider->group_sources[i].url))
                        complain(checking, SETTINGS_ERROR, section, "group_sources",
                                 "write whose they are into each address, as {sub}",
                                 "would give everybody the same groups: group_token is client");
}

/* As far as the settings tell: with auto the provider has a say in it. */
static bool may_be_bound(const struct provider_settings *provider)
{
        switch (provider->dpop) {
        case DPOP_NO:
                break;
        case DPOP_AUTO:
                return provider->client_auth == CLIENT_AUTH_NONE;
        case DPOP_YES:
                return true;
        }
        return false;
}

static void check_tokens(const struct checking *checking, const struct provider_settings *provider,
                         const char *section)
{
        if (provider->tokens_for_people && !provider->keep_tokens)
                complain(checking, SETTINGS_ERROR, section, "tokens_for_people",
                         "set keep_tokens = yes, or remove it",
                         "cannot be used: keep_tokens is no, so that there are none");
        else if (provider->tokens_for_people && may_be_bound(provider))
                complain(checking, SETTINGS_WARNING, section, "tokens_for_people",
                         "set dpop = no, or remove it",
                         "is of no use where tokens are bound (dpop): people cannot use those");
}

/* ---- does anybody get in? ---- */

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

static bool opens_an_account(const struct settings *settings,
                             const struct provider_settings *provider)
{
        return provider->username_claim ||
               (settings_names_accounts_alike(settings, provider) &&
                settings->accounts.n_groups > 0) ||
               map_opens_an_account(settings->accounts.map, provider);
}

static void check_provider(const struct checking *checking,
                           const struct provider_settings *provider)
{
        char section[SECTION_NAME_MAX_BYTES];

        (void)snprintf(section, sizeof(section), "provider %s", provider->name);
        check_issuer(checking, provider, section);
        check_subject(checking, provider, section);
        settings_check_client(provider, section, checking->entries, checking->report);
        check_endpoints(checking, provider, section);
        check_claims(checking, provider, section);
        check_directory(checking, provider, section);
        check_tokens(checking, provider, section);
        if (provider->strip_suffix && !provider->username_claim)
                complain(checking, SETTINGS_WARNING, section, "strip_suffix",
                         "set username_claim in this section, or remove it",
                         "is not used: this provider names no accounts by claim");
        if (!opens_an_account(checking->settings, provider))
                complain(checking, SETTINGS_WARNING, section, NULL,
                         "set username_claim in this section, name its identities in map_file, or "
                         "link them: badgectl identity link",
                         "only identities of this provider that are linked to an account open it");
}

/* Every provider by itself may be all right and yet no identity reach any account, but for those
 * that are linked: which they are is not known to the settings. */
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
                complain(checking, SETTINGS_WARNING, "accounts", "username_claim",
                         "set username_claim, map_file or account_groups in [accounts]",
                         "is missing, as are map_file and account_groups: nobody can log in but "
                         "who is linked to an account (badgectl identity link)");
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
        settings_check_services(settings, entries, report);
}
