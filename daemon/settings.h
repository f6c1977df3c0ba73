/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the administrator wrote, read and checked once at the start. Everything in it is owned by
 * the struct and does not change. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "core/account-map.h"
#include "core/account-policy.h"
#include "core/directory-page.h"
#include "core/oauth-request.h"
#include "core/provider-metadata.h"
#include "core/text-list.h"
#include "core/text-pairs.h"
#include "settings-report.h"

struct private_key;
struct provider_preset;
struct secret;

/* How a person is asked. */
enum provider_flow {
        FLOW_DEVICE,      /* RFC 8628: a code, typed in or photographed */
        FLOW_BACKCHANNEL, /* CIBA: the provider rings the person's phone */
};

/* Where it says who approved. */
enum identity_source {
        IDENTITY_FROM_ID_TOKEN, /* OpenID Connect: signed */
        IDENTITY_FROM_USERINFO, /* plain OAuth 2.0: what the API says about the token's owner */
};

enum dpop_use {
        DPOP_AUTO, /* for tokens that are kept by a public client, where the provider takes it */
        DPOP_NO,
        DPOP_YES,
};

enum group_sources_when {
        GROUP_SOURCES_NEEDED,  /* whenever the account's rule is about groups */
        GROUP_SOURCES_OVERAGE, /* only when the id_token says that they did not fit into it */
};

enum group_token {
        GROUP_TOKEN_PERSON, /* the token that the approval brought */
        GROUP_TOKEN_CLIENT, /* one of client_credentials */
};

/* What a service does when a person is to be checked again and the provider is out of reach. */
enum offline_rule {
        OFFLINE_DENY,
        OFFLINE_ALLOW_FOR, /* a while after the provider last said yes */
        OFFLINE_TOTP,      /* the same, and a one-time code */
};

/* Bits: what else a token must stand before it counts. */
#define VALIDATE_USERINFO      (1U << 0)
#define VALIDATE_INTROSPECTION (1U << 1)

/* A document that says whether the account still stands at the provider. */
struct account_source {
        char *url; /* {CLAIM} stands for a claim of the identity; NULL: there is none */
        char *path, *value;
};

struct provider_settings {
        char *name, *issuer;
        const struct provider_preset *preset; /* NULL: none */
        enum metadata_kind metadata;
        enum provider_flow flow;
        char *client_id;
        enum client_auth client_auth;
        bool asks_as_public;          /* for a code: without secret or key, by client_id alone */
        struct secret *client_secret; /* NULL where the method needs none */
        char *client_secret_file;     /* where it came from */
        bool plain_basic;             /* id and secret are not form-encoded before base64 */
        bool asserts_to_endpoint; /* the address that is asked is the audience, not the issuer */
        char *client_key_file;    /* a file, pkcs11:…, credential:NAME; NULL: none */
        char *client_key_id;      /* may be NULL */
        unsigned key_algorithm;   /* one bit of core/jws-algorithm.h; 0: the key's usual one */
        struct private_key *client_key; /* NULL unless private_key_jwt is used */
        char *client_certificate_file;  /* NULL unless a TLS method is used */
        char *scope;
        struct text_pairs request_parameters, request_headers, error_aliases;
        char *accept;     /* media type */
        char *login_hint; /* {account} stands for the account; NULL: none is sent */
        bool pkce;        /* with the device grant, too */
        enum dpop_use dpop;
        enum identity_source identity_from;
        char *subject_claim;
        struct text_list trusted_audiences;
        char *groups_claim; /* NULL: that of [accounts] */
        struct group_source *group_sources;
        size_t n_group_sources;
        enum group_sources_when group_sources_when;
        enum group_token group_token;
        char *directory_scope; /* of the client's or the service account's token; may be NULL */
        /* The service account that the directory is asked as; all NULL: the client itself. */
        char *directory_client_id, *directory_subject, *directory_key_file,
                *directory_token_endpoint;
        struct private_key *directory_key;
        struct account_source account_source;
        struct text_pairs require_claim;
        unsigned validate;
        bool keep_tokens, tokens_for_people;
        char *endpoints[PROVIDER_ENDPOINTS]; /* in place of the metadata's; may be NULL */
        unsigned algorithms;                 /* bits of core/jws-algorithm.h */
        char *ca_file, *proxy;               /* may be NULL */
        /* NULL: this provider may not name accounts by claim. The defaults in [accounts] are folded
         * in where settings_names_accounts_alike(). */
        char *username_claim, *strip_suffix;
};

struct account_settings {
        char *map_file; /* NULL: none */
        struct account_map *map;
        struct account_group *groups;
        size_t n_groups;
        char *groups_claim;
        uid_t min_uid;
        char *username_claim, *strip_suffix; /* of those that name accounts alike */
};

/* What one PAM service demands beyond what all of them do. */
struct service_rules {
        char *name;           /* NULL in the rules of those that have no section */
        uint64_t max_age_sec; /* how long the provider's word for a session counts; 0: not at all */
        bool recheck;         /* the account phase too, which follows a public key */
        enum offline_rule offline;
        uint64_t offline_for_sec;   /* OFFLINE_ALLOW_FOR: how long after the provider's word */
        uint64_t offline_limit_sec; /* OFFLINE_TOTP: likewise */
        bool wants_totp;            /* an approval alone is not enough */
};

struct settings {
        char *default_provider; /* never NULL, and always the name of one of the providers */
        unsigned max_logins, max_logins_per_account, max_logins_per_origin, max_logins_per_minute;
        uint64_t login_timeout_sec;
        uint64_t session_lifetime_sec;        /* 0: no end is set */
        bool ends_login;                      /* with a session its login session ends */
        bool first_is_owner;                  /* who is granted a login while there is no owner */
        struct provider_settings **providers; /* at least one, sorted by name */
        size_t n_providers;
        struct account_settings accounts;
        struct service_rules **services; /* sorted by name */
        size_t n_services;
        struct service_rules other_services;
};

/* Reads the folders (a list that ends in NULL; NULL for the vendor's, /run's and /etc's), reads the
 * secrets and the map that they name, and checks it all in one pass. The report, which the caller
 * finishes, has every problem found. 0; -EINVAL when the report has an error; -ENOMEM. */
int settings_load(const char *const *folders, struct settings **ret_settings,
                  struct settings_report *report);
struct settings *settings_free(struct settings *settings);
DEFINE_CLEANUP(struct settings *, settings_free);

/* NULL when there is none of that name. */
const struct provider_settings *settings_provider(const struct settings *settings,
                                                  const char *name);

/* Never NULL: services without a section have the defaults. */
const struct service_rules *settings_service(const struct settings *settings, const char *name);

/* True for the default provider, and for others of its issuer (another client, or another flow):
 * [accounts] speaks of these. The same name, or group, from another issuer is another one. */
bool settings_names_accounts_alike(const struct settings *settings,
                                   const struct provider_settings *provider);
