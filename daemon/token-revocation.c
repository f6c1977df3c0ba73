/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-revocation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "core/oauth-request.h"
#include "core/oauth-response.h"
#include "log.h"
#include "provider-call.h"

#define USEC_PER_SEC 1000000ULL

#define REVOCATIONS_MAX 1000
#define ASKING_MAX      8 /* requests at a time */

/* The first pause, doubled each time up to the most. */
#define RETRY_MIN_SEC 5
#define RETRY_MAX_SEC 1800

#define STATUS_OK                200
#define STATUS_REQUEST_TIMEOUT   408
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_SERVER_ERROR      500 /* and above */

/* The tokens of one login. Asks while it has a call, pauses while its timer runs, and otherwise
 * waits for its turn. */
struct revocation {
        struct token_revocations *revocations;
        struct revocation *previous, *next;
        struct provider *provider;
        char *login;
        struct secret *refresh_token, *access_token; /* NULL: no more to do about it */
        uint64_t expires_at_sec;                     /* of the access token */
        uint64_t until_sec;
        unsigned tries;
        bool pauses;
        sd_event_source *timer;
        struct provider_call *call;
};

struct token_revocations {
        sd_event *event;
        void (*on_done)(const char *login, void *userdata);
        void *userdata;
        struct revocation *first, *last; /* oldest first */
        size_t n, n_asking;
        sd_event_source *turn; /* starts those that wait, from the loop */
};

static struct revocation *revocation_free(struct revocation *revocation)
{
        struct token_revocations *revocations = revocation->revocations;

        if (revocation->previous)
                revocation->previous->next = revocation->next;
        else
                revocations->first = revocation->next;
        if (revocation->next)
                revocation->next->previous = revocation->previous;
        else
                revocations->last = revocation->previous;
        revocations->n--;
        revocations->n_asking -= revocation->call != NULL;
        (void)provider_call_free(revocation->call);
        sd_event_source_disable_unref(revocation->timer);
        (void)secret_free(revocation->refresh_token);
        (void)secret_free(revocation->access_token);
        free(revocation->login);
        free(revocation);
        return NULL;
}

/* There is nothing left to do. */
static void finish(struct revocation *revocation)
{
        struct token_revocations *revocations = revocation->revocations;
        _cleanup_free_ char *login = TAKE_PTR(revocation->login);

        (void)revocation_free(revocation);
        revocations->on_done(login, revocations->userdata);
}

static void give_up(struct revocation *revocation, const char *why)
{
        log_line(LOG_WARNING,
                 "Failed to revoke the tokens of login %s at provider %s: %s, ignoring",
                 revocation->login, provider_settings(revocation->provider)->name, why);
        finish(revocation);
}

/* ---- again, later ---- */

static void take_turns(struct token_revocations *revocations);

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct revocation *revocation = userdata;

        revocation->pauses = false;
        take_turns(revocation->revocations);
        return 0;
}

static uint64_t pause_sec(const struct revocation *revocation, uint64_t asked_sec)
{
        uint64_t sec = RETRY_MIN_SEC;

        for (unsigned i = 1; i < revocation->tries && sec < RETRY_MAX_SEC; i++)
                sec *= 2;
        if (sec > RETRY_MAX_SEC)
                sec = RETRY_MAX_SEC;
        return sec > asked_sec ? sec : asked_sec;
}

/* RFC 7009 section 2.2.1. */
static void try_later(struct revocation *revocation, uint64_t asked_sec, const char *why)
{
        revocation->tries++;
        uint64_t sec = pause_sec(revocation, asked_sec);
        if (provider_now_sec(revocation->provider) + sec > revocation->until_sec) {
                give_up(revocation, why);
                return;
        }
        log_line(LOG_INFO, "The tokens of login %s are not revoked yet: %s, trying again in %llu s",
                 revocation->login, why, (unsigned long long)sec);
        revocation->timer = sd_event_source_disable_unref(revocation->timer);
        int r = sd_event_add_time_relative(revocation->revocations->event, &revocation->timer,
                                           CLOCK_BOOTTIME, sec * USEC_PER_SEC, USEC_PER_SEC,
                                           on_timer, revocation);
        if (r < 0)
                give_up(revocation, strerror(-r));
        else
                revocation->pauses = true;
}

/* ---- the request ---- */

static bool is_away(const struct http_answer *answer)
{
        return answer->status >= STATUS_SERVER_ERROR ||
               answer->status == STATUS_TOO_MANY_REQUESTS ||
               answer->status == STATUS_REQUEST_TIMEOUT;
}

/* Also after a refusal (unsupported_token_type, say): asking again would only meet it again. */
static void token_is_done(struct revocation *revocation)
{
        revocation->tries = 0;
        if (revocation->refresh_token)
                revocation->refresh_token = secret_free(revocation->refresh_token);
        else
                revocation->access_token = secret_free(revocation->access_token);
}

