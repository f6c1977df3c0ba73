/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The RFC 8628 machine, driven by scripts: each row is one event at one second, with the step and
 * the deadline that must come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/device-flow.h"

#define SEC   1000000ULL
#define NEVER UINT64_MAX

enum event {
        END_OF_SCRIPT,
        START,
        CODE,    /* success with expires_in and interval */
        NO_CODE, /* the device endpoint answered otherwise */
        WAIT,    /* the person waits */
        ANSWER,  /* the token endpoint answered; number = pause it asks for */
        SILENCE, /* no answer at all */
        TIME,    /* the deadline came */
        CANCEL,
};

struct line {
        enum event event;
        uint64_t at_ms;
        enum oauth_answer answer;
        uint64_t number;   /* interval or asked pause, seconds */
        uint64_t lifetime; /* of the code, seconds */
        enum device_flow_step step;
        uint64_t deadline_ms; /* 0: not looked at */
};

static enum device_flow_step play(struct device_flow *flow, const struct line *line)
{
        uint64_t now = line->at_ms * 1000;

        switch (line->event) {
        case START:
                return device_flow_start(flow, now);
        case CODE:
                return device_flow_on_authorization(flow, OAUTH_SUCCESS, line->lifetime,
                                                    line->number, now);
        case NO_CODE:
                return device_flow_on_authorization(flow, line->answer, 0, 0, now);
        case WAIT:
                return device_flow_on_person_waiting(flow, now);
        case ANSWER:
                return device_flow_on_token_answer(flow, line->answer, line->number, now);
        case SILENCE:
                return device_flow_on_no_answer(flow, now);
        case TIME:
                return device_flow_on_deadline(flow, now);
        case CANCEL:
                return device_flow_on_cancel(flow);
        case END_OF_SCRIPT:
                break;
        }
        fail();
        return DEVICE_FLOW_REST;
}

static void run(const struct line *script, enum device_flow_verdict verdict)
{
        struct device_flow flow;
        device_flow_init(&flow, 600 * SEC);

        for (const struct line *line = script; line->event != END_OF_SCRIPT; line++) {
                enum device_flow_step step = play(&flow, line);
                if (step != line->step)
                        print_error("line %zu: step %d, wanted %d\n", (size_t)(line - script), step,
                                    line->step);
                assert_int_equal(step, line->step);
                if (line->deadline_ms == 0)
                        continue;
                uint64_t wanted = line->deadline_ms == NEVER ? NEVER : line->deadline_ms * 1000;
                if (device_flow_deadline(&flow) != wanted)
                        print_error("line %zu\n", (size_t)(line - script));
                assert_int_equal(device_flow_deadline(&flow), wanted);
        }
        assert_int_equal(flow.verdict, verdict);
}

/* Start at 1 s, code with interval 5 s at 2 s: polls are allowed from 7.5 s, the code dies at 301
 * s. */
#define OPENING                                                                          \
        {START, 1000, .step = DEVICE_FLOW_SEND_REQUEST, .deadline_ms = NEVER},           \
        {                                                                                \
                CODE, 2000, .number = 5, .lifetime = 300, .step = DEVICE_FLOW_SHOW_CODE, \
                            .deadline_ms = 301000                                        \
        }
#define POLL_AT(ms)                                                            \
        {                                                                      \
                TIME, ms, .step = DEVICE_FLOW_SEND_POLL, .deadline_ms = 301000 \
        }

