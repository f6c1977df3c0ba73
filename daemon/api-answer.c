/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-answer.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define STATUS_OK                200
#define STATUS_TOO_MANY_REQUESTS 429
#define STATUS_SERVER_ERROR      500 /* and above */

/* application/json, and its kin: application/vnd.github+json. */
static bool is_json(const struct http_answer *answer)
{
        static const char application[] = "application/";
        return answer->content_type &&
               strncasecmp(answer->content_type, application, sizeof(application) - 1) == 0 &&
               strcasestr(answer->content_type, "json");
}

enum login_outcome api_answer_outcome(const struct http_answer *answer,
                                      const struct api_sentences *sentences,
                                      const char **ret_detail)
{
        if (answer->failure != HTTP_ANSWERED) {
                *ret_detail = answer->failure_text;
                return LOGIN_UNAVAILABLE;
        }
        if (answer->status >= STATUS_SERVER_ERROR || answer->status == STATUS_TOO_MANY_REQUESTS) {
                *ret_detail = sentences->out_of_order;
                return LOGIN_UNAVAILABLE;
        }
        if (answer->status != STATUS_OK || !is_json(answer)) {
                *ret_detail = sentences->gave_nothing;
                return LOGIN_REFUSED;
        }
        return LOGIN_GRANTED;
}

enum login_outcome api_error_outcome(int error, const char *why, const char **ret_detail)
{
        if (error == -EBADMSG) {
                *ret_detail = why;
                return LOGIN_REFUSED;
        }
        *ret_detail = strerror(-error);
        return LOGIN_UNAVAILABLE;
}
