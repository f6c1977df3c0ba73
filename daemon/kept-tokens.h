/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One session's tokens, and what is under way with them: for token-keeper.c, which is asked for
 * them, and kept-refresh.c, which renews them. For nobody else. */
#pragma once

#include "token-keeper.h"
#include "token-refresh.h"
#include "token-revocation.h"
#include "token-store.h"

/* What is under way. */
enum kept_state {
        KEPT_RESTING,  /* nothing */
        KEPT_DOUBTING, /* a refresh is going to be sent: that is written down */
        KEPT_ASKING,   /* it was sent */
        KEPT_SAVING,   /* new tokens came, which are written down */
};

/* The record itself is in the store. */
struct kept_tokens {
        struct kept_tokens_list *list;
        struct kept_tokens *previous, *next;
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

/* All that are kept, and what they need. */
struct kept_tokens_list {
        struct kept_tokens *first;
        struct token_store *store;
        struct token_revocations *revocations;
        struct token_keeper_listener listener;
};

/* NULL: none are kept under that id, or they were dropped. */
struct kept_tokens *kept_tokens_find(const struct kept_tokens_list *list, const char *id);

/* As token_keeper_add(). judge is asked as token-wait.h says, with them as its userdata. */
int kept_tokens_add(struct kept_tokens_list *list, const char *id,
                    const struct authority *authority, const struct secret *access_token,
                    bool (*judge)(const struct token_wish *wish, struct token_record *ret_record,
                                  enum token_answer *ret_answer, void *userdata));

/* Takes them off the list, whatever is under way. Returns NULL. */
struct kept_tokens *kept_tokens_free(struct kept_tokens *kept);

/* The wall clock that the provider's words are measured by. */
uint64_t kept_tokens_now_sec(const struct kept_tokens *kept);

/* Takes the record's tokens. As token_revocations_add(). */
bool kept_tokens_revoke(const struct kept_tokens *kept, struct token_record *record,
                        uint64_t until_sec);

/* The provider ended them, or they cannot be kept. record: what is to be revoked; NULL: nothing.
 * They are freed, and the listener is told. */
void kept_tokens_end(struct kept_tokens *kept, struct token_record *record);
/* Likewise those that were dropped while new ones were asked for. record: what came; NULL: nothing,
 * so that the old ones are to be revoked. */
void kept_tokens_end_dropped(struct kept_tokens *kept, struct token_record *record);
