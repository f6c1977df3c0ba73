/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parsers of times, and of what a time may stand beside. */
#include "settings-parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "settings.h"

#define MIN  UINT64_C(60)
#define HOUR (60 * MIN)
#define DAY  (24 * HOUR)

#define LOGIN_TIMEOUT_MIN_SEC    30
#define LOGIN_TIMEOUT_MAX_SEC    (30 * MIN)
#define MAX_AGE_MAX_SEC          (30 * DAY)
#define OFFLINE_MAX_SEC          (30 * DAY)
#define SESSION_LIFETIME_MIN_SEC MIN
#define SESSION_LIFETIME_MAX_SEC (365 * DAY)
#define ALLOW_FOR                "allow-for "

#define NO_TIME "is not a time such as 90s, 10min, 1h or 7d"

static int reject(const char *why, const char **ret_why)
{
        *ret_why = why;
        return -EINVAL;
}

/* Seconds, or a number followed by s, min, h or d. */
static bool parse_duration(const char *text, uint64_t *ret_sec)
{
        static const struct {
                const char *unit;
                uint64_t sec;
        } units[] = {{"", 1}, {"s", 1}, {"min", MIN}, {"h", HOUR}, {"d", DAY}};
        char digits[8] = "";
        uint64_t number;

        size_t length = strspn(text, "0123456789");
        if (length >= sizeof(digits))
                return false;
        memcpy(digits, text, length);
        if (text_parse_number(digits, 0, UINT32_MAX, &number) < 0)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(units); i++)
                if (strcmp(text + length, units[i].unit) == 0) {
                        *ret_sec = number * units[i].sec;
                        return true;
                }
        return false;
}

int parse_login_timeout(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t sec;

        if (!parse_duration(text, &sec))
                return reject(NO_TIME, ret_why);
        if (sec < LOGIN_TIMEOUT_MIN_SEC || sec > LOGIN_TIMEOUT_MAX_SEC)
                return reject("is not between 30s and 30min", ret_why);
        *(uint64_t *)field = sec;
        return 0;
}

int parse_session_lifetime(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t sec = 0;

        if (strcmp(text, "none") != 0) {
                if (!parse_duration(text, &sec))
                        return reject("is neither none nor a time such as 90s, 10min, 1h or 7d",
                                      ret_why);
                if (sec < SESSION_LIFETIME_MIN_SEC || sec > SESSION_LIFETIME_MAX_SEC)
                        return reject("is not between 1min and 365d", ret_why);
        }
        *(uint64_t *)field = sec;
        return 0;
}

int parse_max_age(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t sec;

        if (!parse_duration(text, &sec))
                return reject(NO_TIME, ret_why);
        if (sec > MAX_AGE_MAX_SEC)
                return reject("is longer than 30d", ret_why);
        *(uint64_t *)field = sec;
        return 0;
}

int parse_offline_limit(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t sec;

        if (!parse_duration(text, &sec))
                return reject(NO_TIME, ret_why);
        if (sec == 0 || sec > OFFLINE_MAX_SEC)
                return reject("is not between 1s and 30d", ret_why);
        *(uint64_t *)field = sec;
        return 0;
}

int parse_offline(const char *text, const char *folder, void *field, const char **ret_why)
{
        struct service_rules *rules = field;
        size_t prefix = strlen(ALLOW_FOR);

        if (strncmp(text, ALLOW_FOR, prefix) == 0) {
                int r = parse_offline_limit(text + prefix, folder, &rules->offline_for_sec,
                                            ret_why);
                if (r < 0)
                        return r;
                rules->offline = OFFLINE_ALLOW_FOR;
                return 0;
        }
        if (strcmp(text, "deny") != 0 && strcmp(text, "totp") != 0)
                return reject("is none of deny, allow-for TIME, totp", ret_why);
        rules->offline = strcmp(text, "totp") == 0 ? OFFLINE_TOTP : OFFLINE_DENY;
        return 0;
}
