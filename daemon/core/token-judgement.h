/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this access token be given to whoever asks for one, or has the provider to be asked for
 * another? Who may have one at all is not asked here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/token-record.h"

enum token_answer {
        TOKEN_VALID,       /* for as long as was asked at least */
        TOKEN_TOO_SHORT,   /* the provider's tokens never last that long */
        TOKEN_EXPIRED,     /* it has, and there is no refresh token */
        TOKEN_OVER,        /* the provider, or the end of the login, took them away */
        TOKEN_UNAVAILABLE, /* the provider gave no new one for now */
};

struct token_wish {
        uint64_t min_lifetime_sec;
        bool is_for_new; /* what there was will not do, whatever it counts for */
        bool is_fresh;   /* the one that was waited for has just come */
        bool may_ask;    /* the provider may be asked now, or is being asked */
};

/* True with an answer; false when only a new token can be one. A token that came a few seconds ago
 * is not renewed while it counts: whoever asks in a loop is not to wear the provider out. */
bool token_judge(const struct token_record *record, const struct token_wish *wish, uint64_t now_sec,
                 enum token_answer *ret_answer);
