/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/safe-reply.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/bus-names.h"
#include "log.h"

struct safe_reply {
        struct safe_replies *replies;
        struct safe_reply *previous, *next;
        sd_bus_message *message;
        sd_bus_message *answer; /* NULL: one of the following */
        struct store_write *write;
        char *text; /* NULL: the answer is none */
        bool has_count;
        uint32_t count;
};

struct safe_reply *safe_reply_free(struct safe_reply *reply)
{
        if (!reply)
                return NULL;
        if (reply->previous)
                reply->previous->next = reply->next;
        else
                reply->replies->first = reply->next;
        if (reply->next)
                reply->next->previous = reply->previous;
        (void)store_write_free(reply->write);
        sd_bus_message_unref(reply->message);
        free(reply->text);
        sd_bus_message_unref(reply->answer);
        free(reply);
        return NULL;
}

void safe_replies_finish(struct safe_replies *replies)
{
        while (replies->first)
                (void)safe_reply_free(replies->first);
}

int safe_reply_new(struct safe_replies *replies, sd_bus_message *message,
                   struct safe_reply **ret_reply)
{
        struct safe_reply *reply = calloc(1, sizeof(*reply));
        if (!reply)
                return -ENOMEM;

        reply->message = sd_bus_message_ref(message);
        reply->replies = replies;
        reply->next = replies->first;
        if (reply->next)
                reply->next->previous = reply;
        replies->first = reply;
        *ret_reply = reply;
        return 0;
}

int safe_reply_say(struct safe_reply *reply, const char *text)
{
        reply->text = strdup(text);
        return reply->text ? 0 : -ENOMEM;
}

struct store_write **safe_reply_write(struct safe_reply *reply)
{
        return &reply->write;
}

void safe_reply_count(struct safe_reply *reply, uint32_t count)
{
        reply->has_count = true;
        reply->count = count;
}

void safe_reply_answer(struct safe_reply *reply, sd_bus_message *answer)
{
        reply->answer = answer;
}

static int send(const struct safe_reply *reply, int result)
{
        if (result < 0)
                return sd_bus_reply_method_errorf(reply->message, BADGED_ERROR_UNAVAILABLE,
                                                  "It could not be written down.");
        if (reply->answer)
                return sd_bus_message_send(reply->answer);
        if (reply->has_count)
                return sd_bus_reply_method_return(reply->message, "u", reply->count);
        return sd_bus_reply_method_return(reply->message, reply->text ? "s" : NULL, reply->text);
}

void safe_reply_on_done(int result, void *userdata)
{
        _cleanup_safe_reply_ struct safe_reply *reply = userdata;

        int r = send(reply, result);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to answer '%s': %s",
                         sd_bus_message_get_member(reply->message), strerror(-r));
}

int safe_reply_complain(int r, sd_bus_error *error)
{
        if (r == -ENOSPC)
                return sd_bus_error_set(error, BADGED_ERROR_TOO_MANY,
                                        "badged keeps as many of these as it can. Forget accounts "
                                        "that are gone (badgectl account forget).");
        if (r == -ENOBUFS)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too much is being written down. Try again in a moment.");
        return r;
}
