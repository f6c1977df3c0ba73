/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whoever waits for one session's access token, each with a wish of their own. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/token-judgement.h"
#include "core/token-record.h"

struct token_wait;

/* Called once, from the loop. The record is borrowed, and NULL unless TOKEN_VALID. May free the
 * wait, and drop records. */
typedef void (*token_on_answer)(enum token_answer answer, const struct token_record *record,
                                void *userdata);

/* Nobody is told any more. Takes NULL, returns NULL. */
struct token_wait *token_wait_free(struct token_wait *wait);
DEFINE_CLEANUP(struct token_wait *, token_wait_free);

/* Those of one session. judge is asked from the loop, once for each wait and again when something
 * came: true with the answer, and the record for TOKEN_VALID; false: it goes on waiting. */
struct token_waits {
        struct token_wait *first;
        bool (*judge)(const struct token_wish *wish, struct token_record *ret_record,
                      enum token_answer *ret_answer, void *userdata);
        void *userdata;
};

int token_wait_new(sd_event *event, struct token_waits *waits, const struct token_wish *wish,
                   token_on_answer on_answer, void *userdata, struct token_wait **ret_wait);

/* Everybody who has no answer yet gets this one. */
void token_waits_tell(struct token_waits *waits, enum token_answer answer);

/* What they wait for has come: each judges for itself, for it may last less than somebody asked. */
void token_waits_renew(struct token_waits *waits);

/* Tells them that the tokens are over, and knows them no more; they stay their owners' to free. */
void token_waits_finish(struct token_waits *waits);
