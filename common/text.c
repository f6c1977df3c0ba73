/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 sequence at s (Unicode table 3-7), 0 when there is none within the
 * available bytes. A NUL never continues a sequence, so text that ends with one may claim four. */
static size_t sequence_length(const unsigned char *s, size_t available)
{
        unsigned char lead = s[0];
        size_t length = lead < 0x80                   ? 1
                        : lead >= 0xC2 && lead < 0xE0 ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
        if (length > available)
                return 0;

        /* No overlong forms, no surrogates, nothing beyond U+10FFFF. */
        unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        for (size_t i = 1; i < length; i++) {
                if (s[i] < low || s[i] > high)
                        return 0;
                low = 0x80;
                high = 0xBF;
        }
        return length;
}

/* Code points that move the cursor, turn the writing direction or hide: C0, DEL, C1, the
 * bidirectional controls, line and paragraph separators, the zero-width ones and tag characters. */
static bool sequence_is_control(const unsigned char *s, size_t length)
{
        static const struct {
                uint32_t first, last;
        } hidden[] = {
                {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},     {0x61C, 0x61C},
                {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
                {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
        };
        static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};

        uint32_t point = s[0] & lead_mask[length];
        for (size_t i = 1; i < length; i++)
                point = point << 6 | (s[i] & 0x3F);
        for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
                if (point >= hidden[i].first && point <= hidden[i].last)
                        return true;
        return false;
}

bool text_is_utf8(const char *bytes, size_t size)
{
        const unsigned char *s = (const unsigned char *)bytes;

        for (size_t i = 0, length; i < size; i += length) {
                length = sequence_length(s + i, size - i);
                if (length == 0)
                        return false;
        }
        return true;
}

bool text_is_printable(const char *text)
{
        const unsigned char *s = (const unsigned char *)text;

        while (*s) {
                size_t length = sequence_length(s, 4);
                if (length == 0 || sequence_is_control(s, length))
                        return false;
                s += length;
        }
        return true;
}

char *text_sanitise(const char *text, size_t max_bytes)
{
        const unsigned char *s = (const unsigned char *)(text ? text : "");
        size_t size = strnlen((const char *)s, max_bytes), used = 0;
        char *copy = malloc(size + 1);
        if (!copy)
                return NULL;

        while (*s) {
                size_t length = sequence_length(s, 4), step = length > 0 ? length : 1;
                bool bad = length == 0 || sequence_is_control(s, length);
                if (used + (bad ? 1 : length) > size)
                        break;
                if (bad)
                        copy[used++] = '?';
                else
                        for (size_t i = 0; i < length; i++)
                                copy[used++] = (char)s[i];
                s += step;
        }
        copy[used] = '\0';
        return copy;
}

char *text_log_field(const char *text, size_t max_bytes)
{
        char *field = text_sanitise(text && *text ? text : "-", max_bytes);

        for (char *s = field; s && *s; s++)
                if (strchr(" \"'=\\", *s))
                        *s = '?';
        return field;
}

int text_copy(const char *text, char **ret_copy)
{
        char *copy = text ? strdup(text) : NULL;
        if (text && !copy)
                return -ENOMEM;
        *ret_copy = copy;
        return 0;
}

int text_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret_number)
{
        uint64_t number = 0;

        if (*text == '\0')
                return -EINVAL;
        for (const char *s = text; *s; s++)
                if (*s < '0' || *s > '9')
                        return -EINVAL;
        for (const char *s = text; *s; s++) {
                uint64_t digit = (uint64_t)(*s - '0');
                if (number > (UINT64_MAX - digit) / 10)
                        return -ERANGE;
                number = number * 10 + digit;
        }
        if (number < min || number > max)
                return -ERANGE;
        *ret_number = number;
        return 0;
}

bool text_is_https_url(const char *text)
{
        static const char scheme[] = "https://";

        if (strncmp(text, scheme, sizeof(scheme) - 1) != 0)
                return false;
        for (const char *s = text; *s; s++)
                if (*s <= ' ' || *s >= 0x7F || strchr("\"<>\\^`{|}#", *s))
                        return false;

        const char *host = text + sizeof(scheme) - 1;
        size_t authority = strcspn(host, "/?");
        return authority > 0 && host[0] != ':' && !memchr(host, '@', authority);
}

size_t text_columns(const char *text)
{
        size_t columns = 0;

        for (const char *s = text; *s; s++)
                columns += ((unsigned char)*s & 0xC0) != 0x80;
        return columns;
}
