/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tidying.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "log.h"
#include "tickets.h"

struct tidying {
        struct state *state;
        uint64_t interval_usec;
        sd_event_source *timer;
};

static void tidy(struct tidying *tidying)
{
        /* What is in doubt is for an administrator to look at as it is. */
        if (state_objection(tidying->state))
                return;
        size_t n = tickets_tidy(tidying->state, TIDYING_MAX_TICKETS, clock_wall_sec());
        if (n > 0)
                log_line(LOG_NOTICE, "Tickets that were over a while ago are forgotten: %zu", n);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct tidying *tidying = userdata;

        tidy(tidying);
        int r = sd_event_source_set_time_relative(source, tidying->interval_usec);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int tidying_new(sd_event *event, struct state *state, uint64_t interval_usec,
                struct tidying **ret_tidying)
{
        _cleanup_(tidying_freep) struct tidying *tidying = calloc(1, sizeof(*tidying));
        if (!tidying)
                return -ENOMEM;

        *tidying = (struct tidying){.state = state, .interval_usec = interval_usec};
        int r = sd_event_add_time_relative(event, &tidying->timer, CLOCK_BOOTTIME, interval_usec, 0,
                                           on_timer, tidying);
        if (r < 0)
                return r;
        tidy(tidying);
        *ret_tidying = TAKE_PTR(tidying);
        return 0;
}

struct tidying *tidying_free(struct tidying *tidying)
{
        if (!tidying)
                return NULL;
        (void)sd_event_source_disable_unref(tidying->timer);
        free(tidying);
        return NULL;
}
