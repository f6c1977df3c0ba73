/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "code-grant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <time.h>

#include "common/clock.h"
#include "core/authorization-url.h"
#include "core/login-hint.h"
#include "core/loopback-address.h"
#include "core/pkce.h"
#include "provider-call.h"

struct code_grant {
        sd_event *event;
        struct provider *provider;
        const struct provider_settings *settings;
        const struct private_key *dpop;
        struct grant_listener listener;
        uint64_t lifetime_usec;
        sd_event_source *timer;
        struct document_wait *metadata_wait;
        struct provider_call *call;
        char *login_hint, *redirect_uri;
        char state[SD_ID128_STRING_MAX], nonce[SD_ID128_STRING_MAX];
        struct secret *code_verifier;
        char *code_challenge, *authorization_url;
        struct grant_challenge challenge;
        struct token_set tokens;
        bool answered;  /* a browser came back; no second one counts */
        bool has_ended; /* the listener heard of it */
};

/* Nothing may touch the grant after this: the listener may have freed it. */
static void fail(struct code_grant *grant, enum login_outcome outcome, const char *detail)
{
        grant->timer = sd_event_source_disable_unref(grant->timer);
        grant->call = provider_call_free(grant->call);
        grant->metadata_wait = document_wait_free(grant->metadata_wait);
        grant->answered = grant->has_ended = true;
        grant->listener.on_failure(outcome, detail, grant->listener.userdata);
}

/* ---- 2. the code, and the tokens for it ---- */

static void fail_with(struct code_grant *grant, struct oauth_problem *problem)
{
        enum login_outcome outcome = LOGIN_REFUSED;
        const char *detail = problem->code[0] ? problem->code : problem->why;

        switch (oauth_problem_translate(problem, &grant->settings->error_aliases)) {
        case OAUTH_ACCESS_DENIED:
                outcome = LOGIN_DENIED;
                detail = problem->description;
                break;
        case OAUTH_TRANSIENT:
                outcome = LOGIN_UNAVAILABLE;
                break;
        case OAUTH_SUCCESS:
        case OAUTH_AUTHORIZATION_PENDING:
        case OAUTH_SLOW_DOWN:
        case OAUTH_EXPIRED_TOKEN:
        case OAUTH_ERROR:
        case OAUTH_MALFORMED:
                break;
        }
        fail(grant, outcome, detail);
}

static void on_tokens(const struct http_answer *answer, void *userdata)
{
        struct code_grant *grant = userdata;
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(grant->call);

        if (answer->failure != HTTP_ANSWERED) {
                fail(grant, LOGIN_UNAVAILABLE, answer->failure_text);
                return;
        }
        if (token_set_parse(answer->status, secret_bytes(answer->body), secret_size(answer->body),
                            &grant->tokens, &problem) != OAUTH_SUCCESS) {
                fail_with(grant, &problem);
                return;
        }
        if (grant->tokens.is_bound ? !grant->dpop : grant->settings->dpop == DPOP_YES) {
                fail(grant, LOGIN_REFUSED, "the token is not bound as it should be");
                return;
        }
        grant->timer = sd_event_source_disable_unref(grant->timer);
        grant->has_ended = true;
        grant->listener.on_tokens(&grant->tokens, grant->listener.userdata);
}

static int redeem(struct code_grant *grant, const struct secret *code)
{
        const struct oauth_question question = {
                .kind = OAUTH_GRANT_AUTHORIZATION_CODE,
                .token = code,
                .redirect_uri = grant->redirect_uri,
                .code_verifier = grant->code_verifier,
        };

        return provider_call_new(grant->provider, ENDPOINT_TOKEN, &question, grant->dpop, on_tokens,
                                 grant, &grant->call);
}

int code_grant_answer(struct code_grant *grant, const char *query)
{
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_secret_ struct secret *code = NULL;
        const struct provider_metadata *metadata = provider_metadata(grant->provider);

        if (!grant->authorization_url || grant->answered)
                return -EBUSY;
        grant->answered = true;
        const struct authorization_expectation expectation = {
                .state = grant->state,
                .issuer = grant->settings->issuer,
                .issuer_is_named = metadata && metadata->names_issuer,
        };
        if (authorization_answer_parse(query, strlen(query), &expectation, &code, &problem) !=
            OAUTH_SUCCESS) {
                fail_with(grant, &problem);
                return 0;
        }
        int r = redeem(grant, code);
        if (r < 0)
                fail(grant, LOGIN_UNAVAILABLE, strerror(-r));
        return 0;
}

/* ---- 1. the address to open ---- */

static int make_address(struct code_grant *grant)
{
        const struct oauth_question question = {
                .kind = OAUTH_ASK_AUTHORIZATION,
                .scope = grant->settings->scope,
                .login_hint = grant->login_hint,
                .redirect_uri = grant->redirect_uri,
                .code_challenge = grant->code_challenge,
                .more = &grant->settings->request_parameters,
        };
        const char *endpoint = provider_endpoint_url(grant->provider, ENDPOINT_AUTHORIZATION);

        if (!endpoint)
                return -ENODATA;
        return authorization_url_new(endpoint, grant->settings->client_id, &question, grant->state,
                                     grant->nonce, &grant->authorization_url);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        fail(userdata, LOGIN_EXPIRED, "no browser brought an answer back");
        return 0;
}

