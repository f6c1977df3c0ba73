/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "kept-refresh.h"
#include "kept-tokens.h"
#include "log.h"

struct token_keeper {
        sd_event *event;
        struct kept_tokens_list list;
};

/* ---- waits ---- */

static bool judge(const struct token_wish *wish, struct token_record *ret_record,
                  enum token_answer *ret_answer, void *userdata)
{
        struct kept_tokens *kept = userdata;
        struct token_wish now_wish = *wish;

        if (kept->state == KEPT_SAVING)
                return false;
        *ret_answer = TOKEN_UNAVAILABLE;
        if (token_store_get(kept->list->store, kept->id, ret_record) < 0)
                return true;
        now_wish.may_ask = kept->state != KEPT_RESTING ||
                           kept_tokens_now_sec(kept) >= kept->not_before_sec;
        if (token_judge(ret_record, &now_wish, kept_tokens_now_sec(kept), ret_answer))
                return true;
        return kept->state == KEPT_RESTING && kept_refresh_start(kept, ret_record) < 0;
}

static int wait_for(struct token_keeper *keeper, const char *id, const struct token_wish *wish,
                    token_on_answer on_answer, void *userdata, struct token_wait **ret_wait)
{
        struct kept_tokens *kept = kept_tokens_find(&keeper->list, id);

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

        keeper->list.listener.on_revoked(id, keeper->list.listener.userdata);
}

int token_keeper_new(sd_event *event, struct store_mirror *table,
                     const struct token_keeper_listener *listener, struct token_keeper **ret_keeper)
{
        _cleanup_(token_keeper_freep) struct token_keeper *keeper = calloc(1, sizeof(*keeper));
        if (!keeper)
                return -ENOMEM;

        keeper->event = sd_event_ref(event);
        keeper->list.listener = *listener;
        int r = token_store_new(table, &keeper->list.store);
        if (r >= 0)
                r = token_revocations_new(event, on_revoked, keeper, &keeper->list.revocations);
        if (r < 0)
                return r;
        *ret_keeper = TAKE_PTR(keeper);
        return 0;
}

struct token_keeper *token_keeper_free(struct token_keeper *keeper)
{
        if (!keeper)
                return NULL;
        while (keeper->list.first)
                (void)kept_tokens_free(keeper->list.first);
        (void)token_revocations_free(keeper->list.revocations);
        (void)token_store_free(keeper->list.store);
        sd_event_unref(keeper->event);
        free(keeper);
        return NULL;
}

int token_keeper_lend(const struct token_keeper *keeper, const struct token_record *record,
                      struct session_record *session)
{
        return token_store_lend(keeper->list.store, record, session);
}

int token_keeper_add(struct token_keeper *keeper, const char *id, const struct authority *authority,
                     const struct secret *access_token)
{
        return kept_tokens_add(&keeper->list, id, authority, access_token, judge);
}

const struct authority *token_keeper_authority(const struct token_keeper *keeper, const char *id)
{
        const struct kept_tokens *kept = kept_tokens_find(&keeper->list, id);

        return kept ? kept->authority : NULL;
}

int token_keeper_read(struct token_keeper *keeper, const char *id, struct token_record *ret_record)
{
        return token_store_get(keeper->list.store, id, ret_record);
}

bool token_keeper_revoke(struct token_keeper *keeper, const struct authority *authority,
                         const char *id, struct token_record *record, uint64_t until_sec)
{
        return token_revocations_add(keeper->list.revocations, authority->provider, id, until_sec,
                                     record);
}

/* What is being written when it is dropped is in the row, and in memory, already. */
bool token_keeper_drop(struct token_keeper *keeper, const char *id, uint64_t until_sec)
{
        struct kept_tokens *kept = kept_tokens_find(&keeper->list, id);
        bool is_revoking = false;

        if (!kept)
                return false;
        token_record_finish(&kept->dropped);
        if (token_store_get(keeper->list.store, id, &kept->dropped) < 0)
                log_line(LOG_WARNING, "Failed to revoke the tokens of login %s, ignoring", id);
        if (kept->state == KEPT_ASKING) {
                kept->is_dropped = true;
                kept->revoke_until_sec = until_sec;
                token_waits_tell(&kept->waits, TOKEN_OVER);
                return true;
        }
        is_revoking = kept_tokens_revoke(kept, &kept->dropped, until_sec);
        (void)kept_tokens_free(kept);
        return is_revoking;
}
