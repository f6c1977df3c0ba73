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

/* After a refresh that failed nobody is asked again for a while, longer each time up to the most:
 * whoever asks for tokens in a loop is not to wear the provider out. */
#define PAUSE_MIN_SEC 3
#define PAUSE_MAX_SEC 300

/* What is under way. */
enum kept_state {
        KEPT_RESTING,  /* nothing */
        KEPT_DOUBTING, /* a refresh is going to be sent: that is written down */
        KEPT_ASKING,   /* it was sent */
        KEPT_SAVING,   /* new tokens came, which are written down */
};

/* One session's tokens; the record itself is in the store. */
struct kept {
        struct token_keeper *keeper;
        struct kept *previous, *next;
        const struct authority *authority;
        char *id;
        struct token_waits waits;
        enum kept_state state;
        struct store_write *write;
        struct token_refresh *refresh;
        uint64_t not_before_sec; /* of the next refresh */
        uint64_t pause_sec;      /* before that; 0: the last one went well */
        bool is_unchecked;       /* what is being saved may not be used, but to ask again */
        bool was_in_doubt;       /* before the one that is under way */
        bool is_dropped;         /* while one was: the end of it decides what has to be revoked */
        uint64_t revoke_until_sec;
        struct token_record dropped;
};

struct token_keeper {
        sd_event *event;
        struct token_keeper_listener listener;
        struct token_store *store;
        struct token_revocations *revocations;
        struct kept *first;
};

static uint64_t now_sec(const struct kept *kept)
{
        return provider_now_sec(kept->authority->provider);
}

static struct kept *kept_free(struct kept *kept)
{
        token_waits_finish(&kept->waits);
        if (kept->previous)
                kept->previous->next = kept->next;
        else
                kept->keeper->first = kept->next;
        if (kept->next)
                kept->next->previous = kept->previous;
        (void)store_write_free(kept->write);
        (void)token_refresh_free(kept->refresh);
        if (kept->id)
                token_store_drop(kept->keeper->store, kept->id);
        token_record_finish(&kept->dropped);
        free(kept->id);
        free(kept);
        return NULL;
}

