/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One identity provider: its settings, and its metadata and keys kept fresh. Sends requests to it;
 * what they say and what the answers mean is for login and verification. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/jws.h"
#include "core/oauth-request.h"
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

/* The request that puts the question, authenticated as this provider's client. The caller finishes
 * it. Errors: core/oauth-request.h. */
int provider_ask(const struct provider *provider, const struct oauth_question *question,
                 struct oauth_request *ret_request);

/* NULL while it is not known: then provider_metadata_document() is to be fetched and waited for. */
const struct provider_metadata *provider_metadata(const struct provider *provider);
struct document *provider_metadata_document(struct provider *provider);
bool provider_has_keys(const struct provider *provider);
struct document *provider_keys_document(struct provider *provider);

/* Verifies a signed token with the keys at hand. */
enum jws_verdict provider_verify(const struct provider *provider, const struct secret *token,
                                 struct jws_token *ret_token, const char **ret_why);

/* A request to one of the provider's endpoints: POST when there is a form, GET otherwise. Both
 * secrets are only read during the call. */
int provider_send(struct provider *provider, const char *endpoint, const struct secret *form,
                  const struct secret *authorization, http_on_answer on_answer, void *userdata,
                  struct http_request **ret_request);
