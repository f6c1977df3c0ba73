/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/refuse.h"

#include <errno.h>

int refuse(const char *why, const char **ret_why)
{
        *ret_why = why;
        return -EBADMSG;
}
