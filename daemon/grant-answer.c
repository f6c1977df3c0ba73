/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "grant-answer.h"

#include <stdio.h>

/* The most that a provider's Retry-After or interval may put off the next poll. */
#define ASKED_PAUSE_MAX_SEC 3600

#define STATUS_TOO_MANY_REQUESTS 429

/* ---- the request ---- */

/* A throttle is no outage: whoever starts logins can bring it about, so that nothing may fall
 * through to another way in because of it. */
static enum oauth_answer throttle_as_slow_down(enum oauth_answer answer, unsigned status)
{
        return answer == OAUTH_TRANSIENT && status == STATUS_TOO_MANY_REQUESTS ? OAUTH_SLOW_DOWN
                                                                               : answer;
}

enum oauth_answer grant_answer_of_request(enum oauth_answer said, const struct http_answer *answer,
                                          const struct provider_settings *settings,
                                          struct oauth_problem *problem)
{
        if (said == OAUTH_ERROR)
                said = oauth_problem_translate(problem, &settings->error_aliases);
        return throttle_as_slow_down(said, answer->status);
}

/* ---- a poll ---- */

/* RFC 9449 section 5: a token that is bound to a key which we do not have is of no use; one that
 * is not bound was not wanted where the settings say so. */
static enum oauth_answer check_binding(const struct provider_settings *settings,
                                       const struct private_key *dpop, struct token_set *tokens,
                                       struct oauth_problem *problem)
{
        bool wanted = dpop && settings->dpop == DPOP_YES;

        if (tokens->is_bound ? dpop != NULL : !wanted)
                return OAUTH_SUCCESS;
        token_set_finish(tokens);
        return oauth_problem_malformed(problem, dpop ? "the token is not bound (dpop = yes)"
                                                     : "token_type is not bearer");
}

enum oauth_answer grant_answer_read_poll(const struct http_answer *answer,
                                         const struct provider_settings *settings,
                                         const struct private_key *dpop, struct token_set *tokens,
                                         struct oauth_problem *problem)
{
        if (token_set_parse(answer->status, secret_bytes(answer->body), secret_size(answer->body),
                            tokens, problem) == OAUTH_SUCCESS)
                return check_binding(settings, dpop, tokens, problem);
        return oauth_problem_translate(problem, &settings->error_aliases);
}

uint64_t grant_answer_pause_sec(const struct http_answer *answer,
                                const struct oauth_problem *problem)
{
        uint64_t pause_sec = answer->retry_after_sec;

        if (pause_sec < problem->interval_sec)
                pause_sec = problem->interval_sec;
        return pause_sec > ASKED_PAUSE_MAX_SEC ? ASKED_PAUSE_MAX_SEC : pause_sec;
}

/* ---- the journal ---- */

bool grant_answer_is_trouble(enum oauth_answer answer)
{
        switch (answer) {
        case OAUTH_SUCCESS:
        case OAUTH_AUTHORIZATION_PENDING:
        case OAUTH_SLOW_DOWN:
                return false;
        case OAUTH_ACCESS_DENIED:
        case OAUTH_EXPIRED_TOKEN:
        case OAUTH_ERROR:
        case OAUTH_TRANSIENT:
        case OAUTH_MALFORMED:
                break;
        }
        return true;
}

bool grant_answer_is_hostile(const struct http_answer *answer)
{
        return answer->failure == HTTP_UNTRUSTED || answer->failure == HTTP_TOO_LARGE;
}

char *grant_answer_tell_problem(const struct oauth_problem *problem, const char *endpoint)
{
        const char *said = problem->code[0] ? problem->code : problem->why;
        char *detail = NULL;

        if (asprintf(&detail, "the %s endpoint answered: %s%s%s", endpoint,
                     said ? said : "out of order", problem->description ? ", " : "",
                     problem->description ? problem->description : "") < 0)
                return NULL;
        return detail;
}

char *grant_answer_tell_silence(const struct http_answer *answer, const char *endpoint)
{
        char *detail = NULL;

        if (asprintf(&detail, "the %s endpoint gave no answer: %s", endpoint,
                     answer->failure_text) < 0)
                return NULL;
        return detail;
}
