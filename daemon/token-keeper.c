/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-keeper.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "log.h"
#include "token-refresh.h"
#include "token-revocation.h"
#include "token-store.h"

/* A token that came less than this ago is not renewed while it counts, and after a refresh that
 * failed nobody is asked again for a while, longer each time up to the most: whoever asks for
 * tokens in a loop is not to wear the provider out. */
#define YOUNG_SEC     10
#define PAUSE_MIN_SEC 3
#define PAUSE_MAX_SEC 300

/* One login's tokens; the record itself is in the store. */
struct kept {
        struct token_keeper *keeper;
        struct kept *previous, *next;
        const struct authority *authority;
        char *id;
        struct token_wait *waits;
        struct token_refresh *refresh;
        uint64_t not_before_sec; /* of the next refresh */
        uint64_t pause_sec;      /* before that; 0: the last one went well */
        bool was_in_doubt;       /* before the one that is under way */
        bool is_dropped;         /* while one was: the end of it decides what has to be revoked */
        struct token_record dropped;
};

struct token_keeper {
        sd_event *event;
        struct token_store *store;
        struct token_revocations *revocations;
        struct kept *first;
};

struct token_wait {
        struct kept *kept; /* NULL: they are over */
        struct token_wait *next;
        uint64_t min_lifetime_sec;
        token_on_answer on_answer;
        void *userdata;
        sd_event_source *turn; /* on while there is something to do about it, from the loop */
        bool is_fresh;         /* what it waited for has just come */
        bool has_answer;
        enum token_answer answer;
};

static uint64_t now_sec(const struct kept *kept)
{
        return provider_now_sec(kept->authority->provider);
}

static void wake(struct token_wait *wait)
{
        (void)sd_event_source_set_enabled(wait->turn, SD_EVENT_ONESHOT);
}

static void tell(struct token_wait *wait, enum token_answer answer)
{
        wait->has_answer = true;
        wait->answer = answer;
        wake(wait);
}

static void tell_all(struct kept *kept, enum token_answer answer)
{
        for (struct token_wait *wait = kept->waits; wait; wait = wait->next)
                if (!wait->has_answer)
                        tell(wait, answer);
}

static struct kept *kept_free(struct kept *kept)
{
        tell_all(kept, TOKEN_OVER);
        while (kept->waits) {
                struct token_wait *next = kept->waits->next;
                kept->waits->kept = NULL;
                kept->waits->next = NULL;
                kept->waits = next;
        }
        if (kept->previous)
                kept->previous->next = kept->next;
        else
                kept->keeper->first = kept->next;
        if (kept->next)
                kept->next->previous = kept->previous;
        (void)token_refresh_free(kept->refresh);
        token_record_finish(&kept->dropped);
        free(kept->id);
        free(kept);
        return NULL;
}

static struct kept *find(const struct token_keeper *keeper, const char *id)
{
        for (struct kept *kept = keeper->first; kept; kept = kept->next)
                if (!kept->is_dropped && strcmp(kept->id, id) == 0)
                        return kept;
        return NULL;
}

/* ---- refresh ---- */

static void log_refresh(const struct kept *kept, const char *detail)
{
        log_line(LOG_WARNING, "Failed to refresh the tokens of login %s at provider %s: %s",
                 kept->id, provider_settings(kept->authority->provider)->name, detail);
}

static void revoke_tokens(const struct kept *kept, struct token_record *record)
{
        token_revocations_add(kept->keeper->revocations, kept->authority->provider, kept->id,
                              record);
}

/* The provider ended them, or they cannot be kept. */
static void end(struct kept *kept)
{
        token_store_drop(kept->keeper->store, kept->id);
        (void)kept_free(kept);
}

/* Safe first: with a refresh token that was used up and a new one that is nowhere, the session
 * would be gone. False: it is, and so are the tokens. */
static bool keep_new(struct kept *kept, struct token_record *record)
{
        int r = token_store_put(kept->keeper->store, kept->id, record);
        if (r >= 0)
                return true;
        log_refresh(kept, strerror(-r));
        revoke_tokens(kept, record);
        end(kept);
        return false;
}

