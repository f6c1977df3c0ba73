/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The codes of RFC 6238 appendix B (their last six digits), when they count, and that none counts
 * twice. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/one-time-code.h"

#define UNTOUCHED 4711

/* RFC 6238 appendix B, HMAC-SHA-1. */
static const char secret_text[] = "12345678901234567890";

static const struct {
        uint64_t step;
        const char *code;
} rfc[] = {
        {1, "287082"},        {37037036, "081804"}, {37037037, "050471"},
        {41152263, "005924"}, {66666666, "279037"}, {666666666, "353130"},
};

static enum code_answer check(const char *code, uint64_t now_sec, uint64_t last_step,
                              uint64_t *ret_step)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(secret_text);
        enum code_answer answer = CODE_REPLAYED;

        assert_int_equal(one_time_code_check(secret, code, now_sec, last_step, &answer, ret_step),
                         0);
        return answer;
}

static void rfc6238_appendix_b_every_code_is_right_at_its_time(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(rfc); i++) {
                uint64_t step = UNTOUCHED;
                assert_int_equal(check(rfc[i].code, rfc[i].step * 30, 0, &step), CODE_RIGHT);
                assert_int_equal(step, rfc[i].step);
                step = UNTOUCHED;
                assert_int_equal(check(rfc[i].code, rfc[i].step * 30 + 29, 0, &step), CODE_RIGHT);
                assert_int_equal(step, rfc[i].step);
        }
}

static void rfc6238_5_2_a_code_counts_one_step_early_and_one_late(void **state)
{
        static const struct {
                int64_t seconds; /* from the beginning of its step */
                enum code_answer answer;
        } rows[] = {{-31, CODE_WRONG}, {-30, CODE_RIGHT}, {-1, CODE_RIGHT},
                    {59, CODE_RIGHT},  {60, CODE_WRONG},  {86400, CODE_WRONG}};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                uint64_t step = UNTOUCHED, start = 41152263 * 30;
                assert_int_equal(check("005924", start + (uint64_t)rows[i].seconds, 0, &step),
                                 rows[i].answer);
                assert_int_equal(step, rows[i].answer == CODE_RIGHT ? 41152263 : UNTOUCHED);
        }
}

static void a_code_of_a_step_that_was_used_or_before_it_is_a_replay(void **state)
{
        static const struct {
                uint64_t last_step;
                enum code_answer answer;
        } rows[] = {{41152262, CODE_RIGHT},
                    {41152263, CODE_REPLAYED},
                    {41152264, CODE_REPLAYED},
                    {UINT64_MAX, CODE_REPLAYED}};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                uint64_t step = UNTOUCHED;
                assert_int_equal(check("005924", 41152263 * 30, rows[i].last_step, &step),
                                 rows[i].answer);
                assert_int_equal(step, rows[i].answer == CODE_RIGHT ? 41152263 : UNTOUCHED);
        }
}

static void what_is_no_code_is_wrong(void **state)
{
        static const char *const texts[] = {"",         "00592",  "0059240",
                                            "005925",   "00592x", " 005924",
                                            "005924\n", "+05924", "００５９２４"};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                uint64_t step = UNTOUCHED;
                assert_int_equal(check(texts[i], 41152263 * 30, 0, &step), CODE_WRONG);
                assert_int_equal(step, UNTOUCHED);
        }
        assert_true(one_time_code_is_one("000000"));
        assert_false(one_time_code_is_one("00000"));
        assert_false(one_time_code_is_one("0000000"));
        assert_false(one_time_code_is_one("00000a"));
}

static void a_code_may_be_typed_in_groups(void **state)
{
        static const struct {
                const char *typed, *code; /* NULL: it is none */
        } rows[] = {
                {"005924", "005924"}, {"005 924", "005924"}, {" 0-0-5-9-2-4 ", "005924"},
                {"00592", NULL},      {"0059244", NULL},     {"005924 4", NULL},
                {"00592x", NULL},     {"x005924", NULL},     {"", NULL},
                {"- - - -", NULL},    {"005924x", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_secret_ struct secret *typed = secret_new_text(rows[i].typed);
                char code[ONE_TIME_CODE_DIGITS + 1] = "none";
                assert_int_equal(one_time_code_read(typed, code), rows[i].code != NULL);
                assert_string_equal(code, rows[i].code ? rows[i].code : "none");
        }
}

static void a_clock_at_the_beginning_of_time_is_no_trouble(void **state)
{
        uint64_t step = UNTOUCHED;

        assert_int_equal(check("287082", 0, 0, &step), CODE_RIGHT);
        assert_int_equal(step, 1);
        /* RFC 4226 appendix D: that of step 0, which stands for none. */
        step = UNTOUCHED;
        assert_int_equal(check("755224", 0, 0, &step), CODE_WRONG);
        assert_int_equal(step, UNTOUCHED);
}

static void a_pair_is_two_codes_in_a_row(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(secret_text);
        static const struct {
                const char *first, *second;
                uint64_t now_sec;
                enum code_answer answer;
        } rows[] = {
                {"081804", "050471", 37037037 * 30, CODE_RIGHT},
                {"081804", "050471", 37037036 * 30, CODE_RIGHT},
                {"081804", "050471", 37037038 * 30 + 29, CODE_RIGHT},
                {"081804", "050471", 37037039 * 30, CODE_WRONG},
                {"081804", "050471", 37037035 * 30, CODE_WRONG},
                {"050471", "081804", 37037037 * 30, CODE_WRONG},
                {"050471", "050471", 37037037 * 30, CODE_WRONG},
                {"081804", "081804", 37037036 * 30, CODE_WRONG},
                {"081804", "", 37037036 * 30, CODE_WRONG},
                {"", "050471", 37037037 * 30, CODE_WRONG},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                enum code_answer answer = CODE_REPLAYED;
                uint64_t step = UNTOUCHED;
                assert_int_equal(one_time_code_check_pair(secret, rows[i].first, rows[i].second,
                                                          rows[i].now_sec, &answer, &step),
                                 0);
                assert_int_equal(answer, rows[i].answer);
                assert_int_equal(step, answer == CODE_RIGHT ? 37037037 : UNTOUCHED);
        }
}

static void every_new_secret_is_another_of_160_bits(void **state)
{
        _cleanup_secret_ struct secret *one = NULL, *other = NULL;

        assert_int_equal(one_time_code_secret_new(&one), 0);
        assert_int_equal(one_time_code_secret_new(&other), 0);
        assert_int_equal(secret_size(one), 20);
        assert_memory_not_equal(secret_bytes(one), secret_bytes(other), 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6238_appendix_b_every_code_is_right_at_its_time),
                cmocka_unit_test(rfc6238_5_2_a_code_counts_one_step_early_and_one_late),
                cmocka_unit_test(a_code_of_a_step_that_was_used_or_before_it_is_a_replay),
                cmocka_unit_test(what_is_no_code_is_wrong),
                cmocka_unit_test(a_code_may_be_typed_in_groups),
                cmocka_unit_test(a_clock_at_the_beginning_of_time_is_no_trouble),
                cmocka_unit_test(a_pair_is_two_codes_in_a_row),
                cmocka_unit_test(every_new_secret_is_another_of_160_bits),
        };
        return cmocka_run_group_tests_name("one-time-code", tests, NULL, NULL);
}
