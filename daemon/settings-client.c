/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a client has what its method proves it with, and whether that is any good. */
#include "settings-check.h"

#include <stdio.h>
#include <string.h>

#include "common/secret.h"
#include "core/jwt-sign.h"
#include "io/private-key.h"

struct client_check {
        const struct provider_settings *provider;
        const char *section;
        const struct settings_entries *entries;
        struct settings_report *report;
};

struct client_needs {
        bool secret, key, certificate;
};

static void complain(const struct client_check *check, enum settings_severity severity,
                     const char *key, const char *mend, const char *reason)
{
        const struct settings_place place = settings_entries_place(check->entries, check->section,
                                                                   key);
        settings_report_add(check->report, severity, &place, mend, "%s", reason);
}

static bool is_written(const struct client_check *check, const char *key)
{
        return settings_entries_find(check->entries, check->section, key) != NULL;
}

static void demand(const struct client_check *check, bool is_needed, const char *key,
                   const char *mend)
{
        if (is_needed && !is_written(check, key))
                complain(check, SETTINGS_ERROR, key, mend, "is missing");
}

static struct client_needs needs_of(enum client_auth method)
{
        switch (method) {
        case CLIENT_AUTH_NONE:
                break;
        case CLIENT_AUTH_SECRET_BASIC:
        case CLIENT_AUTH_SECRET_POST:
        case CLIENT_AUTH_SECRET_JWT:
                return (struct client_needs){.secret = true};
        case CLIENT_AUTH_PRIVATE_KEY_JWT:
                return (struct client_needs){.key = true};
        case CLIENT_AUTH_TLS:
        case CLIENT_AUTH_SELF_SIGNED_TLS:
                return (struct client_needs){.key = true, .certificate = true};
        }
        return (struct client_needs){0};
}

static void check_what_is_missing(const struct client_check *check,
                                  const struct client_needs *needs)
{
        demand(check, true, "client_id", "write the client id that the provider gave you");
        demand(check, needs->secret, "client_secret_file",
               "write the name of a file, root:badged 0640, or credential:NAME");
        demand(check, needs->key, "client_key_file",
               "write the name of a file, root:badged 0640, or pkcs11:…");
        demand(check, needs->certificate, "client_certificate_file",
               "write the name of a PEM file, mode 0644");
}

/* ---- what is written and has no effect ---- */

static void check_what_is_idle(const struct client_check *check, const struct client_needs *needs)
{
        const struct provider_settings *provider = check->provider;
        bool signs = provider->client_auth == CLIENT_AUTH_PRIVATE_KEY_JWT;
        const struct {
                const char *key;
                bool is_used;
                const char *reason, *mend;
        } keys[] = {
                {"client_secret_file", needs->secret,
                 provider->client_auth == CLIENT_AUTH_NONE
                         ? "is not used: client_auth is none"
                         : "is not used: client_auth needs no secret",
                 "set client_auth = client_secret_basic, or remove it"},
                {"client_secret_encoding", provider->client_auth == CLIENT_AUTH_SECRET_BASIC,
                 "is not used: only client_secret_basic encodes", "remove it"},
                {"client_key_file", needs->key, "is not used: client_auth needs no key",
                 "set client_auth = private_key_jwt, or remove it"},
                {"client_key_id", signs, "is not used: only private_key_jwt names a key",
                 "remove it"},
                {"client_key_algorithm", signs,
                 "is not used: only private_key_jwt signs with a key", "remove it"},
                {"client_assertion_audience",
                 signs || provider->client_auth == CLIENT_AUTH_SECRET_JWT,
                 "is not used: only private_key_jwt and client_secret_jwt have one", "remove it"},
                {"client_certificate_file", needs->certificate,
                 "is not used: client_auth needs no certificate",
                 "set client_auth = tls_client_auth, or remove it"},
        };

        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (!keys[i].is_used && is_written(check, keys[i].key))
                        complain(check, SETTINGS_WARNING, keys[i].key, keys[i].mend,
                                 keys[i].reason);
}

/* ---- what no request could be made with ---- */

static void check_secret(const struct client_check *check)
{
        const struct provider_settings *provider = check->provider;

        if (provider->client_auth == CLIENT_AUTH_SECRET_JWT && provider->client_secret &&
            secret_size(provider->client_secret) < JWT_HMAC_KEY_MIN_BYTES)
                complain(check, SETTINGS_ERROR, "client_secret_file",
                         "have the provider make a longer secret, or set client_auth = "
                         "client_secret_basic",
                         "cannot be used: client_secret_jwt needs a secret of 32 bytes or more");
        if (provider->client_auth == CLIENT_AUTH_SECRET_BASIC && provider->plain_basic &&
            provider->client_id && strchr(provider->client_id, ':'))
                complain(check, SETTINGS_ERROR, "client_id",
                         "remove client_secret_encoding, or set client_auth = client_secret_post",
                         "has a colon, where its plain form would end");
}

static void check_key(const struct client_check *check)
{
        const struct provider_settings *provider = check->provider;

        if (provider->client_auth != CLIENT_AUTH_PRIVATE_KEY_JWT || !provider->client_key)
                return;
        unsigned algorithms = jwt_key_algorithms(private_key_evp(provider->client_key));
        if (algorithms == 0)
                complain(check, SETTINGS_ERROR, "client_key_file",
                         "make a new key, such as openssl genpkey -algorithm EC -pkeyopt "
                         "ec_paramgen_curve:P-256",
                         "cannot be used: the key is neither RSA of 2048 to 8192 bits nor EC on "
                         "P-256, P-384 or P-521");
        else if (provider->key_algorithm && !(provider->key_algorithm & algorithms))
                complain(check, SETTINGS_ERROR, "client_key_algorithm",
                         "leave it out for the key's usual algorithm",
                         "does not go with the key in client_key_file");
}

void settings_check_client(const struct provider_settings *provider, const char *section,
                           const struct settings_entries *entries, struct settings_report *report)
{
        const struct client_check check = {provider, section, entries, report};
        const struct client_needs needs = needs_of(provider->client_auth);

        check_what_is_idle(&check, &needs);
        check_what_is_missing(&check, &needs);
        check_secret(&check);
        check_key(&check);
}
