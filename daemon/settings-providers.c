/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-providers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "io/private-key.h"
#include "settings-parse.h"

#define PROVIDER_NAME_MAX_BYTES 32
#define PROVIDER_NAME_BYTES     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static struct provider_settings *provider_free(struct provider_settings *provider)
{
        if (!provider)
                return NULL;
        free(provider->name);
        free(provider->issuer);
        free(provider->client_id);
        (void)secret_free(provider->client_secret);
        free(provider->client_secret_file);
        free(provider->client_key_file);
        free(provider->client_key_id);
        (void)private_key_free(provider->client_key);
        free(provider->client_certificate_file);
        free(provider->scope);
        text_pairs_finish(&provider->request_parameters);
        text_pairs_finish(&provider->request_headers);
        text_pairs_finish(&provider->error_aliases);
        free(provider->accept);
        free(provider->login_hint);
        free(provider->subject_claim);
        text_list_finish(&provider->trusted_audiences);
        free(provider->groups_claim);
        parsed_group_sources_finish(provider);
        free(provider->directory_scope);
        free(provider->directory_client_id);
        free(provider->directory_subject);
        free(provider->directory_key_file);
        free(provider->directory_token_endpoint);
        (void)private_key_free(provider->directory_key);
        free(provider->account_source.url);
        free(provider->account_source.path);
        free(provider->account_source.value);
        text_pairs_finish(&provider->require_claim);
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++)
                free(provider->endpoints[i]);
        free(provider->ca_file);
        free(provider->proxy);
        free(provider->username_claim);
        free(provider->strip_suffix);
        free(provider);
        return NULL;
}
DEFINE_CLEANUP(struct provider_settings *, provider_free);

void settings_free_providers(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_providers; i++)
                (void)provider_free(settings->providers[i]);
        free(settings->providers);
        settings->providers = NULL;
        settings->n_providers = 0;
}

const struct provider_settings *settings_provider(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_providers; i++)
                if (strcmp(settings->providers[i]->name, name) == 0)
                        return settings->providers[i];
        return NULL;
}

int settings_add_provider(struct settings *settings, const char *name)
{
        size_t length = strlen(name);

        if (settings_provider(settings, name))
                return 0;
        if (length > PROVIDER_NAME_MAX_BYTES || strspn(name, PROVIDER_NAME_BYTES) != length)
                return -EINVAL;
        _cleanup_(provider_freep) struct provider_settings *provider = calloc(1, sizeof(*provider));
        size_t n = settings->n_providers + 1;
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        struct provider_settings **grown = reallocarray(settings->providers, n, sizeof(*grown));
        settings->providers = grown ? grown : settings->providers;
        if (!grown || !provider || !(provider->name = strdup(name)))
                return -ENOMEM;

        size_t i = settings->n_providers++;
        for (; i > 0 && strcmp(grown[i - 1]->name, name) > 0; i--)
                grown[i] = grown[i - 1];
        grown[i] = TAKE_PTR(provider);
        return 0;
}
