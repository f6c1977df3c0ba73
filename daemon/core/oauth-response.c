/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/oauth-response.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/strict-json.h"
#include "core/text-pairs.h"

#define STATUS_OK                200
#define STATUS_REQUEST_TIMEOUT   408
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_SERVER_ERROR      500 /* and above */

/* Longer descriptions are not wrong, only cut. */
#define DESCRIPTION_READ_BYTES OAUTH_RESPONSE_MAX_BYTES

#define NOT_A_CODE "error is not an error code"

/* RFC 8628 section 3.5, and what Entra, GitHub and others say instead. */
static const struct {
        const char *code;
        enum oauth_answer answer;
} answers[] = {
        {"authorization_pending", OAUTH_AUTHORIZATION_PENDING},
        {"slow_down", OAUTH_SLOW_DOWN},
        {"access_denied", OAUTH_ACCESS_DENIED},
        {"authorization_declined", OAUTH_ACCESS_DENIED},
        {"expired_token", OAUTH_EXPIRED_TOKEN},
        {"token_expired", OAUTH_EXPIRED_TOKEN},
        {"code_expired", OAUTH_EXPIRED_TOKEN},
};

static enum oauth_answer answer_from_code(const char *code)
{
        for (size_t i = 0; i < ELEMENTSOF(answers); i++)
                if (strcmp(answers[i].code, code) == 0)
                        return answers[i].answer;
        return OAUTH_ERROR;
}

/* RFC 6749 section 5.2: %x20-21 / %x23-5B / %x5D-7E. */
static bool code_is_valid(const char *code)
{
        for (const char *s = code; *s; s++)
                if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\')
                        return false;
        return code[0] != '\0';
}

static bool status_is_transient(unsigned http_status)
{
        return http_status >= STATUS_SERVER_ERROR || http_status == STATUS_REQUEST_TIMEOUT ||
               http_status == STATUS_TOO_MANY_REQUESTS;
}

void oauth_problem_finish(struct oauth_problem *problem)
{
        free(problem->description);
        *problem = (struct oauth_problem){0};
}

enum oauth_answer oauth_problem_malformed(struct oauth_problem *problem, const char *why)
{
        oauth_problem_finish(problem);
        problem->answer = OAUTH_MALFORMED;
        problem->why = why;
        return problem->answer;
}

/* There is no error code to go by. */
static enum oauth_answer problem_from_status(struct oauth_problem *problem, unsigned http_status,
                                             const char *why)
{
        (void)oauth_problem_malformed(problem, why);
        if (status_is_transient(http_status))
                problem->answer = OAUTH_TRANSIENT;
        return problem->answer;
}

/* The interval that GitHub sends along with slow_down. A wrong one is as none: the answer still
 * says to go slower. */
static uint64_t slow_down_interval(struct json_object *object)
{
        uint64_t interval_sec = 0;

        if (strict_json_number(object, "interval", OAUTH_INTERVAL_MIN_SEC, UINT32_MAX,
                               &interval_sec) <= 0)
                return 0;
        return interval_sec < OAUTH_INTERVAL_MAX_SEC ? interval_sec : OAUTH_INTERVAL_MAX_SEC;
}

enum oauth_answer oauth_problem_from_code(struct oauth_problem *problem, const char *code,
                                          const char *description)
{
        if (strlen(code) > OAUTH_CODE_MAX_BYTES || !code_is_valid(code))
                return oauth_problem_malformed(problem, NOT_A_CODE);
        problem->answer = answer_from_code(code);
        memcpy(problem->code, code, strlen(code) + 1);
        if (description)
                problem->description = text_sanitise(description, OAUTH_DESCRIPTION_MAX_BYTES);
        return problem->answer;
}

enum oauth_answer oauth_problem_translate(struct oauth_problem *problem,
                                          const struct text_pairs *aliases)
{
        const char *word = text_pairs_find(aliases, problem->code);

        if (problem->answer == OAUTH_ERROR && word)
                problem->answer = answer_from_code(word);
        return problem->answer;
}

static enum oauth_answer problem_from_error(struct oauth_problem *problem, const char *code,
                                            struct json_object *object)
{
        const char *description = NULL;

        (void)strict_json_text(object, "error_description", DESCRIPTION_READ_BYTES, &description);
        (void)oauth_problem_from_code(problem, code, description);
        if (problem->answer == OAUTH_SLOW_DOWN)
                problem->interval_sec = slow_down_interval(object);
        return problem->answer;
}

enum oauth_answer oauth_response_open(unsigned http_status, const char *body, size_t size,
                                      struct json_object **ret_object,
                                      struct oauth_problem *ret_problem)
{
        _cleanup_json_erase_ struct json_object *object = NULL;
        const char *why = "out of memory", *code = NULL;

        *ret_problem = (struct oauth_problem){0};
        if (size > OAUTH_RESPONSE_MAX_BYTES)
                return problem_from_status(ret_problem, http_status, "too large");
        int r = strict_json_parse_object(body, size, &object, &why);
        if (r == -EBADMSG)
                return problem_from_status(ret_problem, http_status, why);
        if (r < 0)
                return oauth_problem_malformed(ret_problem, why);

        r = strict_json_text(object, "error", OAUTH_CODE_MAX_BYTES, &code);
        if (r < 0 || (r > 0 && !code_is_valid(code)))
                return problem_from_status(ret_problem, http_status, NOT_A_CODE);
        if (r > 0)
                return problem_from_error(ret_problem, code, object);
        if (http_status != STATUS_OK)
                return problem_from_status(ret_problem, http_status,
                                           "neither HTTP 200 nor an error code");

        *ret_object = TAKE_PTR(object);
        return OAUTH_SUCCESS;
}
