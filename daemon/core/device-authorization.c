/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/device-authorization.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/poll-times.h"
#include "core/strict-json.h"

#define DEVICE_CODE_MAX_BYTES 4096
#define USER_CODE_MAX_BYTES   64
#define ADDRESS_MAX_BYTES     2048

/* 1 and the member, 0 when it is absent or empty, which RFC 8628 section 3.1 calls omitted. */
static int read_text(struct json_object *object, const char *name, size_t max_bytes,
                     const char **ret_text)
{
        const char *text = NULL;
        int r = strict_json_text(object, name, max_bytes, &text);
        if (r <= 0 || text[0] == '\0')
                return r < 0 ? r : 0;
        *ret_text = text;
        return 1;
}

static int read_codes(struct json_object *object, struct device_authorization *authorization,
                      const char **ret_why)
{
        const char *device_code, *user_code;

        *ret_why = "device_code is missing or too long";
        if (read_text(object, "device_code", DEVICE_CODE_MAX_BYTES, &device_code) <= 0)
                return -EBADMSG;
        *ret_why = "user_code is missing, too long or not printable";
        if (read_text(object, "user_code", USER_CODE_MAX_BYTES, &user_code) <= 0 ||
            !text_is_printable(user_code))
                return -EBADMSG;

        authorization->device_code = secret_new_text(device_code);
        if (!authorization->device_code)
                return -ENOMEM;
        return text_copy(user_code, &authorization->user_code);
}

static int read_addresses(struct json_object *object, struct device_authorization *authorization,
                          const char **ret_why)
{
        const char *address, *complete;

        *ret_why = "verification_uri is missing, too long or not https";
        int r = read_text(object, "verification_uri", ADDRESS_MAX_BYTES, &address);
        if (r == 0) /* Google */
                r = read_text(object, "verification_url", ADDRESS_MAX_BYTES, &address);
        if (r <= 0 || !text_is_https_url(address))
                return -EBADMSG;
        r = text_copy(address, &authorization->verification_uri);
        if (r < 0)
                return r;

        *ret_why = "verification_uri_complete is too long or not https";
        r = read_text(object, "verification_uri_complete", ADDRESS_MAX_BYTES, &complete);
        if (r <= 0)
                return r;
        if (!text_is_https_url(complete))
                return -EBADMSG;
        return text_copy(complete, &authorization->verification_uri_complete);
}

void device_authorization_finish(struct device_authorization *authorization)
{
        (void)secret_free(authorization->device_code);
        free(authorization->user_code);
        free(authorization->verification_uri);
        free(authorization->verification_uri_complete);
        *authorization = (struct device_authorization){0};
}

enum oauth_answer device_authorization_parse(unsigned http_status, const char *body, size_t size,
                                             struct device_authorization *ret_authorization,
                                             struct oauth_problem *ret_problem)
{
        _cleanup_(device_authorization_finish) struct device_authorization authorization = {0};
        _cleanup_json_erase_ struct json_object *object = NULL;
        const char *why = NULL;

        enum oauth_answer answer = oauth_response_open(http_status, body, size, &object,
                                                       ret_problem);
        if (answer == OAUTH_AUTHORIZATION_PENDING || answer == OAUTH_EXPIRED_TOKEN)
                ret_problem->answer = answer = OAUTH_ERROR;
        if (answer != OAUTH_SUCCESS)
                return answer;

        int r = read_codes(object, &authorization, &why);
        if (r >= 0)
                r = read_addresses(object, &authorization, &why);
        if (r >= 0)
                r = poll_times_read(object, &authorization.expires_in_sec,
                                    &authorization.interval_sec, &why);
        if (r < 0)
                return oauth_problem_malformed(ret_problem, r == -ENOMEM ? "out of memory" : why);

        *ret_authorization = authorization;
        authorization = (struct device_authorization){0};
        return OAUTH_SUCCESS;
}
