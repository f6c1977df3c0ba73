/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "provider-call.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>

#include "core/client-assertion.h"
#include "core/dpop.h"
#include "core/oauth-response.h"
#include "io/private-key.h"

#define STATUS_BAD_REQUEST  400
#define STATUS_UNAUTHORIZED 401

struct provider_call {
        struct provider *provider;
        bool asks_as_public;
        bool is_bare;      /* the question proves enough */
        bool is_sent_once; /* the question must not come twice */
        char *url;
        struct secret *form;         /* without what the client says of itself; NULL: a resource */
        struct secret *access_token; /* NULL: an endpoint */
        const struct private_key *dpop;
        char *nonce; /* that a resource wants in the proof */
        bool has_nonce_retried;
        http_on_answer on_answer;
        void *userdata;
        struct http_request *request;
};

struct proof {
        struct oauth_request request;
        struct secret *dpop;
};

static void proof_finish(struct proof *proof)
{
        oauth_request_finish(&proof->request);
        proof->dpop = secret_free(proof->dpop);
}

static_assert(PROVIDER_CALL_ID_SIZE == SD_ID128_STRING_MAX, "32 digits and their end");

int provider_call_id(char ret_id[PROVIDER_CALL_ID_SIZE])
{
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)sd_id128_to_string(random, ret_id);
        return 0;
}

/* ---- the client ---- */

static int make_assertion(const struct provider_call *call, struct secret **ret_assertion)
{
        const struct provider_settings *settings = provider_settings(call->provider);
        char id[PROVIDER_CALL_ID_SIZE];

        int r = provider_call_id(id);
        if (r < 0)
                return r;
        struct client_assertion_spec spec = {
                .client_id = settings->client_id,
                .audience = settings->asserts_to_endpoint ? call->url : settings->issuer,
                .jti = id,
                .now_sec = provider_now_sec(call->provider),
        };
        if (settings->client_auth == CLIENT_AUTH_SECRET_JWT) {
                spec.secret = settings->client_secret;
        } else {
                spec.key = private_key_evp(settings->client_key);
                spec.kid = settings->client_key_id;
                spec.algorithm = settings->key_algorithm;
        }
        return client_assertion_new(&spec, ret_assertion);
}

static int prove_client(const struct provider_call *call, struct oauth_request *ret_request)
{
        const struct provider_settings *settings = provider_settings(call->provider);
        _cleanup_secret_ struct secret *assertion = NULL;
        struct oauth_client client = {
                .client_id = settings->client_id,
                .auth = call->asks_as_public ? CLIENT_AUTH_NONE : settings->client_auth,
                .plain_basic = settings->plain_basic,
        };
        int r = 0;

        switch (client.auth) {
        case CLIENT_AUTH_NONE:
        case CLIENT_AUTH_TLS:
        case CLIENT_AUTH_SELF_SIGNED_TLS:
                break;
        case CLIENT_AUTH_SECRET_BASIC:
        case CLIENT_AUTH_SECRET_POST:
                client.secret = settings->client_secret;
                break;
        case CLIENT_AUTH_SECRET_JWT:
        case CLIENT_AUTH_PRIVATE_KEY_JWT:
                r = make_assertion(call, &assertion);
                client.assertion = assertion;
                break;
        }
        return r < 0 ? r : oauth_request_new(&client, call->form, ret_request);
}

/* ---- the request ---- */

static int prove_possession(const struct provider_call *call, struct secret **ret_proof)
{
        char id[PROVIDER_CALL_ID_SIZE];

        int r = provider_call_id(id);
        if (r < 0)
                return r;
        struct dpop_proof_spec spec = {
                .key = private_key_evp(call->dpop),
                .method = call->form ? "POST" : "GET",
                .url = call->url,
                .nonce = call->form ? provider_dpop_nonce(call->provider) : call->nonce,
                .access_token = call->access_token,
                .jti = id,
                .now_sec = provider_now_sec(call->provider),
        };
        return dpop_proof_new(&spec, ret_proof);
}

static int copy_form(const struct provider_call *call, struct secret **ret_form)
{
        *ret_form = secret_new(secret_bytes(call->form), secret_size(call->form));
        return *ret_form ? 0 : -ENOMEM;
}

/* The caller finishes the proof, also when this fails half way. */
static int prove(const struct provider_call *call, struct proof *proof)
{
        int r;

        if (call->is_bare)
                r = copy_form(call, &proof->request.form);
        else if (call->form)
                r = prove_client(call, &proof->request);
        else if (call->dpop)
                r = oauth_request_dpop(call->access_token, &proof->request.authorization);
        else
                r = oauth_request_bearer(call->access_token, &proof->request.authorization);
        if (r >= 0 && call->dpop)
                r = prove_possession(call, &proof->dpop);
        return r;
}

static int call_send(struct provider_call *call);

/* RFC 9449 sections 8 and 9: the endpoint says so by its error, a resource by its status. */
static bool wants_nonce(const struct provider_call *call, const struct http_answer *answer)
{
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        struct json_object *object = NULL;

        if (!call->dpop || call->has_nonce_retried || !answer->dpop_nonce ||
            (answer->status != STATUS_BAD_REQUEST && answer->status != STATUS_UNAUTHORIZED))
                return false;
        if (!call->form)
                return answer->status == STATUS_UNAUTHORIZED;
        return oauth_response_open(answer->status, secret_bytes(answer->body),
                                   secret_size(answer->body), &object, &problem) == OAUTH_ERROR &&
               strcmp(problem.code, "use_dpop_nonce") == 0;
}

