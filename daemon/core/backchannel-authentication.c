/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/backchannel-authentication.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/poll-times.h"
#include "core/refuse.h"
#include "core/strict-json.h"

#define AUTH_REQ_ID_MAX_BYTES 4096

/* The specification has letters, digits, ".", "-" and "_"; nothing else that prints does harm in a
 * body either. */
static bool id_is_valid(const char *id)
{
        for (const char *s = id; *s; s++)
                if (*s <= ' ' || *s > '~')
                        return false;
        return id[0] != '\0';
}

static int read_id(struct json_object *object, struct secret **ret_id, const char **ret_why)
{
        const char *id;

        if (strict_json_text(object, "auth_req_id", AUTH_REQ_ID_MAX_BYTES, &id) <= 0 ||
            !id_is_valid(id))
                return refuse("auth_req_id is missing, too long or not printable", ret_why);
        struct secret *copy = secret_new_text(id);
        if (!copy)
                return -ENOMEM;
        *ret_id = copy;
        return 0;
}

bool backchannel_refuses_person(const struct oauth_problem *problem)
{
        static const char *const codes[] = {"unknown_user_id", "expired_login_hint_token",
                                            "missing_user_code", "invalid_user_code",
                                            "access_denied"};

        for (size_t i = 0; i < ELEMENTSOF(codes); i++)
                if (strcmp(problem->code, codes[i]) == 0)
                        return true;
        return false;
}

void backchannel_authentication_finish(struct backchannel_authentication *authentication)
{
        (void)secret_free(authentication->auth_req_id);
        *authentication = (struct backchannel_authentication){0};
}

enum oauth_answer
backchannel_authentication_parse(unsigned http_status, const char *body, size_t size,
                                 struct backchannel_authentication *ret_authentication,
                                 struct oauth_problem *ret_problem)
{
        struct backchannel_authentication authentication = {0};
        _cleanup_json_erase_ struct json_object *object = NULL;
        const char *why = "out of memory";

        enum oauth_answer answer = oauth_response_open(http_status, body, size, &object,
                                                       ret_problem);
        if (answer == OAUTH_AUTHORIZATION_PENDING || answer == OAUTH_EXPIRED_TOKEN)
                ret_problem->answer = answer = OAUTH_ERROR;
        if (answer != OAUTH_SUCCESS)
                return answer;

        int r = poll_times_read(object, &authentication.expires_in_sec,
                                &authentication.interval_sec, &why);
        if (r >= 0)
                r = read_id(object, &authentication.auth_req_id, &why);
        if (r < 0)
                return oauth_problem_malformed(ret_problem, why);
        *ret_authentication = authentication;
        return OAUTH_SUCCESS;
}
