/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OAuth 2.0 Device Authorization Grant (RFC 8628) as a machine: it decides when to ask the
 * token endpoint, how long to wait and how the attempt ends. It sends nothing and knows no clock:
 * the caller feeds it events with the time they happened, does the step that comes back, and calls
 * device_flow_on_deadline() when device_flow_deadline() has come.
 *
 *        start          code came          somebody waits       time came
 *   IDLE ─────► REQUESTING ─────► SHOWING ───────────► PAUSING ◄─────────► POLLING
 *                   │                │                    │     not yet       │
 *                   └────────────────┴──────► ENDED ◄─────┴───────────────────┘
 *
 * All times are microseconds of one monotonic clock that counts suspend (CLOCK_BOOTTIME). */
#pragma once

#include <stdint.h>

#include "core/oauth-response.h"

enum device_flow_state {
        DEVICE_FLOW_IDLE,
        DEVICE_FLOW_REQUESTING, /* the device authorization request is out */
        DEVICE_FLOW_SHOWING,    /* the code is shown, nobody waits for the verdict yet: no polls */
        DEVICE_FLOW_PAUSING,    /* somebody waits; the next poll is not allowed yet */
        DEVICE_FLOW_POLLING,    /* a token request is out */
        DEVICE_FLOW_ENDED,
};

/* What the caller has to do after an event. */
enum device_flow_step {
        DEVICE_FLOW_REST,         /* nothing but to arm device_flow_deadline() */
        DEVICE_FLOW_SEND_REQUEST, /* send the device authorization request */
        DEVICE_FLOW_SHOW_CODE,    /* tell the person */
        DEVICE_FLOW_SEND_POLL,    /* send one token request */
        DEVICE_FLOW_FINISH,       /* the verdict stands; drop whatever is still out */
};

enum device_flow_verdict {
        DEVICE_FLOW_OPEN,        /* not ended yet */
        DEVICE_FLOW_APPROVED,    /* tokens came; whose they are is for others to verify */
        DEVICE_FLOW_DENIED,      /* access_denied */
        DEVICE_FLOW_EXPIRED,     /* expired_token, or the time ran out here */
        DEVICE_FLOW_THROTTLED,   /* the provider gives no more codes for now */
        DEVICE_FLOW_UNREACHABLE, /* no usable answer to the device authorization request */
        DEVICE_FLOW_REJECTED,    /* any other error, or an answer that made no sense (8628-14) */
        DEVICE_FLOW_CANCELLED,
};

struct device_flow {
        enum device_flow_state state;
        enum device_flow_verdict verdict;
        uint64_t max_lifetime_usec;
        uint64_t requested_at_usec;
        uint64_t expires_at_usec;
        uint64_t interval_usec;  /* grows by slow_down, never shrinks */
        unsigned doublings;      /* of the pause, since the token endpoint last answered */
        uint64_t next_poll_usec; /* no token request leaves before */
};

/* A flow that ends max_lifetime_usec after it started, or when the provider's code expires,
 * whichever comes first. Holds no memory; nothing to finish. */
void device_flow_init(struct device_flow *flow, uint64_t max_lifetime_usec);

/* The next time at which device_flow_on_deadline() is wanted; UINT64_MAX for never. */
uint64_t device_flow_deadline(const struct device_flow *flow);

/* Somebody asked for a login (8628-5: never called by the machine itself). */
enum device_flow_step device_flow_start(struct device_flow *flow, uint64_t now_usec);

/* The device authorization endpoint answered; the two durations are read on OAUTH_SUCCESS only. */
enum device_flow_step device_flow_on_authorization(struct device_flow *flow,
                                                   enum oauth_answer answer,
                                                   uint64_t expires_in_sec, uint64_t interval_sec,
                                                   uint64_t now_usec);

/* The person says that they wait for the verdict: from now on polls go out, the first one at once
 * when the interval has passed already. */
enum device_flow_step device_flow_on_person_waiting(struct device_flow *flow, uint64_t now_usec);

/* The token endpoint answered. asked_pause_sec is what the answer itself asks for: the interval in
 * a slow_down body or a Retry-After, 0 for none. */
enum device_flow_step device_flow_on_token_answer(struct device_flow *flow,
                                                  enum oauth_answer answer,
                                                  uint64_t asked_pause_sec, uint64_t now_usec);

/* The request that was out got no answer: time-out, reset, or no connection (8628-15). */
enum device_flow_step device_flow_on_no_answer(struct device_flow *flow, uint64_t now_usec);

enum device_flow_step device_flow_on_deadline(struct device_flow *flow, uint64_t now_usec);
enum device_flow_step device_flow_on_cancel(struct device_flow *flow);
