/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/check-calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "bus/call-context.h"
#include "bus/caller.h"
#include "common/cleanup.h"
#include "log.h"

#define CALLS_MAX 10000

struct check_call {
        struct check_calls *calls;
        struct check_call *previous, *next;
        struct account_check *check;
        sd_bus_message *message;
};

static struct check_call *check_call_free(struct check_call *call)
{
        if (!call)
                return NULL;
        if (call->previous)
                call->previous->next = call->next;
        else
                call->calls->first = call->next;
        if (call->next)
                call->next->previous = call->previous;
        call->calls->n--;
        (void)account_check_free(call->check);
        sd_bus_message_unref(call->message);
        free(call);
        return NULL;
}
DEFINE_CLEANUP(struct check_call *, check_call_free);

static struct check_call *check_call_new(struct check_calls *calls, sd_bus_message *message)
{
        struct check_call *call = calloc(1, sizeof(*call));
        if (!call)
                return NULL;

        call->calls = calls;
        call->message = sd_bus_message_ref(message);
        call->next = calls->first;
        if (call->next)
                call->next->previous = call;
        calls->first = call;
        calls->n++;
        return call;
}

static int reply(sd_bus_message *message, struct refusal answer)
{
        return sd_bus_reply_method_return(message, "ss", login_outcome_word(answer.outcome),
                                          answer.reason);
}

static void on_done(struct refusal answer, void *userdata)
{
        _cleanup_(check_call_freep) struct check_call *call = userdata;

        int r = reply(call->message, answer);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to answer 'CheckAccount': %s", strerror(-r));
}

int check_call_start(struct check_calls *calls, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(call_context_finish) struct call_context context = {0};
        _cleanup_(check_call_freep) struct check_call *call = NULL;
        struct refusal answer;

        int r = call_context_read(message, &context, error);
        if (r < 0)
                return r;
        if (calls->n >= CALLS_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many accounts are being checked.");
        call = check_call_new(calls, message);
        if (!call)
                return -ENOMEM;
        struct login_request request = call_context_request(&context);
        r = service_check_account(calls->service, &request, on_done, call, &call->check, &answer);
        if (r == 0)
                return reply(message, answer);
        if (r > 0)
                TAKE_PTR(call);
        return r;
}

/* ---- all of them ---- */

static int on_departure(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct check_calls *calls = userdata;
        const char *name;

        int r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        for (struct check_call *call = calls->first, *next; call; call = next) {
                next = call->next;
                if (strcmp(sd_bus_message_get_sender(call->message), name) == 0)
                        (void)check_call_free(call);
        }
        return 0;
}

int check_calls_watch(struct check_calls *calls)
{
        return caller_watch_departures(calls->bus, &calls->departures, on_departure, calls);
}

void check_calls_finish(struct check_calls *calls)
{
        while (calls->first)
                (void)check_call_free(calls->first);
        calls->departures = sd_bus_slot_unref(calls->departures);
}
