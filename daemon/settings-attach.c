/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that the settings name: secrets, certificates, the map. Read once, at the start. */
#include "settings-check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "core/account-map.h"
#include "io/private-key.h"
#include "io/secret-file.h"

#define SECTION_NAME_MAX_BYTES 64
#define SECRET_MAX_BYTES       4096
#define CA_MAX_BYTES           (4 * 1024 * 1024)
#define CREDENTIAL_PREFIX      "credential:"
#define CERTIFICATE_MEND       "make it a PEM file that belongs to root, mode 0644"
#define CREDENTIAL_MEND        "add LoadCredential=NAME:FILE to badged.service"

struct attaching {
        const struct settings_entries *entries;
        struct settings_report *report;
};

/* 0 so that the rest is looked at too, except for -ENOMEM. */
static int blame(const struct attaching *attaching, const char *section, const char *key, int r,
                 const char *why, const char *mend)
{
        if (r == -ENOMEM)
                return r;
        const struct settings_place place = settings_entries_place(attaching->entries, section,
                                                                   key);
        settings_report_add(attaching->report, SETTINGS_ERROR, &place, mend, "cannot be used: %s",
                            settings_file_reason(r, why));
        return 0;
}

static bool provider_uses_secret(const struct provider_settings *provider)
{
        return provider->client_auth == CLIENT_AUTH_SECRET_BASIC ||
               provider->client_auth == CLIENT_AUTH_SECRET_POST ||
               provider->client_auth == CLIENT_AUTH_SECRET_JWT;
}

static bool provider_uses_certificate(const struct provider_settings *provider)
{
        return provider->client_auth == CLIENT_AUTH_TLS ||
               provider->client_auth == CLIENT_AUTH_SELF_SIGNED_TLS;
}

static int attach_secret(const struct attaching *attaching, struct provider_settings *provider,
                         const char *section)
{
        size_t prefix = strlen(CREDENTIAL_PREFIX);
        const char *place = provider->client_secret_file, *why = NULL;
        int r;

        if (!place || !provider_uses_secret(provider))
                return 0;
        if (strncmp(place, CREDENTIAL_PREFIX, prefix) == 0) {
                r = secret_credential_read(place + prefix, SECRET_MAX_BYTES,
                                           &provider->client_secret, &why);
                return r < 0 ? blame(attaching, section, "client_secret_file", r, why,
                                     CREDENTIAL_MEND)
                             : 0;
        }
        r = secret_file_read(place, SECRET_MAX_BYTES, &provider->client_secret, &why);
        return r < 0 ? blame(attaching, section, "client_secret_file", r, why,
                             "make it a file of root:badged with mode 0640")
                     : 0;
}

static int attach_key(const struct attaching *attaching, const char *section, const char *name,
                      const char *place, struct private_key **ret_key)
{
        const char *why = NULL;
        int r = private_key_load(place, ret_key, &why);

        if (r >= 0)
                return 0;
        if (private_key_is_elsewhere(place))
                /* Not a file that does not exist. */
                return blame(attaching, section, name, r == -ENOENT ? -ENOKEY : r, why,
                             "compare the address with the token, set OpenSSL up for it, and name "
                             "the file with the PIN by pin-source=file:/PATH");
        if (strncmp(place, CREDENTIAL_PREFIX, strlen(CREDENTIAL_PREFIX)) == 0)
                return blame(attaching, section, name, r, why, CREDENTIAL_MEND);
        return blame(attaching, section, name, r, why,
                     "make it a PEM file of root:badged with mode 0640");
}

/* With a TLS method the key is read anew for each request, but a wrong one is told now. */
static int attach_keys(const struct attaching *attaching, struct provider_settings *provider,
                       const char *section)
{
        bool signs = provider->client_auth == CLIENT_AUTH_PRIVATE_KEY_JWT;
        int r = 0;

        if (provider->client_key_file && (signs || provider_uses_certificate(provider)))
                r = attach_key(attaching, section, "client_key_file", provider->client_key_file,
                               &provider->client_key);
        if (r >= 0 && provider->directory_key_file)
                r = attach_key(attaching, section, "directory_key_file",
                               provider->directory_key_file, &provider->directory_key);
        return r;
}

static int read_certificates(const char *file, char **ret_text, size_t *ret_size,
                             const char **ret_why)
{
        int r = trusted_file_read(file, CA_MAX_BYTES, ret_text, ret_size, ret_why);
        if (r >= 0 && !strstr(*ret_text, "-----BEGIN CERTIFICATE-----")) {
                r = -EBADMSG;
                *ret_why = "it holds no certificate in PEM form";
        }
        return r;
}

/* Such a file is opened when a connection is made; this finds out now that it can be. */
static int try_ca_file(const struct attaching *attaching, const char *section, const char *file)
{
        _cleanup_free_ char *text = NULL;
        const char *why = NULL;
        size_t size = 0;

        if (!file)
                return 0;
        int r = read_certificates(file, &text, &size, &why);
        return r < 0 ? blame(attaching, section, "ca_file", r, why, CERTIFICATE_MEND) : 0;
}

/* The public half of a key that stays in its token need not be there to compare. */
static int try_client_certificate(const struct attaching *attaching, const char *section,
                                  const struct provider_settings *provider)
{
        _cleanup_free_ char *text = NULL;
        const char *mend = CERTIFICATE_MEND, *why = NULL;
        size_t size = 0;

        if (!provider->client_certificate_file || !provider_uses_certificate(provider))
                return 0;
        int r = read_certificates(provider->client_certificate_file, &text, &size, &why);
        if (r >= 0 && provider->client_key &&
            !private_key_is_elsewhere(provider->client_key_file)) {
                r = private_key_check_certificate(provider->client_key, text, size, &why);
                mend = "write the names of a key and of the certificate that was made for it";
        }
        return r < 0 ? blame(attaching, section, "client_certificate_file", r, why, mend) : 0;
}

static int attach_map(const struct attaching *attaching, struct account_settings *accounts)
{
        _cleanup_free_ char *text = NULL;
        const char *why = NULL;
        size_t size = 0;
        struct settings_place place = {.file = accounts->map_file};

        if (!accounts->map_file)
                return 0;
        int r = trusted_file_read(accounts->map_file, ACCOUNT_MAP_MAX_BYTES, &text, &size, &why);
        if (r < 0)
                return blame(attaching, "accounts", "map_file", r, why,
                             "make it a file that belongs to root, mode 0644 or less");
        r = account_map_parse(text, size, &accounts->map, &place.line, &why);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                settings_report_add(attaching->report, SETTINGS_ERROR, &place,
                                    "write ACCOUNT = ISSUER SUBJECT or "
                                    "ACCOUNT = PROVIDER:CLAIM=VALUE",
                                    "%s", why);
        return 0;
}

int settings_attach_files(struct settings *settings, const struct settings_entries *entries,
                          struct settings_report *report)
{
        const struct attaching attaching = {entries, report};
        char section[SECTION_NAME_MAX_BYTES];

        for (size_t i = 0; i < settings->n_providers; i++) {
                struct provider_settings *provider = settings->providers[i];
                (void)snprintf(section, sizeof(section), "provider %s", provider->name);
                int r = attach_secret(&attaching, provider, section);
                if (r >= 0)
                        r = attach_keys(&attaching, provider, section);
                if (r >= 0)
                        r = try_ca_file(&attaching, section, provider->ca_file);
                if (r >= 0)
                        r = try_client_certificate(&attaching, section, provider);
                if (r < 0)
                        return r;
        }
        return attach_map(&attaching, &settings->accounts);
}
