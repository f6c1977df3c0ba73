/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/service-name.h"

#include <string.h>

bool service_name_is_valid(const char *name)
{
        static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "_.-";
        size_t length = strlen(name);

        return length > 0 && length <= SERVICE_NAME_MAX_BYTES && strspn(name, good) == length;
}
