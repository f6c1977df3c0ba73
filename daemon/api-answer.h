/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an answer of a provider's API is worth before anybody reads it. */
#pragma once

#include "common/login-outcome.h"
#include "io/http-client.h"

/* How one endpoint's answers are spoken of, in the journal. Static. */
struct api_sentences {
        const char *out_of_order; /* it failed: unavailable */
        const char *gave_nothing; /* it answered with something else: refused */
};

/* LOGIN_GRANTED when the answer is a JSON document with status 200. Otherwise LOGIN_UNAVAILABLE or
 * LOGIN_REFUSED, and *ret_detail (borrowed from the answer, or static). */
enum login_outcome api_answer_outcome(const struct http_answer *answer,
                                      const struct api_sentences *sentences,
                                      const char **ret_detail);

/* What an error of reading it, or of asking, comes to. -EBADMSG is the provider's fault, and why
 * says what is wrong: LOGIN_REFUSED. Any other is ours: LOGIN_UNAVAILABLE. */
enum login_outcome api_error_outcome(int error, const char *why, const char **ret_detail);
