/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "approval-request.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "core/backchannel-authentication.h"
#include "core/binding-message.h"
#include "core/device-authorization.h"
#include "core/login-hint.h"
#include "core/pkce.h"

/* Two digits. */
#define NUMBER_MIN   10
#define NUMBER_COUNT 90

struct approval_request {
        const struct provider_settings *settings;
        char *login_hint;                 /* NULL: none */
        struct secret *code_verifier;     /* RFC 7636; NULL: none */
        char *code_challenge;             /* of the verifier */
        struct device_authorization code; /* RFC 8628 */
        char *binding_message;            /* CIBA */
        struct secret *auth_req_id;       /* CIBA */
};

/* The person compares the number; guessing it helps nobody, for nobody types it. */
static int make_binding_message(struct approval_request *request, const char *service)
{
        char host[HOST_NAME_MAX + 1] = "";
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)gethostname(host, sizeof(host) - 1);
        return binding_message_new((unsigned)(random.qwords[0] % NUMBER_COUNT) + NUMBER_MIN,
                                   service, host, &request->binding_message);
}

static int make_code_verifier(struct approval_request *request)
{
        sd_id128_t random[2] = {0};

        int r = sd_id128_randomize(&random[0]);
        if (r >= 0)
                r = sd_id128_randomize(&random[1]);
        if (r >= 0)
                r = pkce_verifier_new((const unsigned char *)random, &request->code_verifier);
        if (r >= 0)
                r = pkce_challenge_new(request->code_verifier, &request->code_challenge);
        secret_erase(random, sizeof(random));
        return r;
}

int approval_request_new(const struct provider_settings *settings, const char *account,
                         const char *service, struct approval_request **ret_request)
{
        _cleanup_(approval_request_freep) struct approval_request *request = calloc(
                1, sizeof(*request));
        bool rings = settings->flow == FLOW_BACKCHANNEL;
        int r = 0;

        if (!request)
                return -ENOMEM;
        request->settings = settings;
        if (rings || settings->login_hint)
                r = login_hint_new(settings->login_hint, account, settings->strip_suffix,
                                   &request->login_hint);
        if (r >= 0 && rings)
                r = make_binding_message(request, service);
        if (r >= 0 && !rings && settings->pkce)
                r = make_code_verifier(request);
        if (r < 0)
                return r;
        *ret_request = TAKE_PTR(request);
        return 0;
}

void approval_request_erase(struct approval_request *request)
{
        if (!request)
                return;
        request->code_verifier = secret_free(request->code_verifier);
        request->code.device_code = secret_free(request->code.device_code);
        request->auth_req_id = secret_free(request->auth_req_id);
}

struct approval_request *approval_request_free(struct approval_request *request)
{
        if (!request)
                return NULL;
        approval_request_erase(request);
        device_authorization_finish(&request->code);
        free(request->login_hint);
        free(request->code_challenge);
        free(request->binding_message);
        free(request);
        return NULL;
}

/* ---- the first question ---- */

struct oauth_question approval_request_question(const struct approval_request *request)
{
        return (struct oauth_question){
                .kind = request->settings->flow == FLOW_DEVICE ? OAUTH_ASK_DEVICE_CODE
                                                               : OAUTH_ASK_BACKCHANNEL,
                .scope = request->settings->scope,
                .login_hint = request->login_hint,
                .code_challenge = request->code_challenge,
                .binding_message = request->binding_message,
                .more = &request->settings->request_parameters,
        };
}

enum provider_endpoint approval_request_endpoint(const struct approval_request *request)
{
        return request->settings->flow == FLOW_DEVICE ? ENDPOINT_DEVICE_AUTHORIZATION
                                                      : ENDPOINT_BACKCHANNEL_AUTHENTICATION;
}

const char *approval_request_endpoint_word(const struct approval_request *request)
{
        return request->settings->flow == FLOW_DEVICE ? "device authorization"
                                                      : "backchannel authentication";
}

static enum oauth_answer read_code(struct approval_request *request,
                                   const struct http_answer *answer,
                                   struct grant_challenge *ret_challenge,
                                   struct oauth_problem *ret_problem)
{
        struct device_authorization *code = &request->code;
        enum oauth_answer read = device_authorization_parse(
                answer->status, secret_bytes(answer->body), secret_size(answer->body), code,
                ret_problem);

        if (read == OAUTH_SUCCESS)
                *ret_challenge = (struct grant_challenge){
                        .user_code = code->user_code,
                        .verification_uri = code->verification_uri,
                        .verification_uri_complete = code->verification_uri_complete,
                        .expires_in_sec = code->expires_in_sec,
                        .interval_sec = code->interval_sec,
                };
        return read;
}

static enum oauth_answer read_ring(struct approval_request *request,
                                   const struct http_answer *answer,
                                   struct grant_challenge *ret_challenge,
                                   struct oauth_problem *ret_problem)
{
        _cleanup_(backchannel_authentication_finish) struct backchannel_authentication ring = {0};
        enum oauth_answer read = backchannel_authentication_parse(
                answer->status, secret_bytes(answer->body), secret_size(answer->body), &ring,
                ret_problem);

        if (read != OAUTH_SUCCESS)
                return read;
        request->auth_req_id = TAKE_PTR(ring.auth_req_id);
        *ret_challenge = (struct grant_challenge){
                .binding_message = request->binding_message,
                .expires_in_sec = ring.expires_in_sec,
                .interval_sec = ring.interval_sec,
        };
        return read;
}

enum oauth_answer approval_request_read(struct approval_request *request,
                                        const struct http_answer *answer,
                                        struct grant_challenge *ret_challenge,
                                        struct oauth_problem *ret_problem)
{
        enum oauth_answer read = request->settings->flow == FLOW_DEVICE
                                         ? read_code(request, answer, ret_challenge, ret_problem)
                                         : read_ring(request, answer, ret_challenge, ret_problem);

        return read == OAUTH_ERROR
                       ? oauth_problem_translate(ret_problem, &request->settings->error_aliases)
                       : read;
}

/* ---- the polls ---- */

struct oauth_question approval_request_poll(const struct approval_request *request)
{
        if (request->settings->flow == FLOW_DEVICE)
                return (struct oauth_question){.kind = OAUTH_GRANT_DEVICE_CODE,
                                               .token = request->code.device_code,
                                               .code_verifier = request->code_verifier};
        return (struct oauth_question){.kind = OAUTH_GRANT_BACKCHANNEL,
                                       .token = request->auth_req_id};
}
