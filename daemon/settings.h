/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the administrator wrote, read and checked once at the start. Everything in it is owned by
 * the struct and does not change. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "core/account-map.h"
#include "core/account-policy.h"
#include "core/oauth-request.h"
#include "core/provider-metadata.h"
#include "settings-report.h"

struct secret;

struct provider_settings {
        char *name, *issuer;
        enum metadata_kind metadata;
        char *client_id;
        enum client_auth client_auth;
        struct secret *client_secret; /* NULL exactly with CLIENT_AUTH_NONE */
        char *client_secret_file;     /* where it came from */
        char *scope;
        /* Set exactly with METADATA_BY_HAND; userinfo_endpoint may be NULL then too. */
        char *device_authorization_endpoint, *token_endpoint, *userinfo_endpoint, *jwks_uri;
        unsigned algorithms;   /* bits of core/jws-algorithm.h */
        char *ca_file, *proxy; /* may be NULL */
        /* NULL: this provider may not name accounts by claim. The defaults in [accounts] are folded
         * in for the default provider only: the same name from another issuer is another person. */
        char *username_claim, *strip_suffix;
};

struct account_settings {
        char *map_file; /* NULL: none */
        struct account_map *map;
        struct account_group *groups;
        size_t n_groups;
        char *groups_claim;
        uid_t min_uid;
        char *username_claim, *strip_suffix; /* until they are folded into a provider; then NULL */
};

struct settings {
        char *default_provider; /* never NULL, and always the name of one of the providers */
        unsigned max_logins, max_logins_per_account, max_logins_per_origin, max_logins_per_minute;
        uint64_t login_timeout_sec;
        struct provider_settings **providers; /* at least one, sorted by name */
        size_t n_providers;
        struct account_settings accounts;
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
