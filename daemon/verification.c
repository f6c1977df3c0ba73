/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verification.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/id-token.h"
#include "core/oauth-request.h"

struct verification {
        struct provider *provider;
        const struct account_rules *rules;
        const char *account;
        struct token_set tokens;
        verification_on_done on_done;
        void *userdata;

        sd_event *event;
        sd_event_source *begin;
        struct document_wait *keys_wait;
        struct http_request *userinfo_request;
        struct identity *identity;
        bool keys_fetched; /* once is enough: a kid that is still unknown then is nobody's */
};

static void fail(struct verification *verification, enum login_outcome outcome, const char *detail)
{
        verification->on_done(outcome, NULL, detail, verification->userdata);
}

static void succeed(struct verification *verification)
{
        verification->on_done(LOGIN_GRANTED, TAKE_PTR(verification->identity), NULL,
                              verification->userdata);
}

/* ---- userinfo (OIDC Core 5.3) ---- */

static bool is_json(const struct http_answer *answer)
{
        static const char json[] = "application/json";
        return answer->content_type &&
               strncasecmp(answer->content_type, json, sizeof(json) - 1) == 0;
}

static void on_userinfo(const struct http_answer *answer, void *userdata)
{
        struct verification *verification = userdata;
        const char *why;

        if (answer->failure != HTTP_ANSWERED) {
                fail(verification, LOGIN_UNAVAILABLE, answer->failure_text);
                return;
        }
        if (answer->status >= 500 || answer->status == 429) {
                fail(verification, LOGIN_UNAVAILABLE, "the userinfo endpoint is out of order");
                return;
        }
        if (answer->status != 200 || !is_json(answer)) {
                fail(verification, LOGIN_REFUSED, "the userinfo endpoint gave no claims");
                return;
        }
        int r = identity_add_userinfo(verification->identity, secret_bytes(answer->body),
                                      secret_size(answer->body), &why);
        if (r == -EBADMSG) {
                fail(verification, LOGIN_REFUSED, why);
                return;
        }
        if (r < 0) {
                fail(verification, LOGIN_UNAVAILABLE, strerror(-r));
                return;
        }
        succeed(verification);
}

static int ask_userinfo(struct verification *verification, const char *endpoint)
{
        _cleanup_secret_ struct secret *authorization = NULL;

        int r = oauth_request_bearer(verification->tokens.access_token, &authorization);
        if (r < 0)
                return r;
        return provider_send(verification->provider, endpoint, NULL, authorization, on_userinfo,
                             verification, &verification->userinfo_request);
}

static void on_id_token_good(struct verification *verification)
{
        const struct provider_metadata *metadata = provider_metadata(verification->provider);
        const char *endpoint = metadata ? metadata->endpoints[ENDPOINT_USERINFO] : NULL;

        if (!endpoint || !account_needs_userinfo(verification->rules, verification->account,
                                                 verification->identity)) {
                succeed(verification);
                return;
        }
        int r = ask_userinfo(verification, endpoint);
        if (r < 0)
                fail(verification, LOGIN_UNAVAILABLE, strerror(-r));
}

/* ---- the id_token (OIDC Core 3.1.3.7) ---- */

static int check_id_token(struct verification *verification, const struct jws_token *token,
                          const char **ret_why)
{
        const struct provider_settings *settings = provider_settings(verification->provider);
        uint64_t now_usec = 0;

        int r = sd_event_now(verification->event, CLOCK_REALTIME, &now_usec);
        if (r < 0)
                return r;
        struct id_token_expectation expectation = {
                .issuer = settings->issuer,
                .client_id = settings->client_id,
                .access_token = verification->tokens.access_token,
                .algorithm = token->algorithm,
                .now_sec = now_usec / 1000000,
        };
        r = id_token_check(token->claims, &expectation, ret_why);
        if (r < 0)
                return r;
        return identity_new(settings->name, token->claims, &verification->identity, ret_why);
}

static void on_keys(const char *why, void *userdata);

/* A provider that changed its keys since we looked is asked once more; a stranger's kid must not
 * make us ask again and again, so that is rationed once we have keys at all. */
static void fetch_keys(struct verification *verification)
{
        struct document *keys = provider_keys_document(verification->provider);

        verification->keys_fetched = true;
        int r = provider_has_keys(verification->provider) ? document_fetch_sparingly(keys)
                                                          : document_fetch(keys);
        if (r >= 0)
                r = document_wait_new(keys, on_keys, verification, &verification->keys_wait);
        if (r == -EAGAIN)
                fail(verification, LOGIN_REFUSED,
                     "the token's key is not the provider's, whose keys were fetched just now");
        else if (r < 0)
                fail(verification, LOGIN_UNAVAILABLE, strerror(-r));
}

static void verify_id_token(struct verification *verification)
{
        _cleanup_jws_token_ struct jws_token token = {0};
        const char *why = NULL;

        switch (provider_verify(verification->provider, verification->tokens.id_token, &token,
                                &why)) {
        case JWS_VALID:
                break;
        case JWS_UNKNOWN_KEY:
                if (!verification->keys_fetched) {
                        fetch_keys(verification);
                        return;
                }
                fail(verification,
                     provider_has_keys(verification->provider) ? LOGIN_REFUSED : LOGIN_UNAVAILABLE,
                     why);
                return;
        case JWS_INVALID:
                fail(verification, LOGIN_REFUSED, why);
                return;
        }

        int r = check_id_token(verification, &token, &why);
        if (r == -EBADMSG)
                fail(verification, LOGIN_REFUSED, why);
        else if (r < 0)
                fail(verification, LOGIN_UNAVAILABLE, strerror(-r));
        else
                on_id_token_good(verification);
}

static void on_keys(const char *why, void *userdata)
{
        struct verification *verification = userdata;

        verification->keys_wait = document_wait_free(verification->keys_wait);
        verify_id_token(verification);
}

static int on_begin(sd_event_source *source, void *userdata)
{
        struct verification *verification = userdata;

        if (!verification->tokens.id_token)
                fail(verification, LOGIN_REFUSED, "the provider sent no id_token");
        else
                verify_id_token(verification);
        return 0;
}

int verification_new(struct provider *provider, const struct account_rules *rules,
                     const char *account, struct token_set *tokens, sd_event *event,
                     verification_on_done on_done, void *userdata,
                     struct verification **ret_verification)
{
        _cleanup_(verification_freep) struct verification *verification = calloc(
                1, sizeof(*verification));
        if (!verification) {
                token_set_finish(tokens);
                return -ENOMEM;
        }

        *verification = (struct verification){
                .provider = provider,
                .rules = rules,
                .account = account,
                .tokens = *tokens,
                .on_done = on_done,
                .userdata = userdata,
                .event = sd_event_ref(event),
        };
        *tokens = (struct token_set){0};
        int r = sd_event_add_defer(event, &verification->begin, on_begin, verification);
        if (r < 0)
                return r;
        *ret_verification = TAKE_PTR(verification);
        return 0;
}

struct verification *verification_free(struct verification *verification)
{
        if (!verification)
                return NULL;
        verification->begin = sd_event_source_disable_unref(verification->begin);
        verification->keys_wait = document_wait_free(verification->keys_wait);
        verification->userinfo_request = http_request_free(verification->userinfo_request);
        verification->identity = identity_free(verification->identity);
        token_set_finish(&verification->tokens);
        sd_event_unref(verification->event);
        free(verification);
        return NULL;
}
