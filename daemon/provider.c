/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "provider.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"
#include "core/jwks.h"
#include "core/oauth-response.h"
#include "log.h"

#define METADATA_MAX_BYTES ((size_t)512 * 1024)

struct provider {
        sd_event *event;
        struct http_client *http;
        const struct provider_settings *settings;
        struct provider_metadata metadata; /* issuer NULL: not known yet */
        struct jwks *jwks;
        struct document *metadata_document; /* never fetched when the endpoints are set by hand */
        struct document *keys_document;
        char *dpop_nonce;
};

/* What the document must tell, because the settings do not. */
static unsigned endpoints_needed(const struct provider_settings *settings)
{
        unsigned needed = ENDPOINT_BIT(ENDPOINT_TOKEN);

        switch (settings->flow) {
        case FLOW_DEVICE:
                needed |= ENDPOINT_BIT(ENDPOINT_DEVICE_AUTHORIZATION);
                break;
        case FLOW_BACKCHANNEL:
                needed |= ENDPOINT_BIT(ENDPOINT_BACKCHANNEL_AUTHENTICATION);
                break;
        }
        needed |= ENDPOINT_BIT(settings->identity_from == IDENTITY_FROM_ID_TOKEN
                                       ? ENDPOINT_KEYS
                                       : ENDPOINT_USERINFO);
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++)
                if (settings->endpoints[i])
                        needed &= ~ENDPOINT_BIT(i);
        return needed;
}

/* The settings' addresses in place of the document's: a broker that holds the client's secret may
 * stand before some of them. Its TLS aliases do not count then. */
static int take_endpoints(const struct provider_settings *settings,
                          struct provider_metadata *metadata)
{
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++) {
                char *copy = NULL;
                if (!settings->endpoints[i])
                        continue;
                int r = text_copy(settings->endpoints[i], &copy);
                if (r < 0)
                        return r;
                free(metadata->endpoints[i]);
                metadata->endpoints[i] = copy;
                free(TAKE_PTR(metadata->mtls_endpoints[i]));
        }
        return 0;
}

/* Same addresses, same keys: only a changed jwks_uri starts anew. */
static int on_metadata(void *owner, const char *body, size_t size, const char **ret_why)
{
        struct provider *provider = owner;
        _cleanup_(provider_metadata_finish) struct provider_metadata metadata = {0};

        int r = provider_metadata_parse(body, size, provider->settings->issuer,
                                        endpoints_needed(provider->settings), &metadata, ret_why);
        if (r >= 0)
                r = take_endpoints(provider->settings, &metadata);
        if (r < 0) {
                if (r == -ENOMEM)
                        *ret_why = "out of memory";
                return r;
        }
        provider_metadata_finish(&provider->metadata);
        provider->metadata = metadata;
        metadata = (struct provider_metadata){0};
        if (!provider->metadata.endpoints[ENDPOINT_KEYS])
                return 0;

        r = document_set_url(provider->keys_document, provider->metadata.endpoints[ENDPOINT_KEYS]);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to fetch the keys of provider %s: %s, ignoring",
                         provider->settings->name, strerror(-r));
        return 0;
}

static int on_keys(void *owner, const char *body, size_t size, const char **ret_why)
{
        struct provider *provider = owner;
        struct jwks *jwks;

        int r = jwks_parse(body, size, &jwks, ret_why);
        if (r < 0) {
                if (r == -ENOMEM)
                        *ret_why = "out of memory";
                return r;
        }
        provider->jwks = jwks_free(provider->jwks);
        provider->jwks = jwks;
        return 0;
}

static int metadata_by_hand(const struct provider_settings *settings,
                            struct provider_metadata *metadata)
{
        int r = text_copy(settings->issuer, &metadata->issuer);
        return r < 0 ? r : take_endpoints(settings, metadata);
}

static int new_document(sd_event *event, struct provider *provider, const char *what,
                        const char *url,
                        int (*on_body)(void *, const char *, size_t, const char **),
                        struct document **ret_document)
{
        _cleanup_free_ char *name = NULL;

        if (asprintf(&name, "the %s of provider %s", what, provider->settings->name) < 0) {
                name = NULL;
                return -ENOMEM;
        }
        struct document_spec spec = {
                .name = name,
                .url = url,
                .ca_file = provider->settings->ca_file,
                .proxy = provider->settings->proxy,
                .max_bytes = METADATA_MAX_BYTES,
                .on_body = on_body,
                .owner = provider,
        };
        return document_new(event, provider->http, &spec, ret_document);
}

static int set_up_metadata(sd_event *event, struct provider *provider)
{
        const struct provider_settings *settings = provider->settings;
        _cleanup_free_ char *url = NULL;
        int r;

        if (settings->metadata == METADATA_BY_HAND)
                r = metadata_by_hand(settings, &provider->metadata);
        else
                r = provider_metadata_url(settings->issuer, settings->metadata, &url);
        if (r < 0)
                return r;
        r = new_document(event, provider, "metadata", url, on_metadata,
                         &provider->metadata_document);
        if (r < 0)
                return r;
        return new_document(event, provider, "keys", settings->endpoints[ENDPOINT_KEYS], on_keys,
                            &provider->keys_document);
}

