/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "provider-check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "approval-request.h"
#include "check-mends.h"
#include "core/provider-preset.h"
#include "core/token-set.h"
#include "io/private-key.h"
#include "provider-call.h"

#define USEC_PER_SEC       1000000ULL
#define POLL_PAUSE_MAX_SEC 10

#define DEVICE_ENDPOINT "device endpoint"

#define MEND_METADATA                                                                            \
        "compare issuer with what the provider calls itself, and see that this host reaches it " \
        "(proxy, ca_file)"
#define MEND_KEYS "see that this host reaches the provider's jwks_uri"

struct provider_check {
        sd_event *event;
        struct provider *provider;
        provider_check_on_done on_done;
        void *userdata;
        sd_event_source *begin;
        struct document_wait *wait;
        struct approval_request *approval;
        struct provider_call *call;
        struct private_key *dpop; /* NULL unless dpop = yes */
        sd_event_source *pause;
        struct provider_finding findings[PROVIDER_FINDINGS_MAX];
        size_t n_findings;
};

static void add(struct provider_check *check, const char *what, const char *mend,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A finding is good when it needs no mend. */
static void add(struct provider_check *check, const char *what, const char *mend,
                const char *format, ...)
{
        char *detail = NULL;
        va_list arguments;

        if (check->n_findings == PROVIDER_FINDINGS_MAX)
                return;
        va_start(arguments, format);
        if (vasprintf(&detail, format, arguments) < 0)
                detail = NULL;
        va_end(arguments);
        check->findings[check->n_findings++] = (struct provider_finding){what, mend[0] == '\0',
                                                                         detail, mend};
}

static const char *check_endpoint(const struct provider_check *check)
{
        switch (provider_settings(check->provider)->flow) {
        case FLOW_DEVICE:
                return DEVICE_ENDPOINT;
        case FLOW_BACKCHANNEL:
                return "CIBA endpoint";
        }
        return "endpoint";
}

static void finish(struct provider_check *check)
{
        check->on_done(check->findings, check->n_findings, check->userdata);
}

/* ---- 3. the endpoint that is asked for an approval ---- */

static void add_problem(struct provider_check *check, const char *what, unsigned status,
                        const struct oauth_problem *problem)
{
        const struct provider_settings *settings = provider_settings(check->provider);
        const struct provider_preset *preset = settings->preset;
        bool asked_as_public = settings->asks_as_public && strcmp(what, DEVICE_ENDPOINT) == 0;
        const char *said = problem->code[0] ? problem->code
                           : problem->why   ? problem->why
                                            : "out of order";

        add(check, what, check_mend(settings, asked_as_public, problem), "status %u, %s%s%s",
            status, said, problem->description ? ", " : "",
            problem->description ? problem->description : "");
        if (preset && preset->switch_on)
                add(check, preset->title, preset->switch_on, "has to be prepared for badged");
}

static void add_challenge(struct provider_check *check, const struct grant_challenge *challenge)
{
        add(check, challenge->user_code ? DEVICE_ENDPOINT : "CIBA endpoint", "",
            "accepts the client; codes live %llu s, interval %llu s",
            (unsigned long long)challenge->expires_in_sec,
            (unsigned long long)challenge->interval_sec);
        if (challenge->verification_uri)
                add(check, "verification address", "", "%s", challenge->verification_uri);
}

/* ---- 4. the token endpoint: one poll, for the code that nobody approves ---- */

static void on_polled(const struct http_answer *answer, void *userdata)
{
        static const char what[] = "token endpoint";
        struct provider_check *check = userdata;
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(token_set_finish) struct token_set tokens = {0};

        if (answer->failure != HTTP_ANSWERED) {
                add(check, what, MEND_METADATA, "%s", answer->failure_text);
                finish(check);
                return;
        }
        (void)token_set_parse(answer->status, secret_bytes(answer->body), secret_size(answer->body),
                              &tokens, &problem);
        switch (oauth_problem_translate(&problem,
                                        &provider_settings(check->provider)->error_aliases)) {
        case OAUTH_AUTHORIZATION_PENDING:
        case OAUTH_SLOW_DOWN:
                add(check, what, "", "accepts the client; nobody has approved yet");
                break;
        case OAUTH_SUCCESS:
                add(check, what, MEND_OTHER, "gave tokens for a code that nobody approved");
                break;
        case OAUTH_ACCESS_DENIED:
        case OAUTH_EXPIRED_TOKEN:
        case OAUTH_ERROR:
        case OAUTH_TRANSIENT:
        case OAUTH_MALFORMED:
                add_problem(check, what, answer->status, &problem);
                break;
        }
        finish(check);
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct provider_check *check = userdata;
        struct oauth_question question = approval_request_poll(check->approval);
        int r = 0;

        if (provider_settings(check->provider)->dpop == DPOP_YES)
                r = private_key_generate_p256(&check->dpop);
        if (r >= 0)
                r = provider_call_new(check->provider, ENDPOINT_TOKEN, &question, check->dpop,
                                      on_polled, check, &check->call);
        if (r < 0) {
                add(check, "token endpoint", MEND_OTHER, "%s", strerror(-r));
                finish(check);
        }
        return 0;
}

/* 8628-11: not before the interval has passed. Whoever checks does not wait for a long one. */
static bool poll_later(struct provider_check *check, uint64_t interval_sec)
{
        return interval_sec <= POLL_PAUSE_MAX_SEC &&
               sd_event_add_time_relative(check->event, &check->pause, CLOCK_BOOTTIME,
                                          interval_sec * USEC_PER_SEC, 1, on_pause_over,
                                          check) >= 0;
}

static void on_asked(const struct http_answer *answer, void *userdata)
{
        struct provider_check *check = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(check->call);
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        struct grant_challenge challenge = {0};
        const char *what = check_endpoint(check);

        if (answer->failure != HTTP_ANSWERED)
                add(check, what, MEND_METADATA, "%s", answer->failure_text);
        else if (approval_request_read(check->approval, answer, &challenge, &problem) ==
                 OAUTH_SUCCESS) {
                add_challenge(check, &challenge);
                if (poll_later(check, challenge.interval_sec))
                        return;
        } else if (strcmp(problem.code, "unknown_user_id") == 0)
                add(check, what, "", "accepts the client; nobody was rung");
        else
                add_problem(check, what, answer->status, &problem);
        finish(check);
}

/* With the name of somebody whom no provider has: a check must ring nobody's phone. */
static int ask_for_approval(struct provider_check *check)
{
        int r = approval_request_new(provider_settings(check->provider), "badged-check", "check",
                                     &check->approval);
        if (r < 0)
                return r;
        struct oauth_question question = approval_request_question(check->approval);
        return provider_call_new(check->provider, approval_request_endpoint(check->approval),
                                 &question, NULL, on_asked, check, &check->call);
}

/* ---- 1. and 2.: metadata and keys, fetched anew ---- */

static void go_on(struct provider_check *check)
{
        int r = ask_for_approval(check);

        if (r < 0) {
                add(check, check_endpoint(check), MEND_OTHER, "%s", strerror(-r));
                finish(check);
        }
}

/* Plain OAuth 2.0 has no keys. */
static bool has_keys(const struct provider_check *check)
{
        return provider_settings(check->provider)->identity_from == IDENTITY_FROM_ID_TOKEN;
}

static void on_keys(const char *why, void *userdata)
{
        struct provider_check *check = userdata;
        const struct provider_metadata *metadata = provider_metadata(check->provider);

        check->wait = document_wait_free(check->wait);
        if (why)
                add(check, "keys", MEND_KEYS, "%s", why);
        else
                add(check, "keys", "", "read from %s",
                    metadata ? metadata->endpoints[ENDPOINT_KEYS] : "there");
        go_on(check);
}

static void fetch(struct provider_check *check, struct document *document, const char *what,
                  document_on_done on_done)
{
        int r = document_fetch_and_wait(document, on_done, check, &check->wait);
        if (r >= 0)
                return;
        add(check, what, MEND_OTHER, "%s", strerror(-r));
        finish(check);
}

static void on_metadata(const char *why, void *userdata)
{
        struct provider_check *check = userdata;

        check->wait = document_wait_free(check->wait);
        if (why) {
                add(check, "metadata", MEND_METADATA, "%s", why);
                finish(check);
                return;
        }
        add(check, "metadata", "", "issuer %s", provider_settings(check->provider)->issuer);
        if (has_keys(check))
                fetch(check, provider_keys_document(check->provider), "keys", on_keys);
        else
                go_on(check);
}

static int on_begin(sd_event_source *source, void *userdata)
{
        struct provider_check *check = userdata;

        if (provider_settings(check->provider)->metadata != METADATA_BY_HAND) {
                fetch(check, provider_metadata_document(check->provider), "metadata", on_metadata);
                return 0;
        }
        add(check, "metadata", "", "endpoints set by hand");
        if (has_keys(check))
                fetch(check, provider_keys_document(check->provider), "keys", on_keys);
        else
                go_on(check);
        return 0;
}

int provider_check_new(sd_event *event, struct provider *provider, provider_check_on_done on_done,
                       void *userdata, struct provider_check **ret_check)
{
        _cleanup_(provider_check_freep) struct provider_check *check = calloc(1, sizeof(*check));
        if (!check)
                return -ENOMEM;

        check->event = sd_event_ref(event);
        check->provider = provider;
        check->on_done = on_done;
        check->userdata = userdata;
        int r = sd_event_add_defer(event, &check->begin, on_begin, check);
        if (r < 0)
                return r;
        *ret_check = TAKE_PTR(check);
        return 0;
}

struct provider_check *provider_check_free(struct provider_check *check)
{
        if (!check)
                return NULL;
        check->begin = sd_event_source_disable_unref(check->begin);
        check->wait = document_wait_free(check->wait);
        check->pause = sd_event_source_disable_unref(check->pause);
        check->call = provider_call_free(check->call);
        check->dpop = private_key_free(check->dpop);
        check->approval = approval_request_free(check->approval);
        for (size_t i = 0; i < check->n_findings; i++)
                free(check->findings[i].detail);
        sd_event_unref(check->event);
        free(check);
        return NULL;
}
