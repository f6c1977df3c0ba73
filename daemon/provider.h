/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One identity provider: its settings, and its metadata and keys kept fresh. Sends requests to it;
 * what they say and what the answers mean is for login and verification. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/jws.h"
#include "core/provider-metadata.h"
#include "document.h"
#include "io/http-client.h"
#include "settings.h"

struct provider;

/* Borrows settings, which must outlive it. Fetches nothing yet. */
int provider_new(sd_event *event, struct http_client *http,
                 const struct provider_settings *settings, struct provider **ret_provider);
struct provider *provider_free(struct provider *provider);
DEFINE_CLEANUP(struct provider *, provider_free);

/* Fetches metadata and keys ahead of the first login. Failures are logged and tried again. */
void provider_warm_up(struct provider *provider);

const struct provider_settings *provider_settings(const struct provider *provider);

/* NULL while it is not known: then provider_metadata_document() is to be fetched and waited for. */
const struct provider_metadata *provider_metadata(const struct provider *provider);
struct document *provider_metadata_document(struct provider *provider);

/* Where the endpoint is for this client (RFC 8705 section 5 gives those that prove themselves by
 * TLS other addresses); NULL when the provider has none, or while the metadata is not known. */
const char *provider_endpoint_url(const struct provider *provider, enum provider_endpoint endpoint);

/* Whether tokens are bound to a key where there is one (RFC 9449 section 5.1): the settings say so,
 * or the metadata, and false while that is not known. */
bool provider_binds_tokens(const struct provider *provider);

bool provider_has_keys(const struct provider *provider);
struct document *provider_keys_document(struct provider *provider);

/* Verifies a signed token with the keys at hand. */
enum jws_verdict provider_verify(const struct provider *provider, const struct secret *token,
                                 struct jws_token *ret_token, const char **ret_why);

/* The nonce that the provider last gave for DPoP proofs at its endpoints (RFC 9449 section 8.2):
 * borrowed, NULL for none. */
const char *provider_dpop_nonce(const struct provider *provider);
/* Copies it; a copy for which there is no memory is as none. */
void provider_set_dpop_nonce(struct provider *provider, const char *nonce);

/* The wall clock (CLOCK_REALTIME), as of this turn of the loop. */
uint64_t provider_now_sec(const struct provider *provider);

/* What is sent as it stands: POST when there is a form, GET otherwise. For daemon/provider-call,
 * which proves who asks. */
struct provider_request {
        const char *url;
        const struct secret *form, *authorization, *dpop; /* as io/http-client.h has them */
        bool is_sent_once;                                /* likewise */
};

/* Everything is only read during the call. */
int provider_send(struct provider *provider, const struct provider_request *request,
                  http_on_answer on_answer, void *userdata, struct http_request **ret_request);
