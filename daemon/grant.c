/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "grant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "approval-request.h"
#include "common/clock.h"
#include "core/backchannel-authentication.h"
#include "core/device-flow.h"
#include "grant-answer.h"
#include "provider-call.h"

struct grant {
        sd_event *event;
        struct provider *provider;
        const struct provider_settings *settings;
        const struct private_key *dpop;
        struct grant_listener listener;
        struct device_flow flow;
        sd_event_source *flow_timer;
        struct document_wait *metadata_wait;
        struct provider_call *call;
        struct approval_request *approval;
        struct grant_challenge challenge;
        struct token_set tokens; /* between the poll that brought them and the listener */
        enum oauth_answer last_answer;
        bool person_is_refused; /* by name, before anything was shown (CIBA) */
        char *detail;           /* what last went wrong, for the journal */
};

static void grant_drop_work(struct grant *grant)
{
        grant->flow_timer = sd_event_source_disable_unref(grant->flow_timer);
        grant->metadata_wait = document_wait_free(grant->metadata_wait);
        grant->call = provider_call_free(grant->call);
        approval_request_erase(grant->approval);
}

/* ---- polls, and the machine's timer ---- */

static void grant_follow(struct grant *grant, enum device_flow_step step);

static int on_flow_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct grant *grant = userdata;

        grant_follow(grant, device_flow_on_deadline(&grant->flow, clock_now_usec()));
        return 0;
}

static int grant_arm(struct grant *grant)
{
        uint64_t deadline_usec = device_flow_deadline(&grant->flow);

        if (deadline_usec == UINT64_MAX) {
                grant->flow_timer = sd_event_source_disable_unref(grant->flow_timer);
                return 0;
        }
        if (!grant->flow_timer)
                return sd_event_add_time(grant->event, &grant->flow_timer, CLOCK_BOOTTIME,
                                         deadline_usec, 1, on_flow_timer, grant);
        int r = sd_event_source_set_time(grant->flow_timer, deadline_usec);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(grant->flow_timer, SD_EVENT_ONESHOT);
}

/* What last went wrong, for the journal. Takes the text; without memory for it, what was said
 * before stands. */
static void grant_note(struct grant *grant, char *detail)
{
        if (!detail)
                return;
        free(grant->detail);
        grant->detail = detail;
}

static void on_token_silence(struct grant *grant, const struct http_answer *answer)
{
        uint64_t now = clock_now_usec();

        grant_note(grant, grant_answer_tell_silence(answer, "token"));
        grant->last_answer = OAUTH_MALFORMED;
        if (grant_answer_is_hostile(answer))
                grant_follow(grant,
                             device_flow_on_token_answer(&grant->flow, OAUTH_MALFORMED, 0, now));
        else
                grant_follow(grant, device_flow_on_no_answer(&grant->flow, now));
}

static void on_token_answer(const struct http_answer *answer, void *userdata)
{
        struct grant *grant = userdata;
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(grant->call);

        if (answer->failure != HTTP_ANSWERED) {
                on_token_silence(grant, answer);
                return;
        }
        grant->last_answer = grant_answer_read_poll(answer, grant->settings, grant->dpop,
                                                    &grant->tokens, &problem);
        if (grant_answer_is_trouble(grant->last_answer))
                grant_note(grant, grant_answer_tell_problem(&problem, "token"));
        else
                free(TAKE_PTR(grant->detail));
        grant_follow(grant, device_flow_on_token_answer(&grant->flow, grant->last_answer,
                                                        grant_answer_pause_sec(answer, &problem),
                                                        clock_now_usec()));
}

static int grant_poll(struct grant *grant)
{
        struct oauth_question question = approval_request_poll(grant->approval);

        return provider_call_new(grant->provider, ENDPOINT_TOKEN, &question, grant->dpop,
                                 on_token_answer, grant, &grant->call);
}

/* An error that the provider speaks about a code that it gave is about the person (a disabled
 * account, say): that is a refusal, so that nothing falls through to another way in. */
static enum login_outcome rejected_outcome(const struct grant *grant)
{
        bool code_was_given = grant->flow.expires_at_usec > 0;
        return grant->last_answer == OAUTH_ERROR && (code_was_given || grant->person_is_refused)
                       ? LOGIN_REFUSED
                       : LOGIN_UNAVAILABLE;
}

/* Nothing may touch the grant after this: the listener may have freed it. */
static void grant_finish(struct grant *grant)
{
        enum login_outcome outcome = LOGIN_REFUSED;
        const char *detail = grant->detail;

        grant_drop_work(grant);
        switch (grant->flow.verdict) {
        case DEVICE_FLOW_APPROVED:
                grant->listener.on_tokens(&grant->tokens, grant->listener.userdata);
                return;
        case DEVICE_FLOW_DENIED:
                outcome = LOGIN_DENIED;
                break;
        case DEVICE_FLOW_EXPIRED:
                outcome = LOGIN_EXPIRED;
                break;
        case DEVICE_FLOW_THROTTLED:
                outcome = LOGIN_THROTTLED;
                break;
        case DEVICE_FLOW_UNREACHABLE:
                outcome = LOGIN_UNAVAILABLE;
                break;
        case DEVICE_FLOW_REJECTED:
                outcome = rejected_outcome(grant);
                break;
        case DEVICE_FLOW_CANCELLED:
                outcome = LOGIN_CANCELLED;
                detail = "the caller gave up";
                break;
        case DEVICE_FLOW_OPEN:
                break;
        }
        grant->listener.on_failure(outcome, detail, grant->listener.userdata);
}