/* RFC 9449 section 8.2: the newest is the one to use. An API may live elsewhere and have its own
 * (section 9), so that of a resource is for this call alone. */
static void keep_nonce(struct provider_call *call, const struct http_answer *answer)
{
        if (!call->dpop || !answer->dpop_nonce)
                return;
        if (call->form) {
                provider_set_dpop_nonce(call->provider, answer->dpop_nonce);
        } else {
                free(call->nonce);
                call->nonce = strdup(answer->dpop_nonce);
        }
}

static void on_http_answer(const struct http_answer *answer, void *userdata)
{
        struct provider_call *call = userdata;
        _cleanup_(http_request_freep) struct http_request *finished = TAKE_PTR(call->request);

        keep_nonce(call, answer);
        if (wants_nonce(call, answer)) {
                call->has_nonce_retried = true;
                if (call_send(call) >= 0)
                        return;
        }
        call->on_answer(answer, call->userdata);
}

static int call_send(struct provider_call *call)
{
        _cleanup_(proof_finish) struct proof proof = {0};

        int r = prove(call, &proof);
        if (r < 0)
                return r;
        const struct provider_request request = {
                .url = call->url,
                .form = proof.request.form,
                .authorization = proof.request.authorization,
                .dpop = proof.dpop,
                .is_sent_once = call->is_sent_once,
        };
        return provider_send(call->provider, &request, on_http_answer, call, &call->request);
}

/* What counts once, and whose second coming ends all that came of the first (RFC 6749 section
 * 4.1.2, RFC 9700 section 4.14.2): an answer that is lost must not be asked for again unseen. */
static bool counts_once(enum oauth_question_kind kind)
{
        switch (kind) {
        case OAUTH_GRANT_AUTHORIZATION_CODE:
        case OAUTH_GRANT_REFRESH:
                return true;
        case OAUTH_ASK_DEVICE_CODE:
        case OAUTH_ASK_BACKCHANNEL:
        case OAUTH_ASK_AUTHORIZATION:
        case OAUTH_GRANT_DEVICE_CODE:
        case OAUTH_GRANT_BACKCHANNEL:
        case OAUTH_GRANT_CLIENT_CREDENTIALS:
        case OAUTH_GRANT_JWT_BEARER:
        case OAUTH_REVOKE:
        case OAUTH_INTROSPECT:
                break;
        }
        return false;
}

/* ---- the outside ---- */

static int call_new(struct provider *provider, const char *url, const struct private_key *dpop,
                    http_on_answer on_answer, void *userdata, struct provider_call **ret_call)
{
        _cleanup_(provider_call_freep) struct provider_call *call = calloc(1, sizeof(*call));

        if (!call)
                return -ENOMEM;
        *call = (struct provider_call){.provider = provider,
                                       .url = strdup(url),
                                       .dpop = dpop,
                                       .on_answer = on_answer,
                                       .userdata = userdata};
        if (!call->url)
                return -ENOMEM;
        *ret_call = TAKE_PTR(call);
        return 0;
}

int provider_call_new(struct provider *provider, enum provider_endpoint endpoint,
                      const struct oauth_question *question, const struct private_key *dpop,
                      http_on_answer on_answer, void *userdata, struct provider_call **ret_call)
{
        _cleanup_(provider_call_freep) struct provider_call *call = NULL;
        const char *url = provider_endpoint_url(provider, endpoint);

        if (!url)
                return -ENODATA;
        int r = call_new(provider, url, dpop, on_answer, userdata, &call);
        if (r < 0)
                return r;
        call->asks_as_public = endpoint == ENDPOINT_DEVICE_AUTHORIZATION &&
                               provider_settings(provider)->asks_as_public;
        call->is_sent_once = counts_once(question->kind);
        r = oauth_form_new(question, &call->form);
        if (r >= 0)
                r = call_send(call);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

int provider_call_new_bare(struct provider *provider, const char *url,
                           const struct oauth_question *question, http_on_answer on_answer,
                           void *userdata, struct provider_call **ret_call)
{
        _cleanup_(provider_call_freep) struct provider_call *call = NULL;

        int r = call_new(provider, url, NULL, on_answer, userdata, &call);
        if (r < 0)
                return r;
        call->is_bare = true;
        r = oauth_form_new(question, &call->form);
        if (r >= 0)
                r = call_send(call);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

int provider_call_new_resource(struct provider *provider, const char *url,
                               const struct secret *access_token, const struct private_key *dpop,
                               http_on_answer on_answer, void *userdata,
                               struct provider_call **ret_call)
{
        _cleanup_(provider_call_freep) struct provider_call *call = NULL;

        int r = call_new(provider, url, dpop, on_answer, userdata, &call);
        if (r < 0)
                return r;
        call->access_token = secret_new(secret_bytes(access_token), secret_size(access_token));
        if (!call->access_token)
                return -ENOMEM;
        r = call_send(call);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

struct provider_call *provider_call_free(struct provider_call *call)
{
        if (!call)
                return NULL;
        call->request = http_request_free(call->request);
        free(call->url);
        (void)secret_free(call->form);
        (void)secret_free(call->access_token);
        free(call->nonce);
        free(call);
        return NULL;
}
