/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/binding-message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/"

int binding_message_new(unsigned number, const char *service, const char *host, char **ret_message)
{
        _cleanup_free_ char *whole = NULL;

        if (asprintf(&whole, "%u/%s/%.*s", number, service, (int)strcspn(host, "."), host) < 0) {
                whole = NULL;
                return -ENOMEM;
        }
        char *message = strndup(whole, BINDING_MESSAGE_MAX_BYTES);
        if (!message)
                return -ENOMEM;
        for (char *s = message; *s; s++)
                if (!strchr(PLAIN, *s))
                        *s = '-';
        *ret_message = message;
        return 0;
}