/* ---- the challenge ---- */

static void on_asked(const struct http_answer *answer, void *userdata)
{
        struct grant *grant = userdata;
        const char *endpoint = approval_request_endpoint_word(grant->approval);
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(grant->call);
        uint64_t now = clock_now_usec();

        if (answer->failure != HTTP_ANSWERED) {
                grant_note(grant, grant_answer_tell_silence(answer, endpoint));
                grant_follow(grant, device_flow_on_no_answer(&grant->flow, now));
                return;
        }
        enum oauth_answer said = approval_request_read(grant->approval, answer, &grant->challenge,
                                                       &problem);
        grant->last_answer = grant_answer_of_request(said, answer, grant->settings, &problem);
        grant->person_is_refused = grant->settings->flow == FLOW_BACKCHANNEL &&
                                   backchannel_refuses_person(&problem);
        if (grant->last_answer != OAUTH_SUCCESS)
                grant_note(grant, grant_answer_tell_problem(&problem, endpoint));
        grant_follow(grant, device_flow_on_authorization(&grant->flow, grant->last_answer,
                                                         grant->challenge.expires_in_sec,
                                                         grant->challenge.interval_sec, now));
}

static void grant_show(struct grant *grant)
{
        uint64_t now = clock_now_usec();
        uint64_t left_usec = grant->flow.expires_at_usec > now ? grant->flow.expires_at_usec - now
                                                               : 0;

        grant->challenge.expires_in_sec = left_usec / USEC_PER_SEC;
        grant->listener.on_challenge(&grant->challenge, clock_wall_usec() + left_usec,
                                     grant->listener.userdata);
}

static int grant_ask(struct grant *grant)
{
        struct oauth_question question = approval_request_question(grant->approval);

        return provider_call_new(grant->provider, approval_request_endpoint(grant->approval),
                                 &question, NULL, on_asked, grant, &grant->call);
}

static void grant_fail(struct grant *grant, int error)
{
        grant_drop_work(grant);
        grant->listener.on_failure(LOGIN_UNAVAILABLE, strerror(-error), grant->listener.userdata);
}

/* Does what the machine asks for. Nothing may touch the grant after this. */
static void grant_follow(struct grant *grant, enum device_flow_step step)
{
        int r = 0;

        switch (step) {
        case DEVICE_FLOW_REST:
                break;
        case DEVICE_FLOW_SEND_REQUEST:
                r = grant_ask(grant);
                break;
        case DEVICE_FLOW_SHOW_CODE:
                break;
        case DEVICE_FLOW_SEND_POLL:
                r = grant_poll(grant);
                break;
        case DEVICE_FLOW_FINISH:
                grant_finish(grant);
                return;
        }
        if (r >= 0)
                r = grant_arm(grant);
        if (r < 0)
                grant_fail(grant, r);
        else if (step == DEVICE_FLOW_SHOW_CODE)
                grant_show(grant);
}

/* ---- the provider's metadata first ---- */

static void grant_begin(struct grant *grant)
{
        /* The metadata, which says so, was not known before. */
        if (!provider_binds_tokens(grant->provider))
                grant->dpop = NULL;
        grant_follow(grant, device_flow_start(&grant->flow, clock_now_usec()));
}

static void on_metadata(const char *why, void *userdata)
{
        struct grant *grant = userdata;

        grant->metadata_wait = document_wait_free(grant->metadata_wait);
        if (provider_metadata(grant->provider))
                grant_begin(grant);
        else
                grant->listener.on_failure(LOGIN_UNAVAILABLE, why, grant->listener.userdata);
}

void grant_start(struct grant *grant)
{
        struct document *document = provider_metadata_document(grant->provider);

        if (provider_metadata(grant->provider)) {
                grant_begin(grant);
                return;
        }
        int r = document_fetch_and_wait(document, on_metadata, grant, &grant->metadata_wait);
        if (r < 0)
                grant_fail(grant, r);
}

/* ---- the outside ---- */

void grant_person_waits(struct grant *grant)
{
        grant_follow(grant, device_flow_on_person_waiting(&grant->flow, clock_now_usec()));
}

void grant_cancel(struct grant *grant)
{
        grant_follow(grant, device_flow_on_cancel(&grant->flow));
}

int grant_new(const struct grant_spec *spec, struct grant **ret_grant)
{
        _cleanup_(grant_freep) struct grant *grant = calloc(1, sizeof(*grant));
        if (!grant)
                return -ENOMEM;

        grant->event = sd_event_ref(spec->event);
        grant->provider = spec->provider;
        grant->settings = provider_settings(spec->provider);
        grant->dpop = spec->dpop;
        grant->listener = spec->listener;
        grant->last_answer = OAUTH_MALFORMED;
        device_flow_init(&grant->flow, spec->timeout_usec);
        int r = approval_request_new(grant->settings, spec->account, spec->service,
                                     &grant->approval);
        if (r < 0)
                return r;
        *ret_grant = TAKE_PTR(grant);
        return 0;
}

struct grant *grant_free(struct grant *grant)
{
        if (!grant)
                return NULL;
        grant_drop_work(grant);
        (void)approval_request_free(grant->approval);
        token_set_finish(&grant->tokens);
        sd_event_unref(grant->event);
        free(grant->detail);
        free(grant);
        return NULL;
}
