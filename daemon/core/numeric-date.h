/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NumericDate (RFC 7519 section 2): seconds since 1970, a JSON number that need not be an integer.
 */
#pragma once

struct json_object;

/* 1 found, 0 absent or null, -EBADMSG for anything but a number from 0 to the end of the year 9999.
 */
int numeric_date(struct json_object *claims, const char *name, double *ret_sec);
