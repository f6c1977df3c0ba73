/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens of 300 seconds that were granted at 1000, and everybody who may ask for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/token-judgement.h"

#define GRANTED_SEC  1000
#define LIFETIME_SEC 300

/* No answer: a new token is needed. */
#define ASK ((enum token_answer)99)

struct row {
        const char *what;
        uint64_t now_sec;
        struct token_wish wish;
        bool has_no_access, has_no_refresh, has_no_end;
        enum token_answer answer;
};

static const struct row rows[] = {
        {"it counts", 1100, {.min_lifetime_sec = 60, .may_ask = true}, .answer = TOKEN_VALID},
        {"to its last second", 1240, {.min_lifetime_sec = 60}, .answer = TOKEN_VALID},
        {"not beyond", 1241, {.min_lifetime_sec = 60, .may_ask = true}, .answer = ASK},
        {"it has ended", 1300, {.may_ask = true}, .answer = ASK},
        {"it has ended, and nobody is asked", 1300, {0}, .answer = TOKEN_UNAVAILABLE},
        {"it has ended for good",
         1300,
         {.may_ask = true},
         .has_no_refresh = true,
         .answer = TOKEN_EXPIRED},
        {"no token lasts that long",
         1000,
         {.min_lifetime_sec = 301, .may_ask = true},
         .answer = TOKEN_TOO_SHORT},
        {"nor when it has ended",
         1400,
         {.min_lifetime_sec = 301, .may_ask = true},
         .answer = TOKEN_TOO_SHORT},
        {"a young one is not renewed",
         1009,
         {.min_lifetime_sec = 300, .may_ask = true},
         .answer = TOKEN_TOO_SHORT},
        {"an older one is", 1010, {.min_lifetime_sec = 300, .may_ask = true}, .answer = ASK},
        {"nothing can renew it",
         1100,
         {.min_lifetime_sec = 300, .may_ask = true},
         .has_no_refresh = true,
         .answer = TOKEN_TOO_SHORT},
        {"a fresh one will do",
         1002,
         {.min_lifetime_sec = 300, .is_fresh = true},
         .answer = TOKEN_VALID},
        {"a fresh one that is too short",
         1002,
         {.min_lifetime_sec = 301, .is_fresh = true, .may_ask = true},
         .answer = TOKEN_TOO_SHORT},
        {"one without an end",
         99999,
         {.min_lifetime_sec = 86400},
         .has_no_end = true,
         .answer = TOKEN_VALID},
        {"the daemon was started anew",
         1100,
         {.may_ask = true},
         .has_no_access = true,
         .answer = ASK},
        {"anew, and without a refresh token",
         1100,
         {.may_ask = true},
         .has_no_access = true,
         .has_no_refresh = true,
         .answer = TOKEN_EXPIRED},
        {"anew, and without an end",
         1100,
         {.may_ask = true},
         .has_no_access = true,
         .has_no_end = true,
         .answer = ASK},
        {"a new one although it counts",
         1100,
         {.is_for_new = true, .may_ask = true},
         .answer = ASK},
        {"a new one while nobody is asked",
         1100,
         {.is_for_new = true},
         .answer = TOKEN_UNAVAILABLE},
        {"a new one without a refresh token",
         1100,
         {.is_for_new = true, .may_ask = true},
         .has_no_refresh = true,
         .answer = TOKEN_EXPIRED},
        {"a new one that has come",
         1000,
         {.is_for_new = true, .is_fresh = true},
         .answer = TOKEN_VALID},
};

static void a_token_is_given_renewed_or_not_to_be_had(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("token");

        assert_non_null(token);
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const struct row *row = &rows[i];
                const struct token_record record = {
                        .access_token = row->has_no_access ? NULL : token,
                        .refresh_token = row->has_no_refresh ? NULL : token,
                        .granted_at_sec = GRANTED_SEC,
                        .expires_at_sec = row->has_no_end ? 0 : GRANTED_SEC + LIFETIME_SEC,
                };
                enum token_answer answer = ASK;
                bool is_answer = token_judge(&record, &row->wish, row->now_sec, &answer);
                if (answer != row->answer || is_answer != (row->answer != ASK))
                        fail_msg("%s: %d", row->what, (int)answer);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_token_is_given_renewed_or_not_to_be_had),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
