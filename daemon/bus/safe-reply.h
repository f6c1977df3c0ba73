/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that are answered when what they asked for is on the disk, or has failed to get there. */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"
#include "state.h"

struct safe_reply;

/* Those of one bus, so that they can be let go of at the end. Starts out zeroed. */
struct safe_replies {
        struct safe_reply *first;
};

/* What was to be written is written all the same. */
void safe_replies_finish(struct safe_replies *replies);

/* An answer without arguments to the call, once safe_reply_on_done() hears how the write went,
 * which it is handed over to. 0 or -ENOMEM. */
int safe_reply_new(struct safe_replies *replies, sd_bus_message *message,
                   struct safe_reply **ret_reply);
/* The answer has this argument, which is copied. -ENOMEM. */
int safe_reply_say(struct safe_reply *reply, const char *text);
/* The answer is this number. */
void safe_reply_count(struct safe_reply *reply, uint32_t count);
/* For when nothing is to be written after all: the call is the caller's to answer. Takes NULL,
 * returns NULL. */
struct safe_reply *safe_reply_free(struct safe_reply *reply);
DEFINE_CLEANUP(struct safe_reply *, safe_reply_free);
#define _cleanup_safe_reply_ _cleanup_(safe_reply_freep)

/* The answer to give instead of one without arguments; takes it over. */
void safe_reply_answer(struct safe_reply *reply, sd_bus_message *answer);

/* For a write that could not even be asked for: no room in its table, or in the queue. Sets the
 * error; others are returned as they are. */
int safe_reply_complain(int r, sd_bus_error *error);

/* Where the handle of the write goes; and its store_on_done, with the reply as userdata. */
struct store_write **safe_reply_write(struct safe_reply *reply);
void safe_reply_on_done(int result, void *userdata);
