/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-headers.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"

#define RETRY_AFTER_MIN_SEC 1
#define RETRY_AFTER_MAX_SEC 3600
#define MAX_AGE_MAX_SEC     86400
#define DIGITS_MAX          20 /* of UINT64_MAX: more of them mean the maximum */

/* Digits brought into min..max; false when it is not all digits. */
static bool clamp_digits(const char *digits, size_t length, uint64_t min, uint64_t max,
                         uint64_t *ret_number)
{
        char copy[DIGITS_MAX + 1] = "";

        if (length == 0 || strspn(digits, "0123456789") < length)
                return false;
        if (length > DIGITS_MAX) {
                *ret_number = max;
                return true;
        }
        memcpy(copy, digits, length);
        if (text_parse_number(copy, 0, UINT64_MAX, ret_number) < 0 || *ret_number > max)
                *ret_number = max;
        else if (*ret_number < min)
                *ret_number = min;
        return true;
}

uint64_t http_retry_after_sec(const char *value)
{
        uint64_t seconds;

        if (!clamp_digits(value, strlen(value), RETRY_AFTER_MIN_SEC, RETRY_AFTER_MAX_SEC, &seconds))
                return 0;
        return seconds;
}

static bool directive_is(const char *directive, size_t length, const char *name)
{
        return length == strlen(name) && strncasecmp(directive, name, length) == 0;
}

uint64_t http_max_age_sec(const char *value)
{
        static const char name[] = "max-age=";
        uint64_t seconds = 0;

        for (const char *s = value; *s; s += strcspn(s, ",")) {
                s += strspn(s, ", \t");
                size_t length = strcspn(s, ",");
                while (length > 0 && (s[length - 1] == ' ' || s[length - 1] == '\t'))
                        length--;
                if (directive_is(s, length, "no-store") || directive_is(s, length, "no-cache"))
                        return 0;
                if (length > strlen(name) && strncasecmp(s, name, strlen(name)) == 0 &&
                    !clamp_digits(s + strlen(name), length - strlen(name), 0, MAX_AGE_MAX_SEC,
                                  &seconds))
                        return 0;
        }
        return seconds;
}

bool http_nonce_is_valid(const char *value)
{
        size_t length = 0;

        while (value[length] > ' ' && value[length] < 0x7F && value[length] != '"' &&
               value[length] != '\\' && length <= HTTP_NONCE_MAX_BYTES)
                length++;
        return value[length] == '\0' && length > 0 && length <= HTTP_NONCE_MAX_BYTES;
}
