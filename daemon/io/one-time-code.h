/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time-based one-time codes (RFC 6238) as the apps on phones make them: six digits, thirty seconds
 * to a step, HMAC-SHA-1. Not whose secret it is, nor how often somebody may guess. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/secret.h"

#define ONE_TIME_CODE_DIGITS   6
#define ONE_TIME_CODE_STEP_SEC 30

/* RFC 4226 section 4, R6: as long as what HMAC-SHA-1 gives. */
#define ONE_TIME_CODE_SECRET_BYTES 20

enum code_answer {
        CODE_RIGHT,
        CODE_REPLAYED, /* right, but of a step that was used, or of one before it */
        CODE_WRONG,
};

/* True for what a code looks like: six ASCII digits. */
bool one_time_code_is_one(const char *text);

/* Likewise of what was typed, which may have blanks and dashes in it: true, and the digits alone,
 * for the caller to erase. */
bool one_time_code_read(const struct secret *typed, char ret_code[ONE_TIME_CODE_DIGITS + 1]);

/* A new shared secret. -EIO when libsodium cannot, -ENOMEM. */
int one_time_code_secret_new(struct secret **ret_secret);

/* Holds the code against the step of now_sec (CLOCK_REALTIME) and the ones before and after it, in
 * a time that does not depend on what was typed. last_step is the last that was used, 0 for none;
 * with CODE_RIGHT *ret_step is the one to remember. A text that is no code is wrong. -ENOMEM, -EIO
 * when liboath cannot. */
int one_time_code_check(const struct secret *secret, const char *code, uint64_t now_sec,
                        uint64_t last_step, enum code_answer *ret_answer, uint64_t *ret_step);

/* Likewise two codes of which the second is that of the very next step: whoever shows them has the
 * secret, and a clock that goes right. */
int one_time_code_check_pair(const struct secret *secret, const char *first, const char *second,
                             uint64_t now_sec, enum code_answer *ret_answer, uint64_t *ret_step);
