/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long the provider's word counts: to the second, whatever the clock did. */
#include "core/proof-window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define NOW UINT64_C(1800000000)

struct look_case {
        const char *name;
        uint64_t max_age_sec, proved_at_sec;
        bool cannot_be_asked;
        enum proof_verdict verdict;
        uint64_t rules_since_sec;
};

static const struct look_case look_cases[] = {
        {"a_fresh_word_counts", 900, NOW, false, PROOF_COUNTS, 0},
        {"a_word_younger_than_max_age_counts", 900, NOW - 899, false, PROOF_COUNTS, 0},
        {"a_word_as_old_as_max_age_does_not", 900, NOW - 900, false, PROOF_ASK, 0},
        {"a_word_from_the_future_does_not", 900, NOW + 1, false, PROOF_ASK, 0},
        {"a_word_from_the_future_never_does", UINT64_MAX, NOW + 2, false, PROOF_ASK, 0},
        {"a_word_that_nobody_gave_does_not", UINT64_MAX, 0, false, PROOF_ASK, 0},
        {"without_max_age_no_word_counts", 0, NOW, false, PROOF_ASK, 0},
        {"the_whole_of_time_is_a_window", UINT64_MAX, 1, false, PROOF_COUNTS, 0},
        {"a_fresh_word_counts_without_a_token", 900, NOW, true, PROOF_COUNTS, 0},
        {"nobody_can_be_asked_without_a_token", 900, NOW - 900, true, PROOF_SILENT, 0},
        {"nor_for_a_word_from_the_future", 900, NOW + 1, true, PROOF_SILENT, 0},
        {"a_word_under_these_rules_counts", 900, NOW - 9, false, PROOF_COUNTS, NOW - 10},
        {"a_word_as_old_as_the_rules_may_be_by_others", 900, NOW - 9, false, PROOF_ASK, NOW - 9},
        {"nor_where_nobody_can_be_asked", 900, NOW - 9, true, PROOF_SILENT, NOW - 9},
};

struct settle_case {
        const char *name;
        uint64_t offline_sec, proved_at_sec;
        enum proof_answer answer;
        enum proof_verdict verdict;
        uint64_t rules_since_sec;
};

static const struct settle_case settle_cases[] = {
        {"a_yes_counts", 0, 0, PROOF_SAID_YES, PROOF_COUNTS, 0},
        {"a_yes_under_these_rules_counts", 0, NOW - 10, PROOF_SAID_YES, PROOF_COUNTS, NOW - 9},
        {"a_yes_without_the_claims_counts_for_nothing", 3600, NOW, PROOF_SAID_TOO_LITTLE,
         PROOF_SHORT, 0},
        {"silence_under_these_rules_counts", 3600, NOW - 8, PROOF_SAID_NOTHING, PROOF_COUNTS,
         NOW - 9},
        {"silence_after_a_word_under_other_rules_does_not", 3600, NOW - 9, PROOF_SAID_NOTHING,
         PROOF_SILENT, NOW - 9},
        {"a_no_is_the_end", 0, NOW, PROOF_SAID_NO, PROOF_OVER, 0},
        {"a_no_is_the_end_however_young_the_yes", 3600, NOW, PROOF_SAID_NO, PROOF_OVER, 0},
        {"silence_denies", 0, NOW, PROOF_SAID_NOTHING, PROOF_SILENT, 0},
        {"silence_within_the_offline_time_counts", 3600, NOW - 3599, PROOF_SAID_NOTHING,
         PROOF_COUNTS, 0},
        {"silence_at_its_end_does_not", 3600, NOW - 3600, PROOF_SAID_NOTHING, PROOF_SILENT, 0},
        {"silence_after_a_word_from_the_future_does_not", 3600, NOW + 1, PROOF_SAID_NOTHING,
         PROOF_SILENT, 0},
        {"silence_where_there_was_no_word_does_not", UINT64_MAX, 0, PROOF_SAID_NOTHING,
         PROOF_SILENT, 0},
        {"an_answer_that_is_none_is_silence", UINT64_MAX, NOW, (enum proof_answer)99, PROOF_SILENT,
         0},
};

static void run_look(void **state)
{
        const struct look_case *row = *state;
        const struct proof_window window = {.max_age_sec = row->max_age_sec};
        const struct proof_standing standing = {.proved_at_sec = row->proved_at_sec,
                                                .now_sec = NOW,
                                                .can_be_asked = !row->cannot_be_asked,
                                                .rules_since_sec = row->rules_since_sec};

        assert_int_equal(proof_window_look(&window, &standing), row->verdict);
}

static void run_settle(void **state)
{
        const struct settle_case *row = *state;
        const struct proof_window window = {.max_age_sec = 900, .offline_sec = row->offline_sec};
        const struct proof_standing standing = {.proved_at_sec = row->proved_at_sec,
                                                .now_sec = NOW,
                                                .can_be_asked = true,
                                                .rules_since_sec = row->rules_since_sec};

        assert_int_equal(proof_window_settle(&window, &standing, row->answer), row->verdict);
}

int main(void)
{
        struct CMUnitTest tests[ELEMENTSOF(look_cases) + ELEMENTSOF(settle_cases)];

        for (size_t i = 0; i < ELEMENTSOF(look_cases); i++)
                tests[i] = (struct CMUnitTest){.name = look_cases[i].name,
                                               .test_func = run_look,
                                               .initial_state = (void *)&look_cases[i]};
        for (size_t i = 0; i < ELEMENTSOF(settle_cases); i++)
                tests[ELEMENTSOF(look_cases) + i] = (struct CMUnitTest){
                        .name = settle_cases[i].name,
                        .test_func = run_settle,
                        .initial_state = (void *)&settle_cases[i]};
        return cmocka_run_group_tests_name("proof-window", tests, NULL, NULL);
}
