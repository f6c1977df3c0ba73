/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-keys.h"

#include <errno.h>
#include <string.h>

#include "settings.h"

#define PROVIDER_PREFIX "provider "
#define SERVICE_PREFIX  "service "

#define BADGED(field)   SECTION_BADGED, #field
#define PROVIDER(field) SECTION_PROVIDER, #field
#define ACCOUNTS(field) SECTION_ACCOUNTS, #field
#define SERVICE(field)  SECTION_SERVICE, #field
#define IN_BADGED(f)    offsetof(struct settings, f)
#define IN_PROVIDER(f)  offsetof(struct provider_settings, f)
#define IN_ACCOUNTS(f)  offsetof(struct account_settings, f)
#define IN_SERVICE(f)   offsetof(struct service_rules, f)

#define ADDRESS_MEND "write the full https address"
#define YES_NO_MEND  "write yes or no"
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
        {BADGED(session_lifetime), parse_session_lifetime, IN_BADGED(session_lifetime_sec), "none",
         "write a time such as 12h, or leave it out for none"},
        {BADGED(end_login), parse_switch, IN_BADGED(ends_login), "no", YES_NO_MEND},
        {BADGED(owner), parse_owner, IN_BADGED(first_is_owner), "nobody",
         "write first, or leave it out for nobody"},

        {PROVIDER(preset), parse_preset, IN_PROVIDER(preset), NULL,
         "write one of the names in badged-providers(5), or leave it out"},
        {PROVIDER(issuer), parse_issuer, IN_PROVIDER(issuer), NULL,
         "write the issuer as the provider itself does, starting with https://"},
        {PROVIDER(metadata), parse_metadata, IN_PROVIDER(metadata), "oidc",
         "write oidc unless the provider's manual says otherwise"},
        {PROVIDER(flow), parse_flow, IN_PROVIDER(flow), "device",
         "write device for a code, ciba for a push to the person's phone"},
        {PROVIDER(client_id), parse_line, IN_PROVIDER(client_id), NULL,
         "write the client id that the provider gave you"},
        {PROVIDER(client_auth), parse_client_auth, IN_PROVIDER(client_auth), "none",
         "write client_secret_basic for a client with a secret, none for one without"},
        {PROVIDER(device_client_auth), parse_device_client_auth, IN_PROVIDER(asks_as_public), "same",
         "leave it out, or write none for a provider that wants no secret there"},
        {PROVIDER(client_secret_file), parse_secret_place, IN_PROVIDER(client_secret_file), NULL,
         "write a file name, or credential:NAME"},
        {PROVIDER(client_secret_encoding), parse_secret_encoding, IN_PROVIDER(plain_basic), "form",
         "write form, or plain for a provider that does not decode"},
        {PROVIDER(client_key_file), parse_key_place, IN_PROVIDER(client_key_file), NULL,
         "write a file name, a pkcs11: address, or credential:NAME"},
        {PROVIDER(client_key_id), parse_word, IN_PROVIDER(client_key_id), NULL,
         "write the kid under which the provider knows the key"},
        {PROVIDER(client_key_algorithm), parse_algorithm, IN_PROVIDER(key_algorithm), NULL,
         "leave it out for the key's usual algorithm"},
        {PROVIDER(client_assertion_audience), parse_assertion_audience,
         IN_PROVIDER(asserts_to_endpoint), "issuer",
         "leave it out, or write endpoint for a provider that knows no other audience"},
        {PROVIDER(client_certificate_file), parse_path, IN_PROVIDER(client_certificate_file), NULL,
         "write a file name"},
        {PROVIDER(scope), parse_scope, IN_PROVIDER(scope), "openid profile email",
         "write openid and the further scopes with single blanks between them"},
        {PROVIDER(request_parameters), parse_parameters, IN_PROVIDER(request_parameters), NULL,
         "write request_parameters = audience=https://api.example, prompt=consent"},
        {PROVIDER(request_headers), parse_headers, IN_PROVIDER(request_headers), NULL,
         "write request_headers = X-Tenant: corp"},
        {PROVIDER(accept), parse_word, IN_PROVIDER(accept), "application/json",
         "write a media type such as application/json"},
        {PROVIDER(error_aliases), parse_error_aliases, IN_PROVIDER(error_aliases), NULL,
         "write error_aliases = their_code:expired_token"},
        {PROVIDER(login_hint), parse_word, IN_PROVIDER(login_hint), NULL,
         "write login_hint = {account}@example.com"},
        {PROVIDER(pkce), parse_switch, IN_PROVIDER(pkce), "no", YES_NO_MEND},
        {PROVIDER(dpop), parse_dpop, IN_PROVIDER(dpop), "auto",
         "leave it out for auto, or write no or yes"},
        {PROVIDER(device_authorization_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_DEVICE_AUTHORIZATION]), NULL, ADDRESS_MEND},
        {PROVIDER(token_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_TOKEN]), NULL, ADDRESS_MEND},
        {PROVIDER(userinfo_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_USERINFO]), NULL, ADDRESS_MEND},
        {PROVIDER(jwks_uri), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_KEYS]), NULL, ADDRESS_MEND},
        {PROVIDER(authorization_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_AUTHORIZATION]), NULL, ADDRESS_MEND},
        {PROVIDER(backchannel_authentication_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_BACKCHANNEL_AUTHENTICATION]), NULL, ADDRESS_MEND},
        {PROVIDER(revocation_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_REVOCATION]), NULL, ADDRESS_MEND},
        {PROVIDER(introspection_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_INTROSPECTION]), NULL, ADDRESS_MEND},
        {PROVIDER(end_session_endpoint), parse_https_url,
         IN_PROVIDER(endpoints[ENDPOINT_END_SESSION]), NULL, ADDRESS_MEND},
        {PROVIDER(algorithms), parse_algorithms, IN_PROVIDER(algorithms),
         "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512",
         "write RS256, or what the provider signs with"},
        {PROVIDER(ca_file), parse_path, IN_PROVIDER(ca_file), NULL, "write a file name"},
        {PROVIDER(proxy), parse_proxy, IN_PROVIDER(proxy), NULL, "write http://HOST:PORT"},
        {PROVIDER(identity_from), parse_identity_source, IN_PROVIDER(identity_from), "id_token",
         "write id_token for OpenID Connect, userinfo for plain OAuth 2.0"},
        {PROVIDER(subject_claim), parse_word, IN_PROVIDER(subject_claim), "sub", CLAIM_MEND},
        {PROVIDER(trusted_audiences), parse_words, IN_PROVIDER(trusted_audiences), NULL,
         "write the audiences that may stand beside client_id in an id_token"},
        {PROVIDER(username_claim), parse_word, IN_PROVIDER(username_claim), NULL, CLAIM_MEND},
        {PROVIDER(strip_suffix), parse_word, IN_PROVIDER(strip_suffix), NULL,
         "write what stands behind the account's name, such as @example.com"},
        {PROVIDER(groups_claim), parse_word, IN_PROVIDER(groups_claim), NULL,
         "write a claim such as groups, or a path such as /realm_access/roles"},
        {PROVIDER(group_sources), parse_group_sources, 0, NULL,
         "write group_sources = https://api.example.com/me/groups /*/id"},
        {PROVIDER(group_sources_when), parse_sources_when, IN_PROVIDER(group_sources_when),
         "needed", "write needed, or overage"},
        {PROVIDER(group_token), parse_group_token, IN_PROVIDER(group_token), "person",
         "write person, or client"},
        {PROVIDER(directory_scope), parse_line, IN_PROVIDER(directory_scope), NULL,
         "write the scope that the directory asks of a client"},
        {PROVIDER(directory_key_file), parse_key_place, IN_PROVIDER(directory_key_file), NULL,
         "write a file name, a pkcs11: address, or credential:NAME"},
        {PROVIDER(directory_client_id), parse_word, IN_PROVIDER(directory_client_id), NULL,
         "write the service account's name"},
        {PROVIDER(directory_subject), parse_word, IN_PROVIDER(directory_subject), NULL,
         "write in whose name it asks"},
        {PROVIDER(directory_token_endpoint), parse_https_url,
         IN_PROVIDER(directory_token_endpoint), NULL, ADDRESS_MEND},
        {PROVIDER(account_source), parse_account_source, 0, NULL,
         "write account_source = https://api.example.com/users/{sub} /enabled=true"},
        {PROVIDER(require_claim), parse_parameters, IN_PROVIDER(require_claim), NULL,
         "write require_claim = department=ops"},
        {PROVIDER(validate), parse_validate, IN_PROVIDER(validate), NULL,
         "write userinfo, introspection, or both"},
        {PROVIDER(keep_tokens), parse_switch, IN_PROVIDER(keep_tokens), "no", YES_NO_MEND},
        {PROVIDER(tokens_for_people), parse_switch, IN_PROVIDER(tokens_for_people), "no",
         YES_NO_MEND},

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

        {SERVICE(max_age), parse_max_age, IN_SERVICE(max_age_sec), "0",
         "write a time such as 15min, or leave it out to have each login approved"},
        {SERVICE(recheck), parse_switch, IN_SERVICE(recheck), "no", YES_NO_MEND},
        {SERVICE(offline), parse_offline, 0, "deny",
         "write deny, allow-for 4h, or totp"},
        {SERVICE(offline_limit), parse_offline_limit, IN_SERVICE(offline_limit_sec), "7d",
         "write a time such as 2d, or leave it out for 7d"},
        {SERVICE(second_factor), parse_second_factor, IN_SERVICE(wants_totp), "none",
         "write totp, or leave it out for none"},
};
/* clang-format on */

size_t settings_keys(const struct settings_key **ret_keys)
{
        *ret_keys = keys;
        return ELEMENTSOF(keys);
}

/* What follows the prefix; NULL when the section has another one. */
static const char *name_behind(const char *section, const char *prefix)
{
        size_t length = strlen(prefix);

        return strncmp(section, prefix, length) == 0 ? section + length : NULL;
}

int settings_section_from_line(const char *section, enum settings_section *ret_section,
                               const char **ret_name)
{
        const char *provider = name_behind(section, PROVIDER_PREFIX);
        const char *service = name_behind(section, SERVICE_PREFIX);

        *ret_name = provider ? provider : service;
        if (strcmp(section, "badged") == 0)
                *ret_section = SECTION_BADGED;
        else if (strcmp(section, "accounts") == 0)
                *ret_section = SECTION_ACCOUNTS;
        else if (provider)
                *ret_section = SECTION_PROVIDER;
        else if (service)
                *ret_section = SECTION_SERVICE;
        else
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
