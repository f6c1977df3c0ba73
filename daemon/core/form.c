/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/form.h"

#include <errno.h>
#include <string.h>

int form_encode(struct secret *form, const char *bytes, size_t size)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._*";
        static const char hex[] = "0123456789ABCDEF";

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
