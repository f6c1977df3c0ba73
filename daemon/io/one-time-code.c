/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/one-time-code.h"

#include <errno.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

/* RFC 6238 section 5.2: one step either way, for clocks that differ and people who type. */
#define WINDOW_STEPS 1

bool one_time_code_is_one(const char *text)
{
        return strlen(text) == ONE_TIME_CODE_DIGITS &&
               strspn(text, "0123456789") == ONE_TIME_CODE_DIGITS;
}

/* How many digits there are, or SIZE_MAX when they are too many or something else is among them. */
static size_t collect_digits(const struct secret *typed, char digits[ONE_TIME_CODE_DIGITS + 1])
{
        const char *text = secret_bytes(typed);
        size_t n = 0;

        for (size_t i = 0; i < secret_size(typed); i++) {
                if (text[i] == ' ' || text[i] == '-')
                        continue;
                if (n == ONE_TIME_CODE_DIGITS || text[i] < '0' || text[i] > '9')
                        return SIZE_MAX;
                digits[n++] = text[i];
        }
        return n;
}

bool one_time_code_read(const struct secret *typed, char ret_code[ONE_TIME_CODE_DIGITS + 1])
{
        char digits[ONE_TIME_CODE_DIGITS + 1] = "";
        bool is_one = collect_digits(typed, digits) == ONE_TIME_CODE_DIGITS;

        if (is_one)
                memcpy(ret_code, digits, sizeof(digits));
        secret_erase(digits, sizeof(digits));
        return is_one;
}

int one_time_code_secret_new(struct secret **ret_secret)
{
        unsigned char bytes[ONE_TIME_CODE_SECRET_BYTES];

        if (sodium_init() < 0)
                return -EIO;
        randombytes_buf(bytes, sizeof(bytes));
        struct secret *secret = secret_new(bytes, sizeof(bytes));
        secret_erase(bytes, sizeof(bytes));
        if (!secret)
                return -ENOMEM;
        *ret_secret = secret;
        return 0;
}

/* Not oath_totp_validate(): it stops at the first digit that differs. */
static int step_matches(const struct secret *secret, uint64_t step, const char *code,
                        bool *ret_matches)
{
        char expected[ONE_TIME_CODE_DIGITS + 1];

        int r = oath_hotp_generate(secret_bytes(secret), secret_size(secret), step,
                                   ONE_TIME_CODE_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
                                   expected);
        if (r == OATH_OK)
                *ret_matches = sodium_memcmp(expected, code, ONE_TIME_CODE_DIGITS) == 0;
        secret_erase(expected, sizeof(expected));
        if (r == OATH_OK)
                return 0;
        return r == OATH_MALLOC_ERROR ? -ENOMEM : -EIO;
}

/* The steps that count at that time. */
static void window_of(uint64_t now_sec, uint64_t *ret_first, uint64_t *ret_last)
{
        uint64_t now = now_sec / ONE_TIME_CODE_STEP_SEC;

        *ret_first = now > WINDOW_STEPS ? now - WINDOW_STEPS : 1; /* 0 stands for none used */
        *ret_last = now + WINDOW_STEPS;
}

/* The code of that step, and before, unless it is NULL, that of the step before it. */
static int step_proves(const struct secret *secret, uint64_t step, const char *before,
                       const char *code, bool *ret_proves)
{
        bool matches, before_matches = true;

        int r = step_matches(secret, step, code, &matches);
        if (r == 0 && before)
                r = step_matches(secret, step - 1, before, &before_matches);
        if (r == 0)
                *ret_proves = matches && before_matches;
        return r;
}

/* Every step is tried, whichever was right. */
static int check(const struct secret *secret, const char *before, const char *code,
                 uint64_t now_sec, uint64_t last_step, enum code_answer *ret_answer,
                 uint64_t *ret_step)
{
        enum code_answer answer = CODE_WRONG;
        uint64_t step, last, found = 0;

        if (oath_init() != OATH_OK)
                return -EIO;
        for (window_of(now_sec, &step, &last); step <= last; step++) {
                bool proves = false;
                int r = step_proves(secret, step, before, code, &proves);
                if (r < 0)
                        return r;
                if (!proves || answer == CODE_RIGHT)
                        continue;
                answer = step > last_step ? CODE_RIGHT : CODE_REPLAYED;
                found = step;
        }
        *ret_answer = answer;
        if (answer == CODE_RIGHT)
                *ret_step = found;
        return 0;
}

int one_time_code_check(const struct secret *secret, const char *code, uint64_t now_sec,
                        uint64_t last_step, enum code_answer *ret_answer, uint64_t *ret_step)
{
        if (one_time_code_is_one(code))
                return check(secret, NULL, code, now_sec, last_step, ret_answer, ret_step);
        *ret_answer = CODE_WRONG;
        return 0;
}

int one_time_code_check_pair(const struct secret *secret, const char *first, const char *second,
                             uint64_t now_sec, enum code_answer *ret_answer, uint64_t *ret_step)
{
        if (one_time_code_is_one(first) && one_time_code_is_one(second))
                return check(secret, first, second, now_sec, 0, ret_answer, ret_step);
        *ret_answer = CODE_WRONG;
        return 0;
}
