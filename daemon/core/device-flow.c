/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/device-flow.h"

#define USEC_PER_SEC 1000000ULL

/* 8628-12: for this and every later request. */
#define SLOW_DOWN_SEC 5

/* A pause is a tenth longer than the interval, since a provider's clock may run slower than ours.
 */
#define MARGIN_DIVISOR 10

/* Enough to reach the end of the longest code; further doublings would only overflow. */
#define DOUBLINGS_MAX 10

void device_flow_init(struct device_flow *flow, uint64_t max_lifetime_usec)
{
        *flow = (struct device_flow){
                .state = DEVICE_FLOW_IDLE,
                .verdict = DEVICE_FLOW_OPEN,
                .max_lifetime_usec = max_lifetime_usec,
        };
}

/* The one place that changes the state; says what the new state asks of the caller. */
static enum device_flow_step flow_enter(struct device_flow *flow, enum device_flow_state state)
{
        flow->state = state;
        switch (state) {
        case DEVICE_FLOW_REQUESTING:
                return DEVICE_FLOW_SEND_REQUEST;
        case DEVICE_FLOW_SHOWING:
                return DEVICE_FLOW_SHOW_CODE;
        case DEVICE_FLOW_POLLING:
                return DEVICE_FLOW_SEND_POLL;
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_FINISH;
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_PAUSING:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}

static enum device_flow_step flow_end(struct device_flow *flow, enum device_flow_verdict verdict)
{
        flow->verdict = verdict;
        return flow_enter(flow, DEVICE_FLOW_ENDED);
}

static uint64_t flow_pause_usec(const struct device_flow *flow)
{
        uint64_t pause_usec = flow->interval_usec + flow->interval_usec / MARGIN_DIVISOR;
        return pause_usec << flow->doublings;
}

static enum device_flow_step flow_pause(struct device_flow *flow, uint64_t asked_pause_sec,
                                        uint64_t now_usec)
{
        uint64_t pause_usec = flow_pause_usec(flow);
        if (pause_usec < asked_pause_sec * USEC_PER_SEC)
                pause_usec = asked_pause_sec * USEC_PER_SEC;
        flow->next_poll_usec = now_usec + pause_usec;
        return flow_enter(flow, DEVICE_FLOW_PAUSING);
}

static enum device_flow_step flow_back_off(struct device_flow *flow, uint64_t asked_pause_sec,
                                           uint64_t now_usec)
{
        if (flow->doublings < DOUBLINGS_MAX)
                flow->doublings++;
        return flow_pause(flow, asked_pause_sec, now_usec);
}

static enum device_flow_step flow_slow_down(struct device_flow *flow, uint64_t asked_interval_sec,
                                            uint64_t now_usec)
{
        flow->interval_usec += SLOW_DOWN_SEC * USEC_PER_SEC;
        if (flow->interval_usec < asked_interval_sec * USEC_PER_SEC)
                flow->interval_usec = asked_interval_sec * USEC_PER_SEC;
        return flow_pause(flow, 0, now_usec);
}

uint64_t device_flow_deadline(const struct device_flow *flow)
{
        switch (flow->state) {
        case DEVICE_FLOW_SHOWING:
        case DEVICE_FLOW_POLLING:
                return flow->expires_at_usec;
        case DEVICE_FLOW_PAUSING:
                return flow->next_poll_usec < flow->expires_at_usec ? flow->next_poll_usec
                                                                    : flow->expires_at_usec;
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_REQUESTING:
        case DEVICE_FLOW_ENDED:
                return UINT64_MAX;
        }
        return UINT64_MAX;
}

enum device_flow_step device_flow_start(struct device_flow *flow, uint64_t now_usec)
{
        switch (flow->state) {
        case DEVICE_FLOW_IDLE:
                flow->requested_at_usec = now_usec;
                return flow_enter(flow, DEVICE_FLOW_REQUESTING);
        case DEVICE_FLOW_REQUESTING:
        case DEVICE_FLOW_SHOWING:
        case DEVICE_FLOW_PAUSING:
        case DEVICE_FLOW_POLLING:
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}

/* The code's life counts from before the request left: the provider cannot have started it earlier.
 * The first poll counts from the answer: the provider cannot have started the interval later. */
static enum device_flow_step flow_show(struct device_flow *flow, uint64_t expires_in_sec,
                                       uint64_t interval_sec, uint64_t now_usec)
{
        uint64_t lifetime_usec = expires_in_sec * USEC_PER_SEC;
        if (lifetime_usec > flow->max_lifetime_usec)
                lifetime_usec = flow->max_lifetime_usec;
        flow->expires_at_usec = flow->requested_at_usec + lifetime_usec;
        flow->interval_usec = interval_sec * USEC_PER_SEC;
        flow->next_poll_usec = now_usec + flow_pause_usec(flow);
        return flow_enter(flow, DEVICE_FLOW_SHOWING);
}

enum device_flow_step device_flow_on_authorization(struct device_flow *flow,
                                                   enum oauth_answer answer,
                                                   uint64_t expires_in_sec, uint64_t interval_sec,
                                                   uint64_t now_usec)
{
        if (flow->state != DEVICE_FLOW_REQUESTING)
                return DEVICE_FLOW_REST;

        switch (answer) {
        case OAUTH_SUCCESS:
                return flow_show(flow, expires_in_sec, interval_sec, now_usec);
        case OAUTH_ACCESS_DENIED:
                return flow_end(flow, DEVICE_FLOW_DENIED);
        case OAUTH_SLOW_DOWN: /* so authentik's throttle says that there is no code */
                return flow_end(flow, DEVICE_FLOW_THROTTLED);
        case OAUTH_TRANSIENT:
                return flow_end(flow, DEVICE_FLOW_UNREACHABLE);
        case OAUTH_AUTHORIZATION_PENDING:
        case OAUTH_EXPIRED_TOKEN:
        case OAUTH_ERROR:
        case OAUTH_MALFORMED:
                return flow_end(flow, DEVICE_FLOW_REJECTED);
        }
        return flow_end(flow, DEVICE_FLOW_REJECTED);
}

enum device_flow_step device_flow_on_person_waiting(struct device_flow *flow, uint64_t now_usec)
{
        switch (flow->state) {
        case DEVICE_FLOW_SHOWING:
                (void)flow_enter(flow, DEVICE_FLOW_PAUSING);
                return device_flow_on_deadline(flow, now_usec);
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_REQUESTING:
        case DEVICE_FLOW_PAUSING:
        case DEVICE_FLOW_POLLING:
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}

enum device_flow_step device_flow_on_token_answer(struct device_flow *flow,
                                                  enum oauth_answer answer,
                                                  uint64_t asked_pause_sec, uint64_t now_usec)
{
        if (flow->state != DEVICE_FLOW_POLLING)
                return DEVICE_FLOW_REST;
        if (now_usec >= flow->expires_at_usec)
                return flow_end(flow, DEVICE_FLOW_EXPIRED);

        switch (answer) {
        case OAUTH_SUCCESS:
                return flow_end(flow, DEVICE_FLOW_APPROVED);
        case OAUTH_AUTHORIZATION_PENDING:
                flow->doublings = 0;
                return flow_pause(flow, asked_pause_sec, now_usec);
        case OAUTH_SLOW_DOWN:
                flow->doublings = 0;
                return flow_slow_down(flow, asked_pause_sec, now_usec);
        case OAUTH_TRANSIENT:
                return flow_back_off(flow, asked_pause_sec, now_usec);
        case OAUTH_ACCESS_DENIED:
                return flow_end(flow, DEVICE_FLOW_DENIED);
        case OAUTH_EXPIRED_TOKEN:
                return flow_end(flow, DEVICE_FLOW_EXPIRED);
        case OAUTH_ERROR:
        case OAUTH_MALFORMED:
                return flow_end(flow, DEVICE_FLOW_REJECTED);
        }
        return flow_end(flow, DEVICE_FLOW_REJECTED);
}

enum device_flow_step device_flow_on_no_answer(struct device_flow *flow, uint64_t now_usec)
{
        switch (flow->state) {
        case DEVICE_FLOW_REQUESTING:
                return flow_end(flow, DEVICE_FLOW_UNREACHABLE);
        case DEVICE_FLOW_POLLING:
                return flow_back_off(flow, 0, now_usec);
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_SHOWING:
        case DEVICE_FLOW_PAUSING:
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}

enum device_flow_step device_flow_on_deadline(struct device_flow *flow, uint64_t now_usec)
{
        switch (flow->state) {
        case DEVICE_FLOW_SHOWING:
        case DEVICE_FLOW_POLLING:
                if (now_usec >= flow->expires_at_usec)
                        return flow_end(flow, DEVICE_FLOW_EXPIRED);
                return DEVICE_FLOW_REST;
        case DEVICE_FLOW_PAUSING:
                if (now_usec >= flow->expires_at_usec)
                        return flow_end(flow, DEVICE_FLOW_EXPIRED);
                if (now_usec >= flow->next_poll_usec)
                        return flow_enter(flow, DEVICE_FLOW_POLLING);
                return DEVICE_FLOW_REST;
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_REQUESTING:
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}

enum device_flow_step device_flow_on_cancel(struct device_flow *flow)
{
        switch (flow->state) {
        case DEVICE_FLOW_IDLE:
        case DEVICE_FLOW_REQUESTING:
        case DEVICE_FLOW_SHOWING:
        case DEVICE_FLOW_PAUSING:
        case DEVICE_FLOW_POLLING:
                return flow_end(flow, DEVICE_FLOW_CANCELLED);
        case DEVICE_FLOW_ENDED:
                return DEVICE_FLOW_REST;
        }
        return DEVICE_FLOW_REST;
}