/* Frees all but the id, which the caller frees. */
static char *kept_leave(struct kept *kept)
{
        char *id = TAKE_PTR(kept->id);

        token_store_drop(kept->keeper->store, id);
        (void)kept_free(kept);
        return id;
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

static bool revoke_tokens(const struct kept *kept, struct token_record *record, uint64_t until_sec)
{
        return token_revocations_add(kept->keeper->revocations, kept->authority->provider, kept->id,
                                     until_sec, record);
}

/* The provider ended them, or they cannot be kept. record: what is to be revoked; NULL: nothing. It
 * goes into the row first, for a restart to find. */
static void end(struct kept *kept, struct token_record *record)
{
        const struct token_keeper_listener *listener = &kept->keeper->listener;
        bool is_revoking = false;

        if (record) {
                (void)token_store_put(kept->keeper->store, kept->id, record, NULL, NULL, NULL);
                is_revoking = revoke_tokens(kept, record, now_sec(kept) + TOKEN_REVOKE_FOR_SEC);
        }
        _cleanup_free_ char *id = kept_leave(kept);
        listener->on_over(id, is_revoking, listener->userdata);
}

static void rest(struct kept *kept)
{
        kept->state = KEPT_RESTING;
        kept->write = store_write_free(kept->write);
}

/* The refresh token is of no use any more, but an access token may be. */
static void end_refused(struct kept *kept)
{
        _cleanup_record_ struct token_record record = {0};
        int r = token_store_get(kept->keeper->store, kept->id, &record);

        end(kept, r < 0 ? NULL : &record);
}

static void end_unsaved(struct kept *kept, struct token_record *record, int error)
{
        log_refresh(kept, strerror(-error));
        end(kept, record);
}

static void pause_refreshes(struct kept *kept)
{
        kept->pause_sec = kept->pause_sec == 0 ? PAUSE_MIN_SEC : 2 * kept->pause_sec;
        if (kept->pause_sec > PAUSE_MAX_SEC)
                kept->pause_sec = PAUSE_MAX_SEC;
        kept->not_before_sec = now_sec(kept) + kept->pause_sec;
        token_waits_tell(&kept->waits, TOKEN_UNAVAILABLE);
}

static void on_saved(int result, void *userdata)
{
        struct kept *kept = userdata;

        rest(kept);
        if (result < 0) {
                end_unsaved(kept, &kept->dropped, result);
                return;
        }
        token_record_finish(&kept->dropped);
        if (kept->is_unchecked) {
                pause_refreshes(kept);
                return;
        }
        kept->pause_sec = 0;
        token_waits_renew(&kept->waits);
}

/* Safe first: with a refresh token that was used up and a new one that is nowhere, the session
 * would be gone. */
static void take_new(struct kept *kept, struct token_record *record, bool is_unchecked)
{
        kept->is_unchecked = is_unchecked;
        int r = token_record_copy(record, &kept->dropped);
        if (r >= 0)
                r = token_store_put(kept->keeper->store, kept->id, record, on_saved, kept,
                                    &kept->write);
        if (r < 0)
                end_unsaved(kept, record, r);
        else
                kept->state = KEPT_SAVING;
}

/* What was sent did not use the token up: the doubt that was written down beforehand was none. */
static void put_back(struct kept *kept)
{
        _cleanup_record_ struct token_record record = {0};

        if (token_store_get(kept->keeper->store, kept->id, &record) < 0)
                return;
        record.refresh_in_doubt = kept->was_in_doubt;
        (void)token_store_put(kept->keeper->store, kept->id, &record, NULL, NULL, NULL);
}

/* It ended while it was asked for: what came is in the row, for a restart to find. */
static void end_dropped(struct kept *kept, struct token_record *record)
{
        const struct token_keeper_listener *listener = &kept->keeper->listener;

        if (record)
                (void)token_store_put(kept->keeper->store, kept->id, record, NULL, NULL, NULL);
        bool is_revoking = revoke_tokens(kept, record ? record : &kept->dropped,
                                         kept->revoke_until_sec);
        _cleanup_free_ char *id = kept_leave(kept);
        if (!is_revoking)
                listener->on_revoked(id, listener->userdata);
}

static void on_refreshed(enum token_refresh_end how, struct token_record *record,
                         const char *detail, void *userdata)
{
        struct kept *kept = userdata;
        _cleanup_(token_refresh_freep) struct token_refresh *finished = TAKE_PTR(kept->refresh);

        rest(kept);
        if (detail)
                log_refresh(kept, detail);
        if (kept->is_dropped) {
                end_dropped(kept, record);
                return;
        }
        switch (how) {
        case TOKEN_REFRESH_DONE:
                take_new(kept, record, false);
                return;
        case TOKEN_REFRESH_UNCHECKED:
                take_new(kept, record, true);
                return;
        case TOKEN_REFRESH_FAILED:
                put_back(kept);
                pause_refreshes(kept);
                return;
        case TOKEN_REFRESH_LOST:
                pause_refreshes(kept);
                return;
        case TOKEN_REFRESH_REJECTED:
                end(kept, record);
                return;
        case TOKEN_REFRESH_REFUSED:
                end_refused(kept);
                return;
        }
}

/* The doubt is on the disk. */
static void on_doubted(int result, void *userdata)
{
        struct kept *kept = userdata;
        _cleanup_record_ struct token_record record = {0};

        rest(kept);
        int r = result;
        if (r >= 0)
                r = token_store_get(kept->keeper->store, kept->id, &record);
        if (r >= 0)
                r = token_refresh_new(kept->authority, &record, on_refreshed, kept, &kept->refresh);
        if (r >= 0) {
                kept->state = KEPT_ASKING;
                return;
        }
        log_refresh(kept, strerror(-r));
        put_back(kept);
        pause_refreshes(kept);
}

/* The doubt is written down before anything is sent, so that a crash leaves it behind. */
static int start_refresh(struct kept *kept, struct token_record *record)
{
        kept->was_in_doubt = record->refresh_in_doubt;
        record->refresh_in_doubt = true;
        int r = token_store_put(kept->keeper->store, kept->id, record, on_doubted, kept,
                                &kept->write);
        if (r < 0)
                log_refresh(kept, strerror(-r));
        else
                kept->state = KEPT_DOUBTING;
        return r;
}

/* ---- waits ---- */

static bool judge(const struct token_wish *wish, struct token_record *ret_record,
                  enum token_answer *ret_answer, void *userdata)
{
        struct kept *kept = userdata;
        struct token_wish now_wish = *wish;

        if (kept->state == KEPT_SAVING)
                return false;
        *ret_answer = TOKEN_UNAVAILABLE;
        if (token_store_get(kept->keeper->store, kept->id, ret_record) < 0)
                return true;
        now_wish.may_ask = kept->state != KEPT_RESTING || now_sec(kept) >= kept->not_before_sec;
        if (token_judge(ret_record, &now_wish, now_sec(kept), ret_answer))
                return true;
        return kept->state == KEPT_RESTING && start_refresh(kept, ret_record) < 0;
}

static int wait_for(struct token_keeper *keeper, const char *id, const struct token_wish *wish,
                    token_on_answer on_answer, void *userdata, struct token_wait **ret_wait)
{
        struct kept *kept = find(keeper, id);

        if (!kept)
                return -ENOENT;
        return token_wait_new(keeper->event, &kept->waits, wish, on_answer, userdata, ret_wait);
}

int token_keeper_get(struct token_keeper *keeper, const char *id, uint64_t min_lifetime_sec,
                     token_on_answer on_answer, void *userdata, struct token_wait **ret_wait)
{
        const struct token_wish wish = {.min_lifetime_sec = min_lifetime_sec};

        return wait_for(keeper, id, &wish, on_answer, userdata, ret_wait);
}

int token_keeper_renew(struct token_keeper *keeper, const char *id, token_on_answer on_answer,
                       void *userdata, struct token_wait **ret_wait)
{
        const struct token_wish wish = {.is_for_new = true};

        return wait_for(keeper, id, &wish, on_answer, userdata, ret_wait);
}

/* ---- the outside ---- */

static void on_revoked(const char *id, void *userdata)
{
        const struct token_keeper *keeper = userdata;

        keeper->listener.on_revoked(id, keeper->listener.userdata);
}

int token_keeper_new(sd_event *event, struct store_mirror *table,
                     const struct token_keeper_listener *listener, struct token_keeper **ret_keeper)
{
        _cleanup_(token_keeper_freep) struct token_keeper *keeper = calloc(1, sizeof(*keeper));
        if (!keeper)
                return -ENOMEM;

        keeper->event = sd_event_ref(event);
        keeper->listener = *listener;
        int r = token_store_new(table, &keeper->store);
        if (r >= 0)
                r = token_revocations_new(event, on_revoked, keeper, &keeper->revocations);
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

int token_keeper_lend(const struct token_keeper *keeper, const struct token_record *record,
                      struct session_record *session)
{
        return token_store_lend(keeper->store, record, session);
}

int token_keeper_add(struct token_keeper *keeper, const char *id, const struct authority *authority,
                     const struct secret *access_token)
{
        struct kept *kept = calloc(1, sizeof(*kept));
        char *copy = strdup(id);

        int r = kept && copy ? token_store_adopt(keeper->store, id, access_token) : -ENOMEM;
        if (r < 0) {
                free(kept);
                free(copy);
                return r;
        }
        *kept = (struct kept){
                .keeper = keeper,
                .next = keeper->first,
                .authority = authority,
                .id = copy,
                .waits = {.judge = judge, .userdata = kept},
        };
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

bool token_keeper_revoke(struct token_keeper *keeper, const struct authority *authority,
                         const char *id, struct token_record *record, uint64_t until_sec)
{
        return token_revocations_add(keeper->revocations, authority->provider, id, until_sec,
                                     record);
}

/* What is being written when it is dropped is in the row, and in memory, already. */
bool token_keeper_drop(struct token_keeper *keeper, const char *id, uint64_t until_sec)
{
        struct kept *kept = find(keeper, id);
        bool is_revoking = false;

        if (!kept)
                return false;
        token_record_finish(&kept->dropped);
        if (token_store_get(keeper->store, id, &kept->dropped) < 0)
                log_line(LOG_WARNING, "Failed to revoke the tokens of login %s, ignoring", id);
        if (kept->state == KEPT_ASKING) {
                kept->is_dropped = true;
                kept->revoke_until_sec = until_sec;
                token_waits_tell(&kept->waits, TOKEN_OVER);
                return true;
        }
        is_revoking = revoke_tokens(kept, &kept->dropped, until_sec);
        (void)kept_free(kept);
        return is_revoking;
}
