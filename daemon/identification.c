/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "identification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api-answer.h"
#include "api-inquiry.h"
#include "core/id-token.h"

struct identification {
        struct identification_spec spec;
        const struct provider_settings *settings;
        struct document_wait *keys_wait;
        struct api_inquiry inquiry;
        struct identity *identity;
        bool keys_fetched; /* once is enough: a kid that is still unknown then is nobody's */
};

static void fail(struct identification *identification, enum login_outcome outcome,
                 const char *detail)
{
        identification->spec.on_done(outcome, NULL, detail, identification->spec.userdata);
}

static void fail_with(struct identification *identification, int error, const char *why)
{
        const char *detail;
        enum login_outcome outcome = api_error_outcome(error, why, &detail);

        fail(identification, outcome, detail);
}

static void succeed(struct identification *identification)
{
        identification->spec.on_done(LOGIN_GRANTED, TAKE_PTR(identification->identity), NULL,
                                     identification->spec.userdata);
}

/* ---- plain OAuth 2.0: whose token is it? ---- */

static int take_owner(const struct secret *body, void *userdata, const char **ret_why)
{
        struct identification *identification = userdata;
        const char *subject = identification->spec.subject;

        int r = identity_new_from_userinfo(
                identification->settings->name, identification->settings->issuer,
                identification->settings->subject_claim, secret_bytes(body), secret_size(body),
                &identification->identity, ret_why);
        if (r < 0 || !subject || strcmp(identification->identity->subject, subject) == 0)
                return r;
        *ret_why = "the token is another person's now";
        return -EBADMSG;
}

static void on_owner(enum login_outcome outcome, const char *detail, void *userdata)
{
        if (outcome == LOGIN_GRANTED)
                succeed(userdata);
        else
                fail(userdata, outcome, detail);
}

static const struct api_reader owner_reader = {take_owner, on_owner};

/* ---- the id_token (OIDC Core 3.1.3.7) ---- */

static int check_id_token(struct identification *identification, const struct jws_token *token,
                          const char **ret_why)
{
        const struct id_token_expectation expectation = {
                .issuer = identification->settings->issuer,
                .client_id = identification->settings->client_id,
                .access_token = identification->spec.tokens->access_token,
                .algorithm = token->algorithm,
                .now_sec = provider_now_sec(identification->spec.authority->provider),
                .nonce = identification->spec.nonce,
                .trusted_audiences = &identification->settings->trusted_audiences,
                .subject = identification->spec.subject,
                .auth_time_sec = identification->spec.auth_time_sec,
        };

        int r = id_token_check(token->claims, &expectation, ret_why);
        if (r < 0)
                return r;
        return identity_new(identification->settings->name, token->claims,
                            &identification->identity, ret_why);
}

static void on_keys(const char *why, void *userdata);

/* A provider that changed its keys since we looked is asked once more; a stranger's kid must not
 * make us ask again and again, so that is rationed once we have keys at all. */
static void fetch_keys(struct identification *identification)
{
        struct provider *provider = identification->spec.authority->provider;
        struct document *keys = provider_keys_document(provider);

        identification->keys_fetched = true;
        int r = provider_has_keys(provider) ? document_fetch_sparingly(keys) : document_fetch(keys);
        if (r >= 0)
                r = document_wait_new(keys, on_keys, identification, &identification->keys_wait);
        if (r == -EAGAIN && !document_has_failed(keys))
                fail(identification, LOGIN_REFUSED,
                     "the token's key is not the provider's, whose keys were fetched just now");
        else if (r == -EAGAIN)
                fail(identification, LOGIN_UNAVAILABLE, "the provider's keys could not be fetched");
        else if (r < 0)
                fail_with(identification, r, NULL);
}

static void verify_id_token(struct identification *identification)
{
        struct provider *provider = identification->spec.authority->provider;
        _cleanup_jws_token_ struct jws_token token = {0};
        const char *why = NULL;

        switch (provider_verify(provider, identification->spec.tokens->id_token, &token, &why)) {
        case JWS_VALID:
                break;
        case JWS_UNKNOWN_KEY:
                if (!identification->keys_fetched) {
                        fetch_keys(identification);
                        return;
                }
                fail(identification,
                     document_has_failed(provider_keys_document(provider)) ? LOGIN_UNAVAILABLE
                                                                           : LOGIN_REFUSED,
                     why);
                return;
        case JWS_INVALID:
                fail(identification, LOGIN_REFUSED, why);
                return;
        }

        int r = check_id_token(identification, &token, &why);
        if (r < 0)
                fail_with(identification, r, why);
        else
                succeed(identification);
}

static void on_keys(const char *why, void *userdata)
{
        struct identification *identification = userdata;

        identification->keys_wait = document_wait_free(identification->keys_wait);
        verify_id_token(identification);
}

/* ---- the outside ---- */

void identification_start(struct identification *identification)
{
        switch (identification->settings->identity_from) {
        case IDENTITY_FROM_USERINFO:
                api_inquiry_ask_userinfo(&identification->inquiry, &owner_reader);
                return;
        case IDENTITY_FROM_ID_TOKEN:
                if (identification->spec.tokens->id_token)
                        verify_id_token(identification);
                else
                        fail(identification, LOGIN_REFUSED, "the provider sent no id_token");
                return;
        }
        fail(identification, LOGIN_REFUSED, "identity_from is out of range");
}

int identification_new(const struct identification_spec *spec,
                       struct identification **ret_identification)
{
        struct identification *identification = calloc(1, sizeof(*identification));
        if (!identification)
                return -ENOMEM;

        identification->spec = *spec;
        identification->settings = provider_settings(spec->authority->provider);
        identification->inquiry = (struct api_inquiry){
                .provider = spec->authority->provider,
                .access_token = spec->tokens->access_token,
                .dpop = spec->dpop,
                .userdata = identification,
        };
        *ret_identification = identification;
        return 0;
}

struct identification *identification_free(struct identification *identification)
{
        if (!identification)
                return NULL;
        identification->keys_wait = document_wait_free(identification->keys_wait);
        api_inquiry_finish(&identification->inquiry);
        identification->identity = identity_free(identification->identity);
        free(identification);
        return NULL;
}
