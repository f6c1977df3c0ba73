/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-keys.h"

#include <errno.h>
#include <string.h>

#include "settings.h"

#define PROVIDER_PREFIX "provider "

#define BADGED(field)   SECTION_BADGED, #field
#define PROVIDER(field) SECTION_PROVIDER, #field
#define ACCOUNTS(field) SECTION_ACCOUNTS, #field
#define IN_BADGED(f)    offsetof(struct settings, f)
#define IN_PROVIDER(f)  offsetof(struct provider_settings, f)
#define IN_ACCOUNTS(f)  offsetof(struct account_settings, f)

#define ADDRESS_MEND "write the full https address"
#define CLAIM_MEND   "write the name of a claim, such as preferred_username"

/* clang-format off */
static const struct settings_key keys[] = {
        {BADGED(default_provider), parse_word, IN_BADGED(default_provider), NULL,
         "write the NAME of a [provider NAME] section"},
        {BADGED(max_logins), parse_limit, IN_BADGED(max_logins), "10000",
         "write a number, or leave it out for 10000"},
        {BADGED(max_logins_per_account), parse_limit, IN_BADGED(max_logins_per_account), "3",
         "write a number, or leave it out for 3"},
        {BADGED(max_logins_per_origin), parse_limit, IN_BADGED(max_logins_per_origin), "8",
         "write a number, or leave it out for 8"},
        {BADGED(max_logins_per_minute), parse_limit, IN_BADGED(max_logins_per_minute), "30",
         "write a number, or leave it out for 30"},
        {BADGED(login_timeout), parse_login_timeout, IN_BADGED(login_timeout_sec), "10min",
         "write a time such as 5min, or leave it out for 10min"},

        {PROVIDER(issuer), parse_issuer, IN_PROVIDER(issuer), NULL,
         "write the issuer as the provider itself does, starting with https://"},
        {PROVIDER(metadata), parse_metadata, IN_PROVIDER(metadata), "oidc",
         "write oidc unless the provider's manual says otherwise"},
        {PROVIDER(client_id), parse_line, IN_PROVIDER(client_id), NULL,
         "write the client id that the provider gave you"},
        {PROVIDER(client_auth), parse_client_auth, IN_PROVIDER(client_auth), "none",
         "write client_secret_basic for a client with a secret, none for one without"},
        {PROVIDER(client_secret_file), parse_secret_place, IN_PROVIDER(client_secret_file), NULL,
         "write a file name, or credential:NAME"},
        {PROVIDER(scope), parse_scope, IN_PROVIDER(scope), "openid profile email",
         "write openid and the further scopes with single blanks between them"},
        {PROVIDER(device_authorization_endpoint), parse_https_url,
         IN_PROVIDER(device_authorization_endpoint), NULL, ADDRESS_MEND},
        {PROVIDER(token_endpoint), parse_https_url, IN_PROVIDER(token_endpoint), NULL,
         ADDRESS_MEND},
        {PROVIDER(userinfo_endpoint), parse_https_url, IN_PROVIDER(userinfo_endpoint), NULL,
         ADDRESS_MEND},
        {PROVIDER(jwks_uri), parse_https_url, IN_PROVIDER(jwks_uri), NULL, ADDRESS_MEND},
        {PROVIDER(algorithms), parse_algorithms, IN_PROVIDER(algorithms),
         "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512",
         "write RS256, or what the provider signs with"},
        {PROVIDER(ca_file), parse_path, IN_PROVIDER(ca_file), NULL, "write a file name"},
        {PROVIDER(proxy), parse_proxy, IN_PROVIDER(proxy), NULL, "write http://HOST:PORT"},
        {PROVIDER(username_claim), parse_word, IN_PROVIDER(username_claim), NULL, CLAIM_MEND},
        {PROVIDER(strip_suffix), parse_word, IN_PROVIDER(strip_suffix), NULL,
         "write what stands behind the account's name, such as @example.com"},

        {ACCOUNTS(username_claim), parse_word, IN_ACCOUNTS(username_claim), NULL, CLAIM_MEND},
        {ACCOUNTS(strip_suffix), parse_word, IN_ACCOUNTS(strip_suffix), NULL,
         "write what stands behind the account's name, such as @example.com"},
        {ACCOUNTS(map_file), parse_path, IN_ACCOUNTS(map_file), NULL, "write a file name"},
        {ACCOUNTS(account_groups), parse_account_groups, 0, NULL,
         "write account_groups = deploy:linux-deployers, backup:linux-backup"},
        {ACCOUNTS(groups_claim), parse_word, IN_ACCOUNTS(groups_claim), "groups",
         "write the name of a claim, such as groups"},
        {ACCOUNTS(min_uid), parse_uid, IN_ACCOUNTS(min_uid), "1000",
         "write a number, or leave it out for 1000"},
};
/* clang-format on */

size_t settings_keys(const struct settings_key **ret_keys)
{
        *ret_keys = keys;
        return ELEMENTSOF(keys);
}

int settings_section_from_line(const char *section, enum settings_section *ret_section,
                               const char **ret_provider)
{
        size_t prefix = strlen(PROVIDER_PREFIX);

        *ret_provider = NULL;
        if (strcmp(section, "badged") == 0)
                *ret_section = SECTION_BADGED;
        else if (strcmp(section, "accounts") == 0)
                *ret_section = SECTION_ACCOUNTS;
        else if (strncmp(section, PROVIDER_PREFIX, prefix) == 0) {
                *ret_section = SECTION_PROVIDER;
                *ret_provider = section + prefix;
        } else
                return -EINVAL;
        return 0;
}

const struct settings_key *settings_key_find(enum settings_section section, const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (keys[i].section == section && strcmp(keys[i].name, name) == 0)
                        return &keys[i];
        return NULL;
}
