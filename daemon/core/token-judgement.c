/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/token-judgement.h"

#define YOUNG_SEC 10

static bool judge_renewal(const struct token_record *record, const struct token_wish *wish,
                          enum token_answer *ret_answer)
{
        if (record->refresh_token && wish->may_ask)
                return false;
        *ret_answer = record->refresh_token ? TOKEN_UNAVAILABLE : TOKEN_EXPIRED;
        return true;
}

bool token_judge(const struct token_record *record, const struct token_wish *wish, uint64_t now_sec,
                 enum token_answer *ret_answer)
{
        uint64_t lifetime_sec = token_record_lifetime_sec(record);
        bool counts = record->access_token && token_record_is_valid(record, 0, now_sec);

        if (wish->is_for_new && !wish->is_fresh)
                return judge_renewal(record, wish, ret_answer);
        if ((counts && token_record_is_valid(record, wish->min_lifetime_sec, now_sec)) ||
            (wish->is_fresh && lifetime_sec >= wish->min_lifetime_sec))
                *ret_answer = TOKEN_VALID;
        else if (wish->is_fresh || lifetime_sec < wish->min_lifetime_sec ||
                 (counts &&
                  (!record->refresh_token || now_sec < record->granted_at_sec + YOUNG_SEC)))
                *ret_answer = TOKEN_TOO_SHORT;
        else
                return judge_renewal(record, wish, ret_answer);
        return true;
}