/* Each wait judges for itself: the new token may last less than somebody asked for. */
static void hand_out(struct kept *kept)
{
        kept->pause_sec = 0;
        for (struct token_wait *wait = kept->waits; wait; wait = wait->next)
                if (!wait->has_answer) {
                        wait->is_fresh = true;
                        wake(wait);
                }
}

static void pause_refreshes(struct kept *kept)
{
        kept->pause_sec = kept->pause_sec == 0 ? PAUSE_MIN_SEC : 2 * kept->pause_sec;
        if (kept->pause_sec > PAUSE_MAX_SEC)
                kept->pause_sec = PAUSE_MAX_SEC;
        kept->not_before_sec = now_sec(kept) + kept->pause_sec;
        tell_all(kept, TOKEN_UNAVAILABLE);
}

/* What was sent did not use the token up: the doubt that was written down beforehand was none. */
static void put_back(struct kept *kept)
{
        _cleanup_record_ struct token_record record = {0};

        if (token_store_get(kept->keeper->store, kept->id, &record) < 0)
                return;
        record.refresh_in_doubt = kept->was_in_doubt;
        (void)token_store_put(kept->keeper->store, kept->id, &record);
}

static void on_refreshed(enum token_refresh_end how, struct token_record *record,
                         const char *detail, void *userdata)
{
        struct kept *kept = userdata;
        _cleanup_(token_refresh_freep) struct token_refresh *finished = TAKE_PTR(kept->refresh);

        if (detail)
                log_refresh(kept, detail);
        if (kept->is_dropped) {
                revoke_tokens(kept, record ? record : &kept->dropped);
                (void)kept_free(kept);
                return;
        }
        switch (how) {
        case TOKEN_REFRESH_DONE:
                if (keep_new(kept, record))
                        hand_out(kept);
                return;
        case TOKEN_REFRESH_UNCHECKED:
                if (!keep_new(kept, record))
                        return;
                break;
        case TOKEN_REFRESH_FAILED:
                put_back(kept);
                break;
        case TOKEN_REFRESH_LOST:
                break;
        case TOKEN_REFRESH_REJECTED:
                revoke_tokens(kept, record);
                end(kept);
                return;
        case TOKEN_REFRESH_REFUSED:
                end(kept);
                return;
        }
        pause_refreshes(kept);
}

/* The doubt is written down before anything is sent, so that a crash leaves it behind. */
static int start_refresh(struct kept *kept, struct token_record *record)
{
        kept->was_in_doubt = record->refresh_in_doubt;
        record->refresh_in_doubt = true;
        int r = token_store_put(kept->keeper->store, kept->id, record);
        if (r >= 0)
                r = token_refresh_new(kept->authority, record, on_refreshed, kept, &kept->refresh);
        if (r < 0) {
                log_refresh(kept, strerror(-r));
                put_back(kept);
        }
        return r;
}

/* ---- waits ---- */

/* True with an answer; false when only a new token can be one. */
static bool judge(const struct token_wait *wait, const struct token_record *record,
                  enum token_answer *ret_answer)
{
        uint64_t now = now_sec(wait->kept), lifetime_sec = token_record_lifetime_sec(record);
        bool counts = token_record_is_valid(record, 0, now);

        if (token_record_is_valid(record, wait->min_lifetime_sec, now) ||
            (wait->is_fresh && lifetime_sec >= wait->min_lifetime_sec))
                *ret_answer = TOKEN_VALID;
        else if (wait->is_fresh || lifetime_sec < wait->min_lifetime_sec ||
                 (counts && (!record->refresh_token || now < record->granted_at_sec + YOUNG_SEC)))
                *ret_answer = TOKEN_TOO_SHORT;
        else if (!record->refresh_token)
                *ret_answer = TOKEN_EXPIRED;
        else if (!wait->kept->refresh && now < wait->kept->not_before_sec)
                *ret_answer = TOKEN_UNAVAILABLE;
        else
                return false;
        return true;
}

/* Nothing may touch the wait after this. */
static void answer_wait(struct token_wait *wait, enum token_answer answer,
                        const struct token_record *record)
{
        wait->has_answer = true;
        wait->on_answer(answer, answer == TOKEN_VALID ? record : NULL, wait->userdata);
}

