/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/numeric-date.h"

#include <errno.h>
#include <json-c/json.h>

#define LAST_SEC 253402300799.0 /* 9999-12-31T23:59:59Z */

int numeric_date(struct json_object *claims, const char *name, double *ret_sec)
{
        struct json_object *date;

        if (!json_object_object_get_ex(claims, name, &date) || !date)
                return 0;
        if (!json_object_is_type(date, json_type_int) &&
            !json_object_is_type(date, json_type_double))
                return -EBADMSG;
        double sec = json_object_get_double(date);
        /* Written so that it also refuses what compares with nothing. */
        if (!(sec >= 0 && sec <= LAST_SEC))
                return -EBADMSG;
        *ret_sec = sec;
        return 1;
}
