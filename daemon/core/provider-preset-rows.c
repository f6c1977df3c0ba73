/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/provider-preset-rows.h"

#include "common/cleanup.h"

#define TENANT_WHY "stands for many tenants, so no identity can be told from another tenant's"
#define SLASH_WHY  "does not end with the slash that this provider writes"

/* clang-format off */
static const struct provider_preset rows[] = {
        {.name = "github", .title = "GitHub",
         .issuer_form = "write https://HOST/login/oauth, or nothing for github.com",
         .switch_on = "tick \"Enable Device Flow\" in the settings of the OAuth app",
         .settings = {
                 {"issuer", "https://github.com/login/oauth"},
                 {"metadata", "by-hand"},
                 {"device_authorization_endpoint", "https://github.com/login/device/code"},
                 {"token_endpoint", "https://github.com/login/oauth/access_token"},
                 {"authorization_endpoint", "https://github.com/login/oauth/authorize"},
                 {"userinfo_endpoint", "https://api.github.com/user"},
                 {"accept", "application/json"},
                 {"scope", "read:org"},
                 {"identity_from", "userinfo"},
                 {"subject_claim", "id"},
                 {"error_aliases", "token_expired:expired_token"},
                 /* Names of organisations have no slash, so none of them looks like a team. */
                 {"group_sources", "https://api.github.com/user/orgs?per_page=100 /*/login link, "
                                   "https://api.github.com/user/teams?per_page=100 "
                                   "/*={/organization/login}/{/slug} link"},
         },
         .mends = {
                 {"device_flow_disabled", "tick \"Enable Device Flow\" in the app's settings at "
                                          "GitHub"},
                 {"incorrect_client_credentials", "compare client_id with the one of the OAuth "
                                                  "app at GitHub"},
                 {"incorrect_device_code", "start anew; GitHub no longer knows this code"},
         }},
        {.name = "google", .title = "Google",
         .issuer_form = "leave it out: it is https://accounts.google.com",
         .switch_on = "create an OAuth client of the type \"TVs and Limited Input devices\"",
         .settings = {
                 {"issuer", "https://accounts.google.com"},
                 {"client_auth", "client_secret_post"},
                 {"device_client_auth", "none"},
                 {"error_aliases", "rate_limit_exceeded:slow_down"},
         },
         .mends = {
                 {"limited input", "make the client at Google one of the type \"TVs and Limited "
                                   "Input devices\""},
                 {"device flow scope", "leave all but openid, profile and email out of scope: "
                                       "Google gives devices little else"},
                 {"client_secret", "name the client's secret in client_secret_file: Google asks "
                                   "devices for it, too"},
                 {"admin_policy_enforced", "allow the client under API controls in the Google "
                                           "Workspace admin console"},
                 {"org_internal", "let people of the client's own Google Workspace sign in, or "
                                  "make the client an external one"},
                 {"rate_limit_exceeded", "wait, or raise the quota of the project in the Google "
                                         "Cloud console"},
         }},
        {.name = "entra", .title = "Microsoft Entra ID",
         .issuer_form = "write https://login.microsoftonline.com/TENANT-ID/v2.0",
         .switch_on = "set \"Allow public client flows\" to Yes, and see that no conditional "
                      "access policy blocks the device code flow",
         .settings = {
                 {"scope", "openid profile User.Read"},
                 {"error_aliases", "authorization_declined:access_denied, "
                                   "code_expired:expired_token"},
                 {"group_sources",
                  "https://graph.microsoft.com/v1.0/me/transitiveMemberOf?$select=id&$top=999 "
                  "/value/*/id /@odata.nextLink"},
                 {"group_sources_when", "overage"},
                 {"group_token", "person"},
         },
         .mends = {
                 {"AADSTS7000218", "set \"Allow public client flows\" to Yes under Authentication "
                                   "of the app registration"},
                 {"AADSTS53003", "exempt this app from the conditional access policy that blocks "
                                 "the device code flow"},
                 {"AADSTS50105", "assign the person or one of their groups to the enterprise "
                                 "application"},
                 {"AADSTS65001", "let an administrator consent to the permissions of the app "
                                 "registration"},
                 {"AADSTS700016", "compare client_id and the tenant of issuer with the app "
                                  "registration"},
                 {"AADSTS90002", "compare the tenant of issuer with the directory (tenant) id"},
                 {"AADSTS70011", "ask for scopes that the app registration lists under API "
                                 "permissions"},
                 {"bad_verification_code", "start anew; Entra no longer knows this code"},
         },
         .issuer_rules = {
                 {"common", NULL, TENANT_WHY},
                 {"organizations", NULL, TENANT_WHY},
                 {"consumers", NULL, TENANT_WHY},
                 {"{tenantid}", NULL, TENANT_WHY},
                 {NULL, "/v2.0", "does not end with /v2.0"},
         }},
        {.name = "gitlab", .title = "GitLab",
         .issuer_form = "write https://gitlab.com, or the address of your own GitLab without a "
                        "slash at its end",
         .switch_on = "clear \"Confidential\" and tick openid, profile and email in the "
                      "application",
         .mends = {
                 {"invalid_scope", "tick the scopes that are asked for in the application at "
                                   "GitLab"},
                 {"unauthorized_client", "clear \"Confidential\" in the application at GitLab, or "
                                         "give its secret here"},
         }},
        {.name = "okta", .title = "Okta",
         .issuer_form = "write https://ORG.okta.com/oauth2/default, or https://ORG.okta.com",
         .switch_on = "make it a native application with the grant type \"Device Authorization\", "
                      "and tick that grant in a rule of the authorization server's access policy",
         .mends = {
                 {"policy evaluation failed", "tick \"Device Authorization\" in a rule of the "
                                              "authorization server's access policy at Okta, and "
                                              "assign the application to it"},
                 {"unauthorized_client", "tick the grant type \"Device Authorization\" in the "
                                         "application at Okta; only native applications have it"},
                 {"not assigned", "assign the person or one of their groups to the application at "
                                  "Okta"},
                 {"invalid_scope", "ask for scopes that this authorization server of Okta knows"},
         }},
        {.name = "auth0", .title = "Auth0",
         .issuer_form = "write https://TENANT.auth0.com/ with the slash",
         .switch_on = "make it a native application, tick the grant type \"Device Code\" under "
                      "its advanced settings, and switch a connection on for it",
         .settings = {
                 {"device_client_auth", "none"},
         },
         .mends = {
                 {"unauthorized_client", "tick the grant type \"Device Code\" under the advanced "
                                         "settings of the application at Auth0"},
                 {"no connections", "switch a connection on for the application at Auth0"},
                 {"oidc-conformant", "switch \"OIDC Conformant\" on under the advanced settings "
                                     "of the application at Auth0"},
         },
         .issuer_rules = {{NULL, "/", SLASH_WHY}}},
        {.name = "keycloak", .title = "Keycloak",
         .issuer_form = "write https://HOST/realms/REALM",
         .switch_on = "tick \"OAuth 2.0 Device Authorization Grant\" in the capabilities of the "
                      "client",
         .mends = {
                 {"device authorization grant", "tick \"OAuth 2.0 Device Authorization Grant\" in "
                                                "the capabilities of the client at Keycloak"},
                 {"realm does not exist", "compare the realm in issuer with its name at Keycloak, "
                                          "letter by letter"},
                 {"invalid_scope", "assign the client scopes that are asked for to the client at "
                                   "Keycloak"},
         }},
        {.name = "authentik", .title = "authentik",
         .issuer_form = "write https://HOST/application/o/SLUG/ with the slash",
         .switch_on = "give the brand a device code flow: authentik has none of its own",
         .settings = {
                 {"device_client_auth", "none"},
         },
         .mends = {
                 {"slow_down", "raise throttle.providers.oauth2.device of authentik: by default "
                               "it gives an address 20 codes an hour"},
                 {"invalid_client", "compare client_id with the provider at authentik, and see "
                                    "that an application uses that provider"},
         },
         .issuer_rules = {{NULL, "/", SLASH_WHY}}},
        {.name = "authelia", .title = "Authelia",
         .issuer_form = "write https://HOST, by which people reach Authelia",
         .switch_on = "list the device code grant among grant_types of the client, and groups "
                      "among its scopes",
         .settings = {
                 {"scope", "openid profile email groups"},
         },
         .mends = {
                 {"unauthorized_client", "list urn:ietf:params:oauth:grant-type:device_code among "
                                         "grant_types of the client in Authelia's configuration"},
                 {"invalid_scope", "list openid, profile, email and groups among scopes of the "
                                   "client in Authelia's configuration"},
                 {"invalid_client", "compare client_id, and client_auth with "
                                    "device_authorization_endpoint_auth_method and "
                                    "token_endpoint_auth_method of the client in Authelia's "
                                    "configuration"},
         }},
        {.name = "zitadel", .title = "ZITADEL",
         .issuer_form = "write https://INSTANCE.zitadel.cloud, or the address of your own",
         .switch_on = "make it a native application with the grant type \"Device Code\", and give "
                      "people a role in its project, which asserts roles on authentication",
         .settings = {
                 /* an object with a member for each role */
                 {"groups_claim", "/urn:zitadel:iam:org:project:roles/~*"},
         },
         .mends = {
                 {"unauthorized_client", "tick the grant type \"Device Code\" in the application "
                                         "at ZITADEL"},
                 {"invalid_client", "compare client_id with the application at ZITADEL; without a "
                                    "secret its authentication method is None"},
         }},
        {.name = "dex", .title = "Dex",
         .issuer_form = "write issuer of Dex's configuration, with its path",
         .switch_on = "list the device code grant under oauth2.grantTypes, if that list is there, "
                      "and give the client public: true",
         .settings = {
                 {"scope", "openid profile email groups"},
                 {"pkce", "yes"},
         },
         .mends = {
                 {"unsupported_grant_type", "list urn:ietf:params:oauth:grant-type:device_code "
                                            "under oauth2.grantTypes of Dex"},
                 {"invalid_client", "give the client public: true in Dex, or set client_auth = "
                                    "client_secret_post"},
         }},
        {.name = "hydra", .title = "Ory Hydra",
         .issuer_form = "write urls.self.issuer of Hydra's configuration, slash and all",
         .switch_on = "give the client the device code grant, and Hydra a device verification "
                      "page (urls.device.verification)",
         .settings = {
                 {"scope", "openid"},
         },
         .mends = {
                 {"invalid_scope", "allow the client the scopes that are asked for (hydra update "
                                   "oauth2-client --scope)"},
                 {"unauthorized_client", "allow the client the grant type "
                                         "urn:ietf:params:oauth:grant-type:device_code"},
         }},
        {.name = "kanidm", .title = "Kanidm",
         .issuer_form = "write https://HOST/oauth2/openid/CLIENT-ID",
         .switch_on = "build Kanidm with the device flow, which its releases leave out, and "
                      "switch it on for the client",
         .settings = {
                 {"scope", "openid profile email groups"},
         },
         .mends = {
                 {"access_denied", "map a group of the person to the scopes that are asked for "
                                   "(kanidm system oauth2 update-scope-map)"},
         }},
        {.name = "pocket-id", .title = "Pocket ID",
         .issuer_form = "write APP_URL of Pocket ID, without a slash at its end",
         .switch_on = "make it a public client, and allow people's groups to use it",
         .settings = {
                 {"scope", "openid profile email groups"},
         }},
        {.name = "oidc", .title = "any OpenID provider",
         .issuer_form = "write issuer of its /.well-known/openid-configuration, letter by letter",
         .switch_on = "allow the client the device authorization grant (RFC 8628)"},
        {.name = "oauth2", .title = "any OAuth 2.0 server",
         .issuer_form = "write issuer of its metadata, or with metadata = by-hand an https address "
                        "that no other server has",
         .switch_on = "allow the client the device authorization grant (RFC 8628)",
         .settings = {
                 {"metadata", "rfc8414"},
                 {"identity_from", "userinfo"},
         }},
};
/* clang-format on */

size_t provider_preset_rows(const struct provider_preset **ret_rows)
{
        *ret_rows = rows;
        return ELEMENTSOF(rows);
}
