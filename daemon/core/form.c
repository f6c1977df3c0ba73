/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/form.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "core/refuse.h"

#define FIELDS_MAX 64

static const char hex[] = "0123456789ABCDEF";

int form_encode(struct secret *form, const char *bytes, size_t size)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._*";

        for (size_t i = 0; i < size; i++) {
                unsigned char c = (unsigned char)bytes[i];
                char escape[3] = {'%', hex[c >> 4], hex[c & 0x0F]};
                char blank = '+';
                int r = c == ' '                ? secret_append(form, &blank, 1, FORM_MAX_BYTES)
                        : c && strchr(plain, c) ? secret_append(form, &c, 1, FORM_MAX_BYTES)
                                                : secret_append(form, escape, 3, FORM_MAX_BYTES);
                secret_erase(escape, sizeof(escape));
                if (r < 0)
                        return r;
        }
        return 0;
}

static int form_add(struct secret *form, const char *name, const char *value, size_t size)
{
        int r = 0;

        if (secret_size(form) > 0)
                r = secret_append_text(form, "&", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(form, name, strlen(name));
        if (r >= 0)
                r = secret_append_text(form, "=", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(form, value, size);
        return r;
}

int form_add_text(struct secret *form, const char *name, const char *value)
{
        return form_add(form, name, value, strlen(value));
}

int form_add_secret(struct secret *form, const char *name, const struct secret *value)
{
        return form_add(form, name, secret_bytes(value), secret_size(value));
}

static int hex_digit(char c)
{
        const char *digit = strchr(hex, c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
        return digit && *digit ? (int)(digit - hex) : -1;
}

/* Appends the plain bytes and a NUL. There must be none among them, so that names and values can be
 * told apart by it. */
static int fields_add(struct secret *fields, const char *at, const char *end)
{
        int r;

        for (; at < end; at++) {
                char plain = *at;
                if (*at == '+')
                        plain = ' ';
                if (*at == '%') {
                        int high = end - at > 2 ? hex_digit(at[1]) : -1;
                        int low = high >= 0 ? hex_digit(at[2]) : -1;
                        if (low < 0)
                                return -EBADMSG;
                        plain = (char)(high << 4 | low);
                        at += 2;
                }
                r = plain ? secret_append(fields, &plain, 1, FORM_MAX_BYTES) : -EBADMSG;
                secret_erase(&plain, 1);
                if (r < 0)
                        return r;
        }
        return secret_append(fields, "", 1, FORM_MAX_BYTES);
}

/* The value of the first field with this name, among the first size bytes. */
static const char *fields_find(const struct secret *fields, size_t size, const char *name)
{
        const char *at = secret_bytes(fields), *end = at + size;

        while (at < end) {
                const char *value = at + strlen(at) + 1;
                if (strcmp(at, name) == 0)
                        return value;
                at = value + strlen(value) + 1;
        }
        return NULL;
}

const char *form_value(const struct secret *fields, const char *name)
{
        return fields_find(fields, secret_size(fields), name);
}

static int fields_add_pair(struct secret *fields, const char *at, const char *end,
                           const char **ret_why)
{
        const char *equals = memchr(at, '=', (size_t)(end - at));
        size_t before = secret_size(fields);

        int r = fields_add(fields, at, equals ? equals : end);
        if (r >= 0)
                r = fields_add(fields, equals ? equals + 1 : end, end);
        if (r == -EBADMSG)
                return refuse("a parameter is not well encoded", ret_why);
        if (r >= 0 && fields_find(fields, before, secret_bytes(fields) + before))
                return refuse("a parameter stands there twice", ret_why);
        return r;
}

int form_parse(const char *form, size_t size, struct secret **ret_fields, const char **ret_why)
{
        const char *end = form + size;
        size_t n = 0;

        if (size > FORM_READ_MAX_BYTES)
                return refuse("too large", ret_why);
        _cleanup_secret_ struct secret *fields = secret_new(NULL, 0);
        if (!fields)
                return -ENOMEM;
        for (const char *at = form, *next; at < end; at = next + 1) {
                next = memchr(at, '&', (size_t)(end - at));
                next = next ? next : end;
                if (at == next)
                        continue;
                if (++n > FIELDS_MAX)
                        return refuse("too many parameters", ret_why);
                int r = fields_add_pair(fields, at, next, ret_why);
                if (r < 0)
                        return r;
        }
        if (!text_is_utf8(secret_bytes(fields), secret_size(fields)))
                return refuse("not UTF-8", ret_why);
        *ret_fields = TAKE_PTR(fields);
        return 0;
}
