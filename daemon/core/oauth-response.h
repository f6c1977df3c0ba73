/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all answers of an OAuth endpoint have in common: what they mean for the caller, and how they
 * report an error (RFC 6749 section 5.2, RFC 8628 section 3.5). The successes are in
 * device-authorization.h, backchannel-authentication.h and token-set.h. */
#pragma once

#include <json-c/json_object.h>
#include <stddef.h>
#include <stdint.h>

struct text_pairs;

#define OAUTH_RESPONSE_MAX_BYTES    ((size_t)64 * 1024)
#define OAUTH_CODE_MAX_BYTES        63
#define OAUTH_DESCRIPTION_MAX_BYTES 200
#define OAUTH_INTERVAL_MIN_SEC      1
#define OAUTH_INTERVAL_MAX_SEC      300

enum oauth_answer {
        OAUTH_SUCCESS,
        OAUTH_AUTHORIZATION_PENDING,
        OAUTH_SLOW_DOWN,
        OAUTH_ACCESS_DENIED,
        OAUTH_EXPIRED_TOKEN,
        OAUTH_ERROR,     /* any other error code: final (8628-14) */
        OAUTH_TRANSIENT, /* HTTP 5xx, 429 or 408 without an error code: try again, later */
        OAUTH_MALFORMED, /* neither a success nor an error that we understand: final */
};

struct oauth_problem {
        enum oauth_answer answer;
        char code[OAUTH_CODE_MAX_BYTES + 1]; /* as sent, RFC 6749's characters only; "" if none */
        char *description;                   /* sanitised; NULL if none */
        uint64_t interval_sec;               /* from a slow_down body; 0 if none */
        const char *why;                     /* MALFORMED, TRANSIENT: static, no foreign bytes */
};

/* Frees what the problem holds; it may be used anew. */
void oauth_problem_finish(struct oauth_problem *problem);

/* Reads the answer as far as it is common. OAUTH_SUCCESS: HTTP 200 and an object without `error`,
 * which the caller gives to strict_json_erase(). Any other answer leaves *ret_object alone. An
 * `error` member decides under any status, 200 included. *ret_problem is set with every answer and
 * the caller finishes it. */
enum oauth_answer oauth_response_open(unsigned http_status, const char *body, size_t size,
                                      struct json_object **ret_object,
                                      struct oauth_problem *ret_problem);

/* The problem that an error code stands for, whoever reported it; description may be NULL. Returns
 * its answer: OAUTH_MALFORMED when it is no error code. */
enum oauth_answer oauth_problem_from_code(struct oauth_problem *problem, const char *code,
                                          const char *description);

/* The provider's own word for something that RFC 8628 has a word for. When the problem is an
 * OAUTH_ERROR and its code has an alias, the answer becomes what that says (authorization_pending,
 * slow_down, access_denied, expired_token); any other alias changes nothing, and the code stays as
 * sent. For answers to polls. Returns problem->answer. aliases may be NULL. */
enum oauth_answer oauth_problem_translate(struct oauth_problem *problem,
                                          const struct text_pairs *aliases);

/* Makes the problem OAUTH_MALFORMED for this reason (static), and returns that. */
enum oauth_answer oauth_problem_malformed(struct oauth_problem *problem, const char *why);
