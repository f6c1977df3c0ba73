/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/listing-text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/cleanup.h"

static int text_new(const char *text, char **ret_text)
{
        char *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        *ret_text = copy;
        return 0;
}

static int number_text(uint64_t number, char **ret_text)
{
        char digits[24];

        (void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
        return text_new(digits, ret_text);
}

/* In the time zone of whoever asks. */
static int time_text(uint64_t sec, char **ret_text)
{
        struct tm parts;
        time_t time_sec = (time_t)sec;
        char text[64] = "";

        if (sec > 0 && localtime_r(&time_sec, &parts))
                (void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
        return text_new(text, ret_text);
}

/* To the minute in this year, to the day in others. */
static int brief_time_text(uint64_t sec, char **ret_text)
{
        struct tm parts, now;
        time_t time_sec = (time_t)sec, now_sec = time(NULL);
        char text[32] = "";

        if (sec > 0 && localtime_r(&time_sec, &parts) && localtime_r(&now_sec, &now)) {
                if (parts.tm_year == now.tm_year)
                        (void)strftime(text, sizeof(text), "%m-%d %H:%M", &parts);
                else
                        (void)strftime(text, sizeof(text), "%Y-%m-%d", &parts);
        }
        return text_new(text, ret_text);
}

/* The two greatest units that it has: "2d 3h", "45s". */
static int span_text(uint64_t sec, char **ret_text)
{
        static const struct {
                uint64_t sec;
                const char *unit;
        } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
        char text[64] = "";

        for (size_t i = 0; i < ELEMENTSOF(units); i++) {
                uint64_t n = sec / units[i].sec, rest = sec % units[i].sec;
                if (n == 0)
                        continue;
                uint64_t m = i + 1 < ELEMENTSOF(units) ? rest / units[i + 1].sec : 0;
                if (m > 0)
                        (void)snprintf(text, sizeof(text), "%" PRIu64 "%s %" PRIu64 "%s", n,
                                       units[i].unit, m, units[i + 1].unit);
                else
                        (void)snprintf(text, sizeof(text), "%" PRIu64 "%s", n, units[i].unit);
                break;
        }
        return text_new(text, ret_text);
}

static int texts_text(struct json_object *list, char **ret_text)
{
        _cleanup_free_ char *joined = strdup("");

        for (size_t i = 0; i < json_object_array_length(list) && joined; i++) {
                char *longer = NULL;
                if (asprintf(&longer, "%s%s%s", joined, i > 0 ? ", " : "",
                             json_object_get_string(json_object_array_get_idx(list, i))) < 0)
                        longer = NULL;
                free(joined);
                joined = longer;
        }
        if (!joined)
                return -ENOMEM;
        *ret_text = TAKE_PTR(joined);
        return 0;
}

static const char *flag_word(const struct listing_field *field, bool flag)
{
        if (!flag)
                return "";
        return field->flag ? field->flag : "yes";
}

int listing_text(const struct listing_field *field, struct json_object *record, char **ret_text)
{
        struct json_object *value = json_object_object_get(record, field->key);

        if (!value)
                return text_new("", ret_text);
        switch (field->kind) {
        case LISTING_TEXT:
                return text_new(json_object_get_string(value), ret_text);
        case LISTING_NUMBER:
                return number_text(json_object_get_uint64(value), ret_text);
        case LISTING_TIME:
                return time_text(json_object_get_uint64(value), ret_text);
        case LISTING_SPAN:
                return span_text(json_object_get_uint64(value), ret_text);
        case LISTING_FLAG:
                return text_new(flag_word(field, json_object_get_boolean(value)), ret_text);
        case LISTING_TEXTS:
                return texts_text(value, ret_text);
        }
        return text_new("", ret_text);
}

int listing_brief(const struct listing_field *field, struct json_object *record, char **ret_text)
{
        struct json_object *value = json_object_object_get(record, field->key);

        *ret_text = NULL;
        return value && field->kind == LISTING_TIME
                       ? brief_time_text(json_object_get_uint64(value), ret_text)
                       : 0;
}
