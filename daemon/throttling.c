/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "throttling.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "core/throttle.h"
#include "log.h"
#include "state.h"

static struct throttle throttle_of(const struct throttle_record *record)
{
        return (struct throttle){record->n_failures, record->first_at_sec, record->last_at_sec};
}

static bool is_over(const struct throttle_record *record, uint64_t now_sec)
{
        const struct throttle throttle = throttle_of(record);

        return throttle_is_over(&throttle, now_sec);
}

static const struct throttle_record *find(const struct state *state, const char *account,
                                          const char *origin)
{
        const struct throttle_record *record = NULL;

        while ((record = store_mirror_next(state->throttles, record)))
                if (record->account && record->origin && strcmp(record->account, account) == 0 &&
                    strcmp(record->origin, origin) == 0)
                        return record;
        return NULL;
}

/* Nobody waits for the disk: the queue tells the journal of its failures, this of its own. */
static void put(struct state *state, const struct throttle_record *record,
                const struct throttle *throttle)
{
        struct throttle_record changed = *record;

        changed.n_failures = throttle->n_failures;
        changed.first_at_sec = throttle->first_at_sec;
        changed.last_at_sec = throttle->last_at_sec;
        int r = store_mirror_note(state->throttles, &changed);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to write down a failed login of '%s': %s, ignoring",
                         record->account, strerror(-r));
}

static void drop(struct state *state, const struct throttle_record *record)
{
        (void)store_mirror_remove(state->throttles, record->id, NULL, NULL, NULL);
}

/* ---- whoever comes ---- */

uint64_t throttling_wait_sec(struct state *state, const char *account, const char *origin,
                             uint64_t now_sec)
{
        const struct throttle_record *record = find(state, account, origin);
        if (!record)
                return 0;

        struct throttle throttle = throttle_of(record);
        if (throttle_heed_clock(&throttle, now_sec))
                put(state, record, &throttle);
        return throttle_wait_sec(&throttle, now_sec);
}

const char *throttling_sentence(uint64_t wait_sec)
{
        static const struct {
                uint64_t up_to_sec;
                const char *sentence;
        } rows[] = {
                {10, "Too many sign-ins failed. Try again in a few seconds."},
                {60, "Too many sign-ins failed. Try again in a minute."},
                {600, "Too many sign-ins failed. Try again in a few minutes."},
                {UINT64_MAX, "Too many sign-ins failed. Try again in an hour."},
        };
        size_t i = 0;

        while (wait_sec > rows[i].up_to_sec)
                i++;
        return rows[i].sentence;
}

/* ---- whoever failed ---- */

/* Those that are over make room by the way, and the one that failed longest ago if none is. */
static void make_room(struct state *state, uint64_t now_sec)
{
        const struct throttle_record *oldest = NULL, *next;

        for (const struct throttle_record *record = store_mirror_next(state->throttles, NULL);
             record; record = next) {
                next = store_mirror_next(state->throttles, record);
                if (is_over(record, now_sec))
                        drop(state, record);
                else if (!oldest || record->last_at_sec < oldest->last_at_sec)
                        oldest = record;
        }
        if (oldest && store_mirror_count(state->throttles) >= THROTTLING_MAX_PAIRS)
                drop(state, oldest);
}

static void count(struct state *state, const char *account, const char *origin, uint64_t now_sec)
{
        const struct throttle_record *known = find(state, account, origin);
        char id[STATE_ID_DIGITS + 1];
        struct throttle_record record = {
                .id = id, .account = (char *)account, .origin = (char *)origin};
        struct throttle throttle = {0};

        if (known) {
                record = *known;
                throttle = throttle_of(known);
        } else {
                make_room(state, now_sec);
                int r = state_new_id(id);
                if (r < 0) {
                        log_line(LOG_WARNING,
                                 "Failed to count a failed login of '%s': %s, ignoring", account,
                                 strerror(-r));
                        return;
                }
        }
        throttle_count(&throttle, now_sec);
        put(state, &record, &throttle);
}

void throttling_note(struct state *state, const char *account, const char *origin,
                     enum login_outcome outcome, uint64_t now_sec)
{
        const struct throttle_record *known;

        switch (outcome) {
        case LOGIN_DENIED:
        case LOGIN_REFUSED:
                count(state, account, origin, now_sec);
                return;
        case LOGIN_GRANTED:
                known = find(state, account, origin);
                if (known)
                        drop(state, known);
                return;
        case LOGIN_EXPIRED:
        case LOGIN_UNAVAILABLE:
        case LOGIN_THROTTLED:
        case LOGIN_CANCELLED:
                return;
        }
}

/* ---- the list ---- */

const struct throttle_record *throttling_next(const struct state *state,
                                              const struct throttle_record *after, uint64_t now_sec)
{
        const struct throttle_record *record = after;

        do
                record = store_mirror_next(state->throttles, record);
        while (record && is_over(record, now_sec));
        return record;
}

uint64_t throttle_record_wait_sec(const struct throttle_record *record, uint64_t now_sec)
{
        const struct throttle throttle = throttle_of(record);

        return throttle_wait_sec(&throttle, now_sec);
}

int throttling_clear(struct state *state, const char *id, store_on_done on_done, void *userdata,
                     struct store_write **ret_write)
{
        return store_mirror_remove(state->throttles, id, on_done, userdata, ret_write);
}
