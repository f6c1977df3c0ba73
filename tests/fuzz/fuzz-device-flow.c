/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The RFC 8628 machine under any sequence of events at any times: four bytes an event. A second,
 * dumber account of what was allowed is kept here and held against every step that comes back. */
#include "core/device-flow.h"

#include <stdbool.h>

#include "core/oauth-response.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define SEC UINT64_C(1000000)

#define MAX_LIFETIME_SEC 900
#define ASKED_MAX_SEC    3600 /* device-grant.c lets no provider ask for more */
#define SLOW_DOWN_SEC    5
#define N_ANSWERS        (OAUTH_MALFORMED + 1)

enum event {
        START,
        AUTHORIZATION,
        PERSON_WAITING,
        TOKEN_ANSWER,
        NO_ANSWER,
        DEADLINE,
        CANCEL,
        N_EVENTS,
};

/* What a reader of the RFC would write down along the way. */
struct account {
        uint64_t now, started_at, polls_from, interval_sec, expires_at;
        bool is_started, is_shown, is_waited_for, request_out, poll_out, is_finished;
        bool said_success, said_denied, said_expired;
        enum device_flow_verdict verdict;
};

static void expect_poll_allowed(const struct account *account)
{
        FUZZ_EXPECT(account->is_shown && account->is_waited_for && !account->poll_out);
        FUZZ_EXPECT(account->now >= account->polls_from && account->now < account->expires_at);
}

static void expect_verdict_earned(const struct account *account, const struct device_flow *flow,
                                  enum event event)
{
        FUZZ_EXPECT(flow->verdict != DEVICE_FLOW_OPEN);
        if (flow->verdict == DEVICE_FLOW_CANCELLED) {
                FUZZ_EXPECT(event == CANCEL);
        } else if (flow->verdict == DEVICE_FLOW_APPROVED) {
                FUZZ_EXPECT(event == TOKEN_ANSWER && account->poll_out && account->said_success);
                FUZZ_EXPECT(account->now < account->expires_at);
        } else if (flow->verdict == DEVICE_FLOW_EXPIRED) {
                FUZZ_EXPECT(account->said_expired || account->now >= account->expires_at);
        } else {
                FUZZ_EXPECT(account->request_out || account->poll_out);
                FUZZ_EXPECT((flow->verdict == DEVICE_FLOW_DENIED) == account->said_denied);
        }
}

static void check_step(struct account *account, const struct device_flow *flow, enum event event,
                       enum device_flow_step step)
{
        if (account->is_finished)
                FUZZ_EXPECT(step == DEVICE_FLOW_REST && flow->verdict == account->verdict);
        switch (step) {
        case DEVICE_FLOW_REST:
                break;
        case DEVICE_FLOW_SEND_REQUEST:
                FUZZ_EXPECT(event == START && !account->is_started);
                account->is_started = account->request_out = true;
                account->started_at = account->now;
                break;
        case DEVICE_FLOW_SHOW_CODE:
                FUZZ_EXPECT(event == AUTHORIZATION && account->request_out && !account->is_shown);
                account->is_shown = true;
                account->request_out = false;
                break;
        case DEVICE_FLOW_SEND_POLL:
                expect_poll_allowed(account);
                account->poll_out = true;
                break;
        case DEVICE_FLOW_FINISH:
                expect_verdict_earned(account, flow, event);
                account->is_finished = true;
                account->request_out = account->poll_out = false;
                account->verdict = flow->verdict;
                break;
        }
        FUZZ_EXPECT(account->is_finished == (flow->verdict != DEVICE_FLOW_OPEN));
}

/* Whoever arms the deadline must not be woken in vain, again and again. */
static void check_deadline(const struct account *account, const struct device_flow *flow,
                           enum event event)
{
        uint64_t deadline = device_flow_deadline(flow);

        if (account->is_finished || !account->is_shown)
                FUZZ_EXPECT(deadline == UINT64_MAX);
        else
                FUZZ_EXPECT(deadline <= account->started_at + MAX_LIFETIME_SEC * SEC);
        if (event == DEADLINE)
                FUZZ_EXPECT(deadline > account->now);
        if (account->now >= deadline) {
                struct device_flow next = *flow;
                FUZZ_EXPECT(device_flow_on_deadline(&next, account->now) != DEVICE_FLOW_REST);
        }
}

static enum device_flow_step authorize(struct account *account, struct device_flow *flow,
                                       enum oauth_answer answer, uint8_t number)
{
        uint64_t expires_in_sec = 30 + number * 7, interval_sec = 1 + number * 299 / 255;
        bool counts = account->request_out;

