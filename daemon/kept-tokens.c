/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kept-tokens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

uint64_t kept_tokens_now_sec(const struct kept_tokens *kept)
{
        return provider_now_sec(kept->authority->provider);
}

/* ---- the list ---- */

struct kept_tokens *kept_tokens_find(const struct kept_tokens_list *list, const char *id)
{
        for (struct kept_tokens *kept = list->first; kept; kept = kept->next)
                if (!kept->is_dropped && strcmp(kept->id, id) == 0)
                        return kept;
        return NULL;
}

int kept_tokens_add(struct kept_tokens_list *list, const char *id,
                    const struct authority *authority, const struct secret *access_token,
                    bool (*judge)(const struct token_wish *wish, struct token_record *ret_record,
                                  enum token_answer *ret_answer, void *userdata))
{
        struct kept_tokens *kept = calloc(1, sizeof(*kept));
        char *copy = strdup(id);

        int r = kept && copy ? token_store_adopt(list->store, id, access_token) : -ENOMEM;
        if (r < 0) {
                free(kept);
                free(copy);
                return r;
        }
        *kept = (struct kept_tokens){
                .list = list,
                .next = list->first,
                .authority = authority,
                .id = copy,
                .waits = {.judge = judge, .userdata = kept},
        };
        if (kept->next)
                kept->next->previous = kept;
        list->first = kept;
        return 0;
}

struct kept_tokens *kept_tokens_free(struct kept_tokens *kept)
{
        token_waits_finish(&kept->waits);
        if (kept->previous)
                kept->previous->next = kept->next;
        else
                kept->list->first = kept->next;
        if (kept->next)
                kept->next->previous = kept->previous;
        (void)store_write_free(kept->write);
        (void)token_refresh_free(kept->refresh);
        if (kept->id)
                token_store_drop(kept->list->store, kept->id);
        token_record_finish(&kept->dropped);
        free(kept->id);
        free(kept);
        return NULL;
}

/* Frees all but the id, which the caller frees. */
static char *kept_tokens_leave(struct kept_tokens *kept)
{
        char *id = TAKE_PTR(kept->id);

        token_store_drop(kept->list->store, id);
        (void)kept_tokens_free(kept);
        return id;
}

/* ---- the end ---- */

bool kept_tokens_revoke(const struct kept_tokens *kept, struct token_record *record,
                        uint64_t until_sec)
{
        return token_revocations_add(kept->list->revocations, kept->authority->provider, kept->id,
                                     until_sec, record);
}

/* What is to be revoked goes into the row first, for a restart to find. */
void kept_tokens_end(struct kept_tokens *kept, struct token_record *record)
{
        const struct token_keeper_listener *listener = &kept->list->listener;
        bool is_revoking = false;

        if (record) {
                (void)token_store_put(kept->list->store, kept->id, record, NULL, NULL, NULL);
                is_revoking = kept_tokens_revoke(kept, record,
                                                 kept_tokens_now_sec(kept) + TOKEN_REVOKE_FOR_SEC);
        }
        _cleanup_free_ char *id = kept_tokens_leave(kept);
        listener->on_over(id, is_revoking, listener->userdata);
}

/* Likewise what came. */
void kept_tokens_end_dropped(struct kept_tokens *kept, struct token_record *record)
{
        const struct token_keeper_listener *listener = &kept->list->listener;

        if (record)
                (void)token_store_put(kept->list->store, kept->id, record, NULL, NULL, NULL);
        bool is_revoking = kept_tokens_revoke(kept, record ? record : &kept->dropped,
                                              kept->revoke_until_sec);
        _cleanup_free_ char *id = kept_tokens_leave(kept);
        if (!is_revoking)
                listener->on_revoked(id, listener->userdata);
}
