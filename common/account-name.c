/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/account-name.h"

#include <stddef.h>
#include <string.h>

bool account_name_is_valid(const char *name)
{
        static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
        static const char rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789.-";

        if (!name || name[0] == '\0' || !strchr(first, name[0]))
                return false;
        size_t length = strnlen(name, ACCOUNT_NAME_MAX_BYTES + 1);
        if (length > ACCOUNT_NAME_MAX_BYTES || strspn(name, rest) != length)
                return false;
        return name[length - 1] != '.';
}
