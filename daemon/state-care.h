/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator does with the state as a whole: look at it, accept it after damage, give it
 * a new key. */
#pragma once

#include "state.h"

struct state_report {
        const char *path;      /* of the store */
        const char *objection; /* NULL: none */
        bool has_credential;   /* the key is the service manager's */
        bool is_failing;       /* a write failed since the start */
        size_t n_waiting;      /* writes that are not on the disk yet */
};

/* All borrowed, until the loop goes on. */
struct state_report state_care_report(const struct state *state);

/* The store as it is now is what counts: the objection is gone when on_done says 0, for good. As
 * store_queue_push(). */
int state_care_accept(struct state *state, store_on_done on_done, void *userdata,
                      struct store_write **ret_write);

/* Makes a new key, and seals every row anew; other writes wait for that. -EPERM when the key is the
 * service manager's. As store_queue_push(). */
int state_care_rekey(struct state *state, store_on_done on_done, void *userdata,
                     struct store_write **ret_write);

/* Where there are older keys beside the first one, has the rows sealed with that: after a change
 * that was cut off, or one of the credential. */
void state_care_resume(struct state *state);
