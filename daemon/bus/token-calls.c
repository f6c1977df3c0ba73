/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/token-calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "bus/caller.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "log.h"

#define CALLS_MAX          64
#define CALLS_PER_USER_MAX 4
#define LIFETIME_MAX_SEC   (24 * 60 * 60)

struct token_call {
        struct token_calls *calls;
        struct token_call *previous, *next;
        struct token_wait *wait;
        sd_bus_message *message;
        char *owner; /* unique name of the caller */
        uid_t uid;
};

static struct token_call *token_call_free(struct token_call *call)
{
        if (call->previous)
                call->previous->next = call->next;
        else if (call->calls->first == call)
                call->calls->first = call->next;
        if (call->next)
                call->next->previous = call->previous;
        (void)token_wait_free(call->wait);
        sd_bus_message_unref(call->message);
        free(call->owner);
        free(call);
        return NULL;
}
DEFINE_CLEANUP(struct token_call *, token_call_free);

void token_calls_finish(struct token_calls *calls)
{
        while (calls->first)
                (void)token_call_free(calls->first);
        calls->departures = sd_bus_slot_unref(calls->departures);
}

/* ---- the reply ---- */

static int append_text(sd_bus_message *reply, const char *key, const char *text)
{
        return text && *text ? sd_bus_message_append(reply, "{sv}", key, "s", text) : 0;
}

static int append_time(sd_bus_message *reply, const char *key, uint64_t sec)
{
        return sec > 0 ? sd_bus_message_append(reply, "{sv}", key, "t", sec) : 0;
}

static int append_token(sd_bus_message *reply, const struct token_record *record)
{
        const struct {
                const char *key, *text;
        } texts[] = {
                {"access_token", secret_bytes(record->access_token)},
                {"token_type", "Bearer"},
                {"scope", record->scope},
                {"provider", record->provider},
                {"issuer", record->issuer},
                {"subject", record->subject},
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                int r = append_text(reply, texts[i].key, texts[i].text);
                if (r < 0)
                        return r;
        }
        int r = append_time(reply, "granted_at", record->granted_at_sec);
        return r < 0 ? r : append_time(reply, "expires_at", record->expires_at_sec);
}

/* Where the token can be used, and how that is reached: badgectl has no settings. */
static int append_way(sd_bus_message *reply, const struct provider *provider)
{
        int r = append_text(reply, "userinfo_endpoint",
                            provider_endpoint_url(provider, ENDPOINT_USERINFO));
        if (r >= 0)
                r = append_text(reply, "ca_file", provider_settings(provider)->ca_file);
        return r < 0 ? r : append_text(reply, "proxy", provider_settings(provider)->proxy);
}

static int reply_token(const struct token_call *call, const struct token_record *record)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct provider *provider = service_provider(call->calls->service, record->provider);

        int r = sd_bus_message_new_method_return(call->message, &reply);
        if (r >= 0)
                r = sd_bus_message_sensitive(reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_token(reply, record);
        if (r >= 0 && provider)
                r = append_way(reply, provider);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_send(reply);
}

static int reply_answer(const struct token_call *call, enum token_answer answer,
                        const struct token_record *record)
{
        const char *error = BADGED_ERROR_REFUSED, *sentence = "";

        switch (answer) {
        case TOKEN_VALID:
                return reply_token(call, record);
        case TOKEN_TOO_SHORT:
                sentence = "The identity provider gives no token that counts for so long.";
                break;
        case TOKEN_EXPIRED:
                sentence = "Your access token has expired, and no refresh token came with it.";
                break;
        case TOKEN_OVER:
                sentence = "Your tokens do not count any more; sign in again.";
                break;
        case TOKEN_UNAVAILABLE:
                error = BADGED_ERROR_UNAVAILABLE;
                sentence = "The identity provider gives no new token for now.";
                break;
        }
        return sd_bus_reply_method_errorf(call->message, error, "%s", sentence);
}

static void on_answer(enum token_answer answer, const struct token_record *record, void *userdata)
{
        _cleanup_(token_call_freep) struct token_call *call = userdata;

        int r = reply_answer(call, answer, record);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to answer 'GetToken' of %s: %s", call->owner,
                         strerror(-r));
}

/* ---- the call ---- */

static int on_departure(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct token_calls *calls = userdata;
        const char *name;

        int r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        for (struct token_call *call = calls->first, *next; call; call = next) {
                next = call->next;
                if (strcmp(call->owner, name) == 0)
                        (void)token_call_free(call);
        }
        return 0;
}

int token_calls_watch(struct token_calls *calls)
{
        return caller_watch_departures(calls->bus, &calls->departures, on_departure, calls);
}

static bool has_room(const struct token_calls *calls, uid_t uid)
{
        size_t n = 0, n_own = 0;

        for (const struct token_call *call = calls->first; call; call = call->next) {
                n++;
                n_own += call->uid == uid;
        }
        return n < CALLS_MAX && n_own < CALLS_PER_USER_MAX;
}

static int start(struct token_calls *calls, sd_bus_message *message, uid_t uid,
                 uint64_t min_lifetime_sec, const char **ret_sentence)
{
        const char *sender = sd_bus_message_get_sender(message);
        _cleanup_(token_call_freep) struct token_call *call = calloc(1, sizeof(*call));
        if (!call)
                return -ENOMEM;

        call->calls = calls;
        call->uid = uid;
        call->owner = strdup(sender ? sender : "");
        if (!call->owner)
                return -ENOMEM;
        int r = service_get_token(calls->service, uid, min_lifetime_sec, on_answer, call,
                                  &call->wait, ret_sentence);
        if (r < 0)
                return r;
        call->message = sd_bus_message_ref(message);
        call->next = calls->first;
        if (call->next)
                call->next->previous = call;
        calls->first = TAKE_PTR(call);
        return 1;
}

int token_call_start(struct token_calls *calls, sd_bus_message *message, sd_bus_error *error)
{
        uint64_t min_lifetime_sec;
        const char *sentence = NULL;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "t", &min_lifetime_sec);
        if (r < 0)
                return r;
        if (min_lifetime_sec > LIFETIME_MAX_SEC)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "min_lifetime is more than a day.");
        if (!has_room(calls, uid))
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many tokens are asked for at once.");
        r = start(calls, message, uid, min_lifetime_sec, &sentence);
        return r == -EACCES ? sd_bus_error_set(error, BADGED_ERROR_REFUSED, sentence) : r;
}
