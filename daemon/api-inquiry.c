/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-inquiry.h"

#include <errno.h>

#include "api-answer.h"
#include "core/oauth-request.h"
#include "provider-call.h"

/* Nothing may touch the inquiry after this. */
static void take_answer(struct api_inquiry *inquiry, const struct http_answer *answer,
                        const struct api_sentences *sentences)
{
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(inquiry->call);
        const struct api_reader *reader = inquiry->reader;
        const char *detail = NULL, *why = NULL;

        enum login_outcome outcome = api_answer_outcome(answer, sentences, &detail);
        if (outcome == LOGIN_GRANTED) {
                int r = reader->read(answer->body, inquiry->userdata, &why);
                if (r < 0)
                        outcome = api_error_outcome(r, why, &detail);
        }
        reader->on_done(outcome, detail, inquiry->userdata);
}

/* Likewise. */
static void fail(const struct api_inquiry *inquiry, int error, const char *why)
{
        const char *detail;
        enum login_outcome outcome = api_error_outcome(error, why, &detail);

        inquiry->reader->on_done(outcome, detail, inquiry->userdata);
}

/* ---- userinfo (OIDC Core 5.3) ---- */

static void on_userinfo(const struct http_answer *answer, void *userdata)
{
        static const struct api_sentences sentences = {"the userinfo endpoint is out of order",
                                                       "the userinfo endpoint gave no claims"};
        take_answer(userdata, answer, &sentences);
}

void api_inquiry_ask_userinfo(struct api_inquiry *inquiry, const struct api_reader *reader)
{
        const char *url = provider_endpoint_url(inquiry->provider, ENDPOINT_USERINFO);

        inquiry->reader = reader;
        if (!url) {
                fail(inquiry, -EBADMSG, "the provider has no userinfo endpoint");
                return;
        }
        int r = provider_call_new_resource(inquiry->provider, url, inquiry->access_token,
                                           inquiry->dpop, on_userinfo, inquiry, &inquiry->call);
        if (r < 0)
                fail(inquiry, r, NULL);
}

/* ---- introspection (RFC 7662) ---- */

static void on_introspection(const struct http_answer *answer, void *userdata)
{
        static const struct api_sentences sentences = {
                "the introspection endpoint is out of order",
                "the introspection endpoint gave no answer about the token"};
        take_answer(userdata, answer, &sentences);
}

void api_inquiry_introspect(struct api_inquiry *inquiry, const struct api_reader *reader)
{
        const struct oauth_question question = {
                .kind = OAUTH_INTROSPECT,
                .token = inquiry->access_token,
                .token_type_hint = "access_token",
        };

        inquiry->reader = reader;
        int r = provider_call_new(inquiry->provider, ENDPOINT_INTROSPECTION, &question, NULL,
                                  on_introspection, inquiry, &inquiry->call);
        if (r == -ENODATA)
                fail(inquiry, -EBADMSG, "the provider has no introspection endpoint");
        else if (r < 0)
                fail(inquiry, r, NULL);
}

void api_inquiry_finish(struct api_inquiry *inquiry)
{
        inquiry->call = provider_call_free(inquiry->call);
}
