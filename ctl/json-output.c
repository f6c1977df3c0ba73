/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/json-output.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int json_add(struct json_object *object, const char *name, struct json_object *value)
{
        if (value && json_object_object_add(object, name, value) == 0)
                return 0;
        json_object_put(value);
        return -ENOMEM;
}

int json_add_text(struct json_object *object, const char *name, const char *text)
{
        return text ? json_add(object, name, json_object_new_string(text)) : 0;
}

/* The code point at s, and its bytes. Our texts are UTF-8; a byte that is not stands for U+FFFD. */
static uint32_t decode(const unsigned char *s, size_t *ret_bytes)
{
        size_t bytes = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
        uint32_t point = bytes == 1 ? s[0] : s[0] & (0x7Fu >> bytes);

        for (size_t i = 1; i < bytes; i++) {
                if ((s[i] & 0xC0) != 0x80) {
                        *ret_bytes = i;
                        return 0xFFFD;
                }
                point = point << 6 | (s[i] & 0x3F);
        }
        *ret_bytes = bytes;
        return point;
}

/* RFC 8259 section 7: beyond the basic plane a pair of surrogates. */
static void print_escaped(uint32_t point)
{
        if (point >= 0x10000)
                printf("\\u%04x\\u%04x", 0xD7C0 + (point >> 10), 0xDC00 + (point & 0x3FF));
        else
                printf("\\u%04x", point);
}

int json_print(struct json_object *object)
{
        const char *text = json_object_to_json_string_ext(
                object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        if (!text)
                return -ENOMEM;

        size_t bytes;
        for (const char *s = text; *s; s += bytes) {
                uint32_t point = decode((const unsigned char *)s, &bytes);
                if (point < 0x7F)
                        putchar((int)point);
                else
                        print_escaped(point);
        }
        puts("");
        (void)fflush(stdout);
        return 0;
}