static int arm(struct code_grant *grant)
{
        return sd_event_add_time(grant->event, &grant->timer, CLOCK_BOOTTIME,
                                 clock_now_usec() + grant->lifetime_usec, 1, on_timer, grant);
}

static void begin(struct code_grant *grant)
{
        /* As in grant.c: known only now. */
        if (!provider_binds_tokens(grant->provider))
                grant->dpop = NULL;
        int r = make_address(grant);
        if (r == -ENODATA) {
                fail(grant, LOGIN_UNAVAILABLE, "the provider has no authorization endpoint");
                return;
        }
        if (r >= 0)
                r = arm(grant);
        if (r < 0) {
                fail(grant, LOGIN_UNAVAILABLE, strerror(-r));
                return;
        }
        grant->challenge = (struct grant_challenge){
                .authorization_url = grant->authorization_url,
                .expires_in_sec = grant->lifetime_usec / USEC_PER_SEC,
        };
        grant->listener.on_challenge(&grant->challenge, clock_wall_usec() + grant->lifetime_usec,
                                     grant->listener.userdata);
}

static void on_metadata(const char *why, void *userdata)
{
        struct code_grant *grant = userdata;

        grant->metadata_wait = document_wait_free(grant->metadata_wait);
        if (provider_metadata(grant->provider))
                begin(grant);
        else
                fail(grant, LOGIN_UNAVAILABLE, why);
}

void code_grant_start(struct code_grant *grant)
{
        struct document *document = provider_metadata_document(grant->provider);

        if (provider_metadata(grant->provider)) {
                begin(grant);
                return;
        }
        int r = document_fetch_and_wait(document, on_metadata, grant, &grant->metadata_wait);
        if (r < 0)
                fail(grant, LOGIN_UNAVAILABLE, strerror(-r));
}

void code_grant_cancel(struct code_grant *grant)
{
        if (!grant->has_ended)
                fail(grant, LOGIN_CANCELLED, "the caller gave up");
}

const char *code_grant_nonce(const struct code_grant *grant)
{
        return grant->nonce;
}

/* ---- the outside ---- */

static int make_secrets(struct code_grant *grant)
{
        sd_id128_t random[4] = {0};
        int r = 0;

        for (size_t i = 0; i < ELEMENTSOF(random) && r >= 0; i++)
                r = sd_id128_randomize(&random[i]);
        if (r >= 0)
                r = pkce_verifier_new((const unsigned char *)random, &grant->code_verifier);
        if (r >= 0)
                r = pkce_challenge_new(grant->code_verifier, &grant->code_challenge);
        (void)sd_id128_to_string(random[2], grant->state);
        (void)sd_id128_to_string(random[3], grant->nonce);
        secret_erase(random, sizeof(random));
        return r;
}

int code_grant_new(const struct code_grant_spec *spec, struct code_grant **ret_grant)
{
        _cleanup_(code_grant_freep) struct code_grant *grant = NULL;
        int r = 0;

        if (!loopback_address_is_valid(spec->redirect_uri))
                return -EINVAL;
        grant = calloc(1, sizeof(*grant));
        if (!grant)
                return -ENOMEM;
        grant->event = sd_event_ref(spec->event);
        grant->provider = spec->provider;
        grant->settings = provider_settings(spec->provider);
        grant->dpop = spec->dpop;
        grant->listener = spec->listener;
        grant->lifetime_usec = spec->timeout_usec < CODE_GRANT_MAX_SEC * USEC_PER_SEC
                                       ? spec->timeout_usec
                                       : CODE_GRANT_MAX_SEC * USEC_PER_SEC;
        grant->redirect_uri = strdup(spec->redirect_uri);
        if (!grant->redirect_uri)
                return -ENOMEM;
        if (grant->settings->login_hint)
                r = login_hint_new(grant->settings->login_hint, spec->account, NULL,
                                   &grant->login_hint);
        if (r >= 0)
                r = make_secrets(grant);
        if (r < 0)
                return r;
        *ret_grant = TAKE_PTR(grant);
        return 0;
}

struct code_grant *code_grant_free(struct code_grant *grant)
{
        if (!grant)
                return NULL;
        grant->timer = sd_event_source_disable_unref(grant->timer);
        grant->metadata_wait = document_wait_free(grant->metadata_wait);
        grant->call = provider_call_free(grant->call);
        (void)secret_free(grant->code_verifier);
        token_set_finish(&grant->tokens);
        free(grant->login_hint);
        free(grant->redirect_uri);
        free(grant->code_challenge);
        free(grant->authorization_url);
        sd_event_unref(grant->event);
        free(grant);
        return NULL;
}
