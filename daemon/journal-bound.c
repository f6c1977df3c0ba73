/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "journal-bound.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>

#include "core/rate-limit.h"
#include "log.h"

#define SOURCE_BYTES 16
#define REASON_BYTES 128

struct held_back {
        uid_t uid;
        uint64_t n;
};

struct journal_bound {
        sd_event *event;
        uint64_t interval_usec;
        struct rate_limit *limit;
        sd_event_source *timer;
        struct held_back list[JOURNAL_BOUND_MAX_UIDS];
        size_t n;
        uint64_t n_others;
};

/* ---- summing up ---- */

static void write_sum(uid_t uid, uint64_t n)
{
        char reason[REASON_BYTES], whose[SOURCE_BYTES] = "others";
        const struct log_decision decision = {
                .event = LOG_EVENT_CALLER,
                .outcome = LOGIN_REFUSED,
                .caller_uid = uid,
                .reason = reason,
        };

        if (n == 0)
                return;
        if (uid != LOG_NO_UID)
                (void)snprintf(whose, sizeof(whose), "uid %u", (unsigned)uid);
        (void)snprintf(reason, sizeof(reason),
                       "%" PRIu64 " further refused calls of %s are not written one by one", n,
                       whose);
        log_decision(&decision);
}

static void sum_up(struct journal_bound *bound)
{
        for (size_t i = 0; i < bound->n; i++)
                write_sum(bound->list[i].uid, bound->list[i].n);
        write_sum(LOG_NO_UID, bound->n_others);
        bound->n = 0;
        bound->n_others = 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        sum_up(userdata);
        return 0;
}

/* Without a timer it is said at the end. */
static void arm(struct journal_bound *bound)
{
        int r = sd_event_source_set_time_relative(bound->timer, bound->interval_usec);
        if (r >= 0)
                r = sd_event_source_set_enabled(bound->timer, SD_EVENT_ONESHOT);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to wait for the end of refused calls: %s, ignoring",
                         strerror(-r));
}

/* ---- counting ---- */

static uint64_t *count_of(struct journal_bound *bound, uid_t uid)
{
        for (size_t i = 0; i < bound->n; i++)
                if (bound->list[i].uid == uid)
                        return &bound->list[i].n;
        if (uid == LOG_NO_UID || bound->n == JOURNAL_BOUND_MAX_UIDS)
                return &bound->n_others;
        bound->list[bound->n] = (struct held_back){.uid = uid};
        return &bound->list[bound->n++].n;
}

/* Where that cannot be counted, it is written. */
static bool is_too_many(uid_t uid, void *userdata)
{
        struct journal_bound *bound = userdata;
        char source[SOURCE_BYTES];
        uint64_t now_usec = 0;

        (void)snprintf(source, sizeof(source), "%u", (unsigned)uid);
        (void)sd_event_now(bound->event, CLOCK_BOOTTIME, &now_usec);
        if (rate_limit_take(bound->limit, source, now_usec) != 0)
                return false;
        if (bound->n == 0 && bound->n_others == 0)
                arm(bound);
        ++*count_of(bound, uid);
        return true;
}

/* ---- the whole ---- */

int journal_bound_new(sd_event *event, uint64_t interval_usec, struct journal_bound **ret_bound)
{
        _cleanup_(journal_bound_freep) struct journal_bound *bound = calloc(1, sizeof(*bound));
        if (!bound)
                return -ENOMEM;

        bound->event = sd_event_ref(event);
        bound->interval_usec = interval_usec;
        int r = rate_limit_new(JOURNAL_BOUND_PER_MINUTE, &bound->limit);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &bound->timer, CLOCK_BOOTTIME, interval_usec,
                                               0, on_timer, bound);
        if (r >= 0)
                r = sd_event_source_set_enabled(bound->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        log_bound_refusals(&(struct log_bound){is_too_many, bound});
        *ret_bound = TAKE_PTR(bound);
        return 0;
}

struct journal_bound *journal_bound_free(struct journal_bound *bound)
{
        if (!bound)
                return NULL;
        log_bound_refusals(NULL);
        sum_up(bound);
        (void)sd_event_source_disable_unref(bound->timer);
        (void)rate_limit_free(bound->limit);
        sd_event_unref(bound->event);
        free(bound);
        return NULL;
}