        if (counts && answer == OAUTH_SUCCESS) {
                uint64_t life_sec = expires_in_sec < MAX_LIFETIME_SEC ? expires_in_sec
                                                                      : MAX_LIFETIME_SEC;
                account->interval_sec = interval_sec;
                account->polls_from = account->now + interval_sec * SEC;
                account->expires_at = account->started_at + life_sec * SEC;
        }
        account->said_denied |= counts && answer == OAUTH_ACCESS_DENIED;
        return device_flow_on_authorization(flow, answer, expires_in_sec, interval_sec,
                                            account->now);
}

static void note_pause(struct account *account, enum oauth_answer answer, uint64_t asked_sec)
{
        uint64_t pause_sec;

        if (answer == OAUTH_SLOW_DOWN) {
                account->interval_sec += SLOW_DOWN_SEC;
                if (account->interval_sec < asked_sec)
                        account->interval_sec = asked_sec;
        }
        pause_sec = account->interval_sec > asked_sec ? account->interval_sec : asked_sec;
        account->polls_from = account->now + pause_sec * SEC;
}

static enum device_flow_step answer_poll(struct account *account, struct device_flow *flow,
                                         enum oauth_answer answer, uint8_t number)
{
        uint64_t asked_sec = number < 128 ? 0 : (uint64_t)(number - 127) * ASKED_MAX_SEC / 128;
        bool counts = account->poll_out;

        if (counts) {
                note_pause(account, answer, asked_sec);
                account->said_success = answer == OAUTH_SUCCESS;
                account->said_denied |= answer == OAUTH_ACCESS_DENIED;
                account->said_expired |= answer == OAUTH_EXPIRED_TOKEN;
        }
        enum device_flow_step step = device_flow_on_token_answer(flow, answer, asked_sec,
                                                                 account->now);
        if (step == DEVICE_FLOW_REST)
                account->poll_out = false;
        if (counts && step == DEVICE_FLOW_REST)
                FUZZ_EXPECT(device_flow_deadline(flow) > account->now);
        return step;
}

static enum device_flow_step stay_silent(struct account *account, struct device_flow *flow)
{
        if (account->poll_out)
                note_pause(account, OAUTH_TRANSIENT, 0);
        enum device_flow_step step = device_flow_on_no_answer(flow, account->now);
        if (step == DEVICE_FLOW_REST)
                account->poll_out = false;
        return step;
}

static enum device_flow_step play(struct account *account, struct device_flow *flow,
                                  enum event event, uint8_t answer, uint8_t number)
{
        switch (event) {
        case START:
                return device_flow_start(flow, account->now);
        case AUTHORIZATION:
                return authorize(account, flow, (enum oauth_answer)(answer % N_ANSWERS), number);
        case PERSON_WAITING:
                account->is_waited_for |= account->is_shown;
                return device_flow_on_person_waiting(flow, account->now);
        case TOKEN_ANSWER:
                return answer_poll(account, flow, (enum oauth_answer)(answer % N_ANSWERS), number);
        case NO_ANSWER:
                return stay_silent(account, flow);
        case DEADLINE:
                return device_flow_on_deadline(flow, account->now);
        case CANCEL:
                return device_flow_on_cancel(flow);
        case N_EVENTS:
                break;
        }
        return DEVICE_FLOW_REST;
}

/* Time stands still, goes on, or comes to the deadline: just before, exactly, long after. */
static void pass_time(struct account *account, const struct device_flow *flow, uint8_t how)
{
        uint64_t deadline = device_flow_deadline(flow), next = account->now;

        if (how < 64)
                next += (UINT64_C(1) << (how % 32)) - 1;
        else if (deadline != UINT64_MAX)
                next = how < 96 ? deadline - 1 : how < 192 ? deadline : deadline + how * SEC;
        if (next > account->now)
                account->now = next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct account account = {.now = 1000 * SEC};
        struct device_flow flow;
        struct fuzz_bytes bytes;
        uint64_t interval_usec = 0;

        fuzz_bytes_init(&bytes, data, size);
        device_flow_init(&flow, MAX_LIFETIME_SEC * SEC);
        while (fuzz_bytes_left(&bytes) > 0) {
                enum event event = (enum event)(fuzz_byte(&bytes) % N_EVENTS);
                pass_time(&account, &flow, fuzz_byte(&bytes));
                uint8_t answer = fuzz_byte(&bytes), number = fuzz_byte(&bytes);
                enum device_flow_step step = play(&account, &flow, event, answer, number);
                check_step(&account, &flow, event, step);
                check_deadline(&account, &flow, event);
                FUZZ_EXPECT(flow.interval_usec >= interval_usec);
                FUZZ_EXPECT(account.is_finished ||
                            flow.interval_usec == account.interval_sec * SEC);
                interval_usec = flow.interval_usec;
        }
        fuzz_bytes_finish(&bytes);
        return 0;
}