static void rfc8628_05_starts_only_when_asked_and_never_again(void **state)
{
        static const struct line script[] = {
                {TIME, 0, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                {WAIT, 0, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                OPENING,
                {START, 3000, .step = DEVICE_FLOW_REST},
                {TIME, 301000, .step = DEVICE_FLOW_FINISH, .deadline_ms = NEVER},
                {START, 302000, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                {WAIT, 302000, .step = DEVICE_FLOW_REST},
                {0},
        };
        run(script, DEVICE_FLOW_EXPIRED);
}

static void nobody_waits_nobody_polls(void **state)
{
        static const struct line script[] = {
                OPENING,
                {TIME, 8000, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {TIME, 300999, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {TIME, 301000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        run(script, DEVICE_FLOW_EXPIRED);
}

static void first_poll_goes_at_once_when_the_interval_has_passed(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 7500, .step = DEVICE_FLOW_SEND_POLL, .deadline_ms = 301000},
                {ANSWER, 7600, OAUTH_SUCCESS, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        run(script, DEVICE_FLOW_APPROVED);
}

static void rfc8628_11_waits_the_interval_before_each_poll(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 7499, .step = DEVICE_FLOW_REST, .deadline_ms = 7500},
                {WAIT, 7499, .step = DEVICE_FLOW_REST, .deadline_ms = 7500},
                {TIME, 7499, .step = DEVICE_FLOW_REST, .deadline_ms = 7500},
                POLL_AT(7500),
                /* the next pause counts from the answer, not from the question */
                {ANSWER, 9000, OAUTH_AUTHORIZATION_PENDING, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 14500},
                {TIME, 14499, .step = DEVICE_FLOW_REST, .deadline_ms = 14500},
                POLL_AT(14500),
                {ANSWER, 14600, OAUTH_SUCCESS, .step = DEVICE_FLOW_FINISH, .deadline_ms = NEVER},
                {0},
        };
        run(script, DEVICE_FLOW_APPROVED);
}

static void rfc8628_11_one_poll_at_a_time(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL, .deadline_ms = 301000},
                {TIME, 20000, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {WAIT, 20000, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

static void rfc8628_12_slow_down_adds_five_seconds_for_good(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 8000, OAUTH_SLOW_DOWN, .step = DEVICE_FLOW_REST, .deadline_ms = 19000},
                POLL_AT(19000),
                {ANSWER, 19000, OAUTH_SLOW_DOWN, .step = DEVICE_FLOW_REST, .deadline_ms = 35500},
                POLL_AT(35500),
                {ANSWER, 35500, OAUTH_AUTHORIZATION_PENDING, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 52000},
                POLL_AT(52000),
                {ANSWER, 52000, OAUTH_AUTHORIZATION_PENDING, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 68500},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

static void rfc8628_12_a_longer_interval_in_slow_down_is_taken(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 8000, OAUTH_SLOW_DOWN, 20, .step = DEVICE_FLOW_REST, .deadline_ms = 30000},
                POLL_AT(30000),
                /* a shorter one never shortens */
                {ANSWER, 30000, OAUTH_SLOW_DOWN, 1, .step = DEVICE_FLOW_REST, .deadline_ms = 57500},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

static void rfc8628_13_denied_and_expired_stop(void **state)
{
        static const struct line denied[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 8100, OAUTH_ACCESS_DENIED, .step = DEVICE_FLOW_FINISH,
                 .deadline_ms = NEVER},
                {TIME, 20000, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                {ANSWER, 20000, OAUTH_SUCCESS, .step = DEVICE_FLOW_REST},
                {0},
        };
        static const struct line expired[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 8100, OAUTH_EXPIRED_TOKEN, .step = DEVICE_FLOW_FINISH,
                 .deadline_ms = NEVER},
                {TIME, 20000, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                {0},
        };
        run(denied, DEVICE_FLOW_DENIED);
        run(expired, DEVICE_FLOW_EXPIRED);
}

static void rfc8628_14_any_other_error_stops(void **state)
{
        static const enum oauth_answer answers[] = {OAUTH_ERROR, OAUTH_MALFORMED};

        for (size_t i = 0; i < ELEMENTSOF(answers); i++) {
                const struct line script[] = {
                        OPENING,
                        {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                        {ANSWER, 8100, answers[i], .step = DEVICE_FLOW_FINISH,
                         .deadline_ms = NEVER},
                        {0},
                };
                run(script, DEVICE_FLOW_REJECTED);
        }
}

static void rfc8628_15_each_silence_doubles_the_pause(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {SILENCE, 10000, .step = DEVICE_FLOW_REST, .deadline_ms = 21000},
                POLL_AT(21000),
                {SILENCE, 22000, .step = DEVICE_FLOW_REST, .deadline_ms = 44000},
                POLL_AT(44000),
                /* a server that is out of order counts as silence */
                {ANSWER, 45000, OAUTH_TRANSIENT, .step = DEVICE_FLOW_REST, .deadline_ms = 89000},
                POLL_AT(89000),
                /* the first real answer ends the doubling */
                {ANSWER, 90000, OAUTH_AUTHORIZATION_PENDING, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 95500},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

static void retry_after_is_kept_when_it_is_longer(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 8000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 8000, OAUTH_TRANSIENT, 60, .step = DEVICE_FLOW_REST, .deadline_ms = 68000},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

static void endless_silence_ends_with_the_code(void **state)
{
        struct device_flow flow;
        uint64_t now = 1 * SEC, polls = 0;

        device_flow_init(&flow, 1800 * SEC);
        (void)device_flow_start(&flow, now);
        (void)device_flow_on_authorization(&flow, OAUTH_SUCCESS, 1800, 1, now);
        enum device_flow_step step = device_flow_on_person_waiting(&flow, now);
        while (step != DEVICE_FLOW_FINISH) {
                if (step == DEVICE_FLOW_SEND_POLL) {
                        polls++;
                        step = device_flow_on_no_answer(&flow, now);
                        continue;
                }
                assert_true(device_flow_deadline(&flow) > now);
                now = device_flow_deadline(&flow);
                step = device_flow_on_deadline(&flow, now);
        }
        assert_int_equal(flow.verdict, DEVICE_FLOW_EXPIRED);
        assert_int_equal(now, 1801 * SEC);
        assert_in_range(polls, 8, 11);
}

static void the_code_dies_in_time_in_every_state(void **state)
{
        static const struct line pausing[] = {
                OPENING,
                {WAIT, 300000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 300500, OAUTH_AUTHORIZATION_PENDING, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 301000},
                {TIME, 301000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        static const struct line polling[] = {
                OPENING,
                {WAIT, 300000, .step = DEVICE_FLOW_SEND_POLL, .deadline_ms = 301000},
                {TIME, 301000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        /* an approval that arrives after the end is no approval */
        static const struct line late[] = {
                OPENING,
                {WAIT, 300000, .step = DEVICE_FLOW_SEND_POLL, .deadline_ms = 301000},
                {ANSWER, 301000, OAUTH_SUCCESS, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        static const struct line waits_too_late[] = {
                OPENING,
                {WAIT, 301000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        run(pausing, DEVICE_FLOW_EXPIRED);
        run(polling, DEVICE_FLOW_EXPIRED);
        run(late, DEVICE_FLOW_EXPIRED);
        run(waits_too_late, DEVICE_FLOW_EXPIRED);
}

static void our_own_limit_shortens_the_code(void **state)
{
        static const struct line script[] = {
                {START, 1000, .step = DEVICE_FLOW_SEND_REQUEST},
                {CODE, 2000, .number = 5, .lifetime = 1800, .step = DEVICE_FLOW_SHOW_CODE,
                 .deadline_ms = 601000},
                {TIME, 601000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        run(script, DEVICE_FLOW_EXPIRED);
}

static void no_code_ends_the_attempt(void **state)
{
        static const struct {
                enum oauth_answer answer;
                enum device_flow_verdict verdict;
        } cases[] = {
                {OAUTH_ACCESS_DENIED, DEVICE_FLOW_DENIED},
                {OAUTH_SLOW_DOWN, DEVICE_FLOW_THROTTLED},
                {OAUTH_TRANSIENT, DEVICE_FLOW_UNREACHABLE},
                {OAUTH_AUTHORIZATION_PENDING, DEVICE_FLOW_REJECTED},
                {OAUTH_EXPIRED_TOKEN, DEVICE_FLOW_REJECTED},
                {OAUTH_ERROR, DEVICE_FLOW_REJECTED},
                {OAUTH_MALFORMED, DEVICE_FLOW_REJECTED},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const struct line script[] = {
                        {START, 1000, .step = DEVICE_FLOW_SEND_REQUEST},
                        {NO_CODE, 2000, cases[i].answer, .step = DEVICE_FLOW_FINISH},
                        {CODE, 3000, .number = 5, .lifetime = 300, .step = DEVICE_FLOW_REST},
                        {WAIT, 3000, .step = DEVICE_FLOW_REST},
                        {0},
                };
                run(script, cases[i].verdict);
        }
        static const struct line silence[] = {
                {START, 1000, .step = DEVICE_FLOW_SEND_REQUEST},
                {SILENCE, 6000, .step = DEVICE_FLOW_FINISH},
                {0},
        };
        run(silence, DEVICE_FLOW_UNREACHABLE);
}

static void cancel_ends_it_in_every_state(void **state)
{
        static const struct line scripts[][5] = {
                {{CANCEL, 0, .step = DEVICE_FLOW_FINISH}},
                {{START, 1000, .step = DEVICE_FLOW_SEND_REQUEST},
                 {CANCEL, 1000, .step = DEVICE_FLOW_FINISH}},
                {OPENING, {CANCEL, 3000, .step = DEVICE_FLOW_FINISH}},
                {OPENING,
                 {WAIT, 3000, .step = DEVICE_FLOW_REST},
                 {CANCEL, 4000, .step = DEVICE_FLOW_FINISH}},
                {OPENING,
                 {WAIT, 9000, .step = DEVICE_FLOW_SEND_POLL},
                 {CANCEL, 9000, .step = DEVICE_FLOW_FINISH}},
        };
        for (size_t i = 0; i < ELEMENTSOF(scripts); i++)
                run(scripts[i], DEVICE_FLOW_CANCELLED);
}

static void the_first_verdict_stands(void **state)
{
        static const struct line script[] = {
                OPENING,
                {WAIT, 9000, .step = DEVICE_FLOW_SEND_POLL},
                {ANSWER, 9000, OAUTH_ACCESS_DENIED, .step = DEVICE_FLOW_FINISH},
                {CANCEL, 9001, .step = DEVICE_FLOW_REST},
                {ANSWER, 9002, OAUTH_SUCCESS, .step = DEVICE_FLOW_REST},
                {SILENCE, 9003, .step = DEVICE_FLOW_REST},
                {TIME, 999999, .step = DEVICE_FLOW_REST, .deadline_ms = NEVER},
                {0},
        };
        run(script, DEVICE_FLOW_DENIED);
}

static void answers_nobody_asked_for_change_nothing(void **state)
{
        static const struct line script[] = {
                {ANSWER, 500, OAUTH_SUCCESS, .step = DEVICE_FLOW_REST},
                OPENING,
                {ANSWER, 3000, OAUTH_SUCCESS, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {SILENCE, 3000, .step = DEVICE_FLOW_REST, .deadline_ms = 301000},
                {WAIT, 3000, .step = DEVICE_FLOW_REST, .deadline_ms = 7500},
                {ANSWER, 3000, OAUTH_SUCCESS, .step = DEVICE_FLOW_REST, .deadline_ms = 7500},
                {CODE, 3000, .number = 5, .lifetime = 900, .step = DEVICE_FLOW_REST,
                 .deadline_ms = 7500},
                {0},
        };
        run(script, DEVICE_FLOW_OPEN);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_05_starts_only_when_asked_and_never_again),
                cmocka_unit_test(nobody_waits_nobody_polls),
                cmocka_unit_test(first_poll_goes_at_once_when_the_interval_has_passed),
                cmocka_unit_test(rfc8628_11_waits_the_interval_before_each_poll),
                cmocka_unit_test(rfc8628_11_one_poll_at_a_time),
                cmocka_unit_test(rfc8628_12_slow_down_adds_five_seconds_for_good),
                cmocka_unit_test(rfc8628_12_a_longer_interval_in_slow_down_is_taken),
                cmocka_unit_test(rfc8628_13_denied_and_expired_stop),
                cmocka_unit_test(rfc8628_14_any_other_error_stops),
                cmocka_unit_test(rfc8628_15_each_silence_doubles_the_pause),
                cmocka_unit_test(retry_after_is_kept_when_it_is_longer),
                cmocka_unit_test(endless_silence_ends_with_the_code),
                cmocka_unit_test(the_code_dies_in_time_in_every_state),
                cmocka_unit_test(our_own_limit_shortens_the_code),
                cmocka_unit_test(no_code_ends_the_attempt),
                cmocka_unit_test(cancel_ends_it_in_every_state),
                cmocka_unit_test(the_first_verdict_stands),
                cmocka_unit_test(answers_nobody_asked_for_change_nothing),
        };
        return cmocka_run_group_tests_name("device-flow", tests, NULL, NULL);
}