static void log_refusal(const struct revocation *revocation, const struct http_answer *answer)
{
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        struct json_object *object = NULL;
        bool has_code = oauth_response_open(answer->status, secret_bytes(answer->body),
                                            secret_size(answer->body), &object,
                                            &problem) == OAUTH_ERROR;

        (void)json_object_put(object);
        log_line(LOG_WARNING, "Provider %s did not revoke a token of login %s: status %u %s",
                 provider_settings(revocation->provider)->name, revocation->login, answer->status,
                 has_code ? problem.code : "");
}

static void on_answer(const struct http_answer *answer, void *userdata)
{
        struct revocation *revocation = userdata;
        struct token_revocations *revocations = revocation->revocations;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(revocation->call);

        revocations->n_asking--;
        if (answer->failure != HTTP_ANSWERED) {
                try_later(revocation, 0, answer->failure_text);
        } else if (is_away(answer)) {
                try_later(revocation, answer->retry_after_sec, "the provider is out of order");
        } else {
                if (answer->status != STATUS_OK)
                        log_refusal(revocation, answer);
                token_is_done(revocation);
        }
        take_turns(revocations);
}

static int ask(struct revocation *revocation)
{
        const struct oauth_question question = {
                .kind = OAUTH_REVOKE,
                .token = revocation->refresh_token ? revocation->refresh_token
                                                   : revocation->access_token,
                .token_type_hint = revocation->refresh_token ? "refresh_token" : "access_token",
        };

        return provider_call_new(revocation->provider, ENDPOINT_REVOCATION, &question, NULL,
                                 on_answer, revocation, &revocation->call);
}

/* ---- turns ---- */

static bool is_done(const struct revocation *revocation)
{
        if (revocation->refresh_token)
                return false;
        return !revocation->access_token ||
               (revocation->expires_at_sec > 0 &&
                revocation->expires_at_sec <= provider_now_sec(revocation->provider));
}

/* A provider without such an endpoint has its tokens end by themselves. */
static void start_one(struct revocation *revocation)
{
        if (!provider_metadata(revocation->provider)) {
                (void)document_fetch(provider_metadata_document(revocation->provider));
                try_later(revocation, 0, "the provider's metadata is not known");
                return;
        }
        if (is_done(revocation) ||
            !provider_endpoint_url(revocation->provider, ENDPOINT_REVOCATION)) {
                finish(revocation);
                return;
        }
        int r = ask(revocation);
        if (r < 0)
                give_up(revocation, strerror(-r));
        else
                revocation->revocations->n_asking++;
}

static int on_turn(sd_event_source *source, void *userdata)
{
        struct token_revocations *revocations = userdata;

        for (struct revocation *revocation = revocations->first, *next;
             revocation && revocations->n_asking < ASKING_MAX; revocation = next) {
                next = revocation->next;
                if (!revocation->call && !revocation->pauses)
                        start_one(revocation);
        }
        return 0;
}

static void take_turns(struct token_revocations *revocations)
{
        (void)sd_event_source_set_enabled(revocations->turn, SD_EVENT_ONESHOT);
}

/* ---- the outside ---- */

int token_revocations_new(sd_event *event, void (*on_done)(const char *login, void *userdata),
                          void *userdata, struct token_revocations **ret_revocations)
{
        _cleanup_(token_revocations_freep) struct token_revocations *revocations = calloc(
                1, sizeof(*revocations));
        if (!revocations)
                return -ENOMEM;

        revocations->event = sd_event_ref(event);
        revocations->on_done = on_done;
        revocations->userdata = userdata;
        int r = sd_event_add_defer(event, &revocations->turn, on_turn, revocations);
        if (r >= 0)
                r = sd_event_source_set_enabled(revocations->turn, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret_revocations = TAKE_PTR(revocations);
        return 0;
}

struct token_revocations *token_revocations_free(struct token_revocations *revocations)
{
        if (!revocations)
                return NULL;
        while (revocations->first)
                (void)revocation_free(revocations->first);
        sd_event_source_disable_unref(revocations->turn);
        sd_event_unref(revocations->event);
        free(revocations);
        return NULL;
}

bool token_revocations_add(struct token_revocations *revocations, struct provider *provider,
                           const char *login, uint64_t until_sec, struct token_record *record)
{
        if (!record->refresh_token && !record->access_token) {
                token_record_finish(record);
                return false;
        }
        struct revocation *revocation = calloc(1, sizeof(*revocation));
        char *name = strdup(login);

        if (!revocation || !name) {
                log_line(LOG_ERR, "Failed to revoke the tokens of login %s: out of memory", login);
                free(revocation);
                free(name);
                token_record_finish(record);
                return false;
        }
        if (revocations->n >= REVOCATIONS_MAX)
                give_up(revocations->first, "too many are to be revoked");
        *revocation = (struct revocation){
                .revocations = revocations,
                .previous = revocations->last,
                .provider = provider,
                .login = name,
                .expires_at_sec = record->expires_at_sec,
                .until_sec = until_sec,
        };
        revocation->refresh_token = TAKE_PTR(record->refresh_token);
        revocation->access_token = TAKE_PTR(record->access_token);
        token_record_finish(record);
        if (revocation->previous)
                revocation->previous->next = revocation;
        else
                revocations->first = revocation;
        revocations->last = revocation;
        revocations->n++;
        take_turns(revocations);
        return true;
}
