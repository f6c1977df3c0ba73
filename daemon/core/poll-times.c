/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/poll-times.h"

#include "core/oauth-response.h"
#include "core/refuse.h"
#include "core/strict-json.h"

#define EXPIRES_IN_LIMIT_SEC 86400 /* beyond this the provider means something else */
#define EXPIRES_IN_MIN_SEC   30
#define EXPIRES_IN_MAX_SEC   1800
#define INTERVAL_DEFAULT_SEC 5

static uint64_t clamp(uint64_t number, uint64_t min, uint64_t max)
{
        return number < min ? min : number > max ? max : number;
}

int poll_times_read(struct json_object *object, uint64_t *ret_expires_in_sec,
                    uint64_t *ret_interval_sec, const char **ret_why)
{
        uint64_t expires_in_sec, interval_sec = INTERVAL_DEFAULT_SEC;

        if (strict_json_number(object, "expires_in", 1, EXPIRES_IN_LIMIT_SEC, &expires_in_sec) <= 0)
                return refuse("expires_in is missing or out of range", ret_why);
        if (strict_json_number(object, "interval", 0, UINT32_MAX, &interval_sec) < 0)
                return refuse("interval is not a number of seconds", ret_why);

        *ret_expires_in_sec = clamp(expires_in_sec, EXPIRES_IN_MIN_SEC, EXPIRES_IN_MAX_SEC);
        *ret_interval_sec = clamp(interval_sec, OAUTH_INTERVAL_MIN_SEC, OAUTH_INTERVAL_MAX_SEC);
        return 0;
}
