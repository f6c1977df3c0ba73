/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the provider's answers to a grant come to, and what the journal is told of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/oauth-response.h"
#include "core/token-set.h"
#include "io/http-client.h"
#include "settings.h"

struct private_key;

/* What approval_request_read() found in the answer to the request for a code, by the settings'
 * names for errors; a throttle is OAUTH_SLOW_DOWN. */
enum oauth_answer grant_answer_of_request(enum oauth_answer said, const struct http_answer *answer,
                                          const struct provider_settings *settings,
                                          struct oauth_problem *problem);

/* The token endpoint's answer: the tokens, bound to the key (NULL: to none) as the settings want
 * them, or a problem. */
enum oauth_answer grant_answer_read_poll(const struct http_answer *answer,
                                         const struct provider_settings *settings,
                                         const struct private_key *dpop, struct token_set *tokens,
                                         struct oauth_problem *problem);

/* How long the provider wants to be left alone; 0: it did not say. */
uint64_t grant_answer_pause_sec(const struct http_answer *answer,
                                const struct oauth_problem *problem);

/* That the person has not approved yet is none. */
bool grant_answer_is_trouble(enum oauth_answer answer);
/* No accident of the network: asking again would only meet it again. */
bool grant_answer_is_hostile(const struct http_answer *answer);

/* For the journal: "the token endpoint answered: ..." The caller's to free; NULL without memory. */
char *grant_answer_tell_problem(const struct oauth_problem *problem, const char *endpoint);
char *grant_answer_tell_silence(const struct http_answer *answer, const char *endpoint);