static int on_turn(sd_event_source *source, void *userdata)
{
        struct token_wait *wait = userdata;
        _cleanup_record_ struct token_record record = {0};
        enum token_answer answer = TOKEN_UNAVAILABLE;

        if (wait->has_answer) {
                answer_wait(wait, wait->answer, NULL);
                return 0;
        }
        int r = token_store_get(wait->kept->keeper->store, wait->kept->id, &record);
        if (r >= 0 && !judge(wait, &record, &answer)) {
                r = wait->kept->refresh ? 0 : start_refresh(wait->kept, &record);
                if (r >= 0)
                        return 0;
        }
        answer_wait(wait, answer, &record);
        return 0;
}

int token_keeper_get(struct token_keeper *keeper, const char *id, uint64_t min_lifetime_sec,
                     token_on_answer on_answer, void *userdata, struct token_wait **ret_wait)
{
        _cleanup_(token_wait_freep) struct token_wait *wait = NULL;
        struct kept *kept = find(keeper, id);

        if (!kept)
                return -ENOENT;
        wait = calloc(1, sizeof(*wait));
        if (!wait)
                return -ENOMEM;
        wait->min_lifetime_sec = min_lifetime_sec;
        wait->on_answer = on_answer;
        wait->userdata = userdata;
        int r = sd_event_add_defer(keeper->event, &wait->turn, on_turn, wait);
        if (r < 0)
                return r;
        wait->kept = kept;
        wait->next = kept->waits;
        kept->waits = wait;
        *ret_wait = TAKE_PTR(wait);
        return 0;
}

struct token_wait *token_wait_free(struct token_wait *wait)
{
        if (!wait)
                return NULL;
        if (wait->kept) {
                struct token_wait **link = &wait->kept->waits;
                while (*link != wait)
                        link = &(*link)->next;
                *link = wait->next;
        }
        sd_event_source_disable_unref(wait->turn);
        free(wait);
        return NULL;
}

/* ---- the outside ---- */

int token_keeper_new(sd_event *event, struct token_keeper **ret_keeper)
{
        _cleanup_(token_keeper_freep) struct token_keeper *keeper = calloc(1, sizeof(*keeper));
        if (!keeper)
                return -ENOMEM;

        keeper->event = sd_event_ref(event);
        int r = token_store_new(&keeper->store);
        if (r >= 0)
                r = token_revocations_new(event, &keeper->revocations);
        if (r < 0)
                return r;
        *ret_keeper = TAKE_PTR(keeper);
        return 0;
}

struct token_keeper *token_keeper_free(struct token_keeper *keeper)
{
        if (!keeper)
                return NULL;
        while (keeper->first)
                (void)kept_free(keeper->first);
        (void)token_revocations_free(keeper->revocations);
        (void)token_store_free(keeper->store);
        sd_event_unref(keeper->event);
        free(keeper);
        return NULL;
}

int token_keeper_add(struct token_keeper *keeper, const char *id, const struct authority *authority,
                     const struct token_record *record)
{
        struct kept *kept = calloc(1, sizeof(*kept));
        char *copy = strdup(id);

        int r = kept && copy ? token_store_put(keeper->store, id, record) : -ENOMEM;
        if (r < 0) {
                free(kept);
                free(copy);
                return r;
        }
        *kept = (struct kept){
                .keeper = keeper, .next = keeper->first, .authority = authority, .id = copy};
        if (kept->next)
                kept->next->previous = kept;
        keeper->first = kept;
        return 0;
}

const struct authority *token_keeper_authority(const struct token_keeper *keeper, const char *id)
{
        const struct kept *kept = find(keeper, id);

        return kept ? kept->authority : NULL;
}

int token_keeper_read(struct token_keeper *keeper, const char *id, struct token_record *ret_record)
{
        return token_store_get(keeper->store, id, ret_record);
}

void token_keeper_drop(struct token_keeper *keeper, const char *id)
{
        struct kept *kept = find(keeper, id);

        if (!kept)
                return;
        if (token_store_get(keeper->store, id, &kept->dropped) < 0)
                log_line(LOG_WARNING, "Failed to revoke the tokens of login %s, ignoring", id);
        token_store_drop(keeper->store, id);
        kept->is_dropped = true;
        tell_all(kept, TOKEN_OVER);
        if (kept->refresh)
                return;
        revoke_tokens(kept, &kept->dropped);
        (void)kept_free(kept);
}