int provider_new(sd_event *event, struct http_client *http,
                 const struct provider_settings *settings, struct provider **ret_provider)
{
        _cleanup_(provider_freep) struct provider *provider = calloc(1, sizeof(*provider));
        if (!provider)
                return -ENOMEM;

        provider->event = sd_event_ref(event);
        provider->http = http;
        provider->settings = settings;
        int r = set_up_metadata(event, provider);
        if (r < 0)
                return r;
        *ret_provider = TAKE_PTR(provider);
        return 0;
}

struct provider *provider_free(struct provider *provider)
{
        if (!provider)
                return NULL;
        provider->metadata_document = document_free(provider->metadata_document);
        provider->keys_document = document_free(provider->keys_document);
        provider->jwks = jwks_free(provider->jwks);
        provider_metadata_finish(&provider->metadata);
        sd_event_unref(provider->event);
        free(provider->dpop_nonce);
        free(provider);
        return NULL;
}

void provider_warm_up(struct provider *provider)
{
        bool by_hand = provider->settings->metadata == METADATA_BY_HAND;

        if (by_hand && !provider->metadata.endpoints[ENDPOINT_KEYS])
                return;
        int r = document_fetch(by_hand ? provider->keys_document : provider->metadata_document);
        if (r < 0)
                log_line(LOG_WARNING,
                         "Failed to ask provider %s: %s, trying again at the next login",
                         provider->settings->name, strerror(-r));
}

const struct provider_settings *provider_settings(const struct provider *provider)
{
        return provider->settings;
}

const struct provider_metadata *provider_metadata(const struct provider *provider)
{
        if (provider->settings->metadata == METADATA_BY_HAND ||
            document_is_usable(provider->metadata_document))
                return &provider->metadata;
        return NULL;
}

struct document *provider_metadata_document(struct provider *provider)
{
        return provider->metadata_document;
}

bool provider_binds_tokens(const struct provider *provider)
{
        const struct provider_metadata *metadata = provider_metadata(provider);

        return provider->settings->dpop == DPOP_YES || (metadata && metadata->binds_tokens);
}

bool provider_has_keys(const struct provider *provider)
{
        return provider->jwks && document_is_usable(provider->keys_document);
}

struct document *provider_keys_document(struct provider *provider)
{
        return provider->keys_document;
}

enum jws_verdict provider_verify(const struct provider *provider, const struct secret *token,
                                 struct jws_token *ret_token, const char **ret_why)
{
        if (!provider_has_keys(provider)) {
                *ret_why = "the provider's keys are not known";
                return JWS_UNKNOWN_KEY;
        }
        return jws_verify(secret_bytes(token), secret_size(token), provider->jwks,
                          provider->settings->algorithms, ret_token, ret_why);
}

static bool proves_itself_by_tls(const struct provider_settings *settings)
{
        return settings->client_auth == CLIENT_AUTH_TLS ||
               settings->client_auth == CLIENT_AUTH_SELF_SIGNED_TLS;
}

const char *provider_endpoint_url(const struct provider *provider, enum provider_endpoint endpoint)
{
        const struct provider_metadata *metadata = provider_metadata(provider);

        if (!metadata)
                return NULL;
        if (proves_itself_by_tls(provider->settings) && metadata->mtls_endpoints[endpoint])
                return metadata->mtls_endpoints[endpoint];
        return metadata->endpoints[endpoint];
}

const char *provider_dpop_nonce(const struct provider *provider)
{
        return provider->dpop_nonce;
}

void provider_set_dpop_nonce(struct provider *provider, const char *nonce)
{
        free(provider->dpop_nonce);
        provider->dpop_nonce = strdup(nonce);
}

uint64_t provider_now_sec(const struct provider *provider)
{
        return clock_wall_sec();
}

int provider_send(struct provider *provider, const struct provider_request *request,
                  http_on_answer on_answer, void *userdata, struct http_request **ret_request)
{
        const struct provider_settings *settings = provider->settings;
        size_t n = settings->request_headers.n;
        _cleanup_free_ struct http_header *headers = calloc(n + 1, sizeof(*headers));
        if (!headers)
                return -ENOMEM;

        for (size_t i = 0; i < n; i++)
                headers[i] = (struct http_header){settings->request_headers.items[i].name,
                                                  settings->request_headers.items[i].value};
        struct http_request_spec spec = {
                .url = request->url,
                .ca_file = settings->ca_file,
                .proxy = settings->proxy,
                .form = request->form,
                .authorization = request->authorization,
                .dpop = request->dpop,
                .accept = settings->accept,
                .headers = headers,
                .n_headers = n,
                .is_sent_once = request->is_sent_once,
                .max_body_bytes = OAUTH_RESPONSE_MAX_BYTES,
        };
        if (proves_itself_by_tls(settings)) {
                spec.client_certificate_file = settings->client_certificate_file;
                spec.client_key_file = settings->client_key_file;
        }
        return http_request_new(provider->http, &spec, on_answer, userdata, ret_request);
}
