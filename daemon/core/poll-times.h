/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a code lives and how often to ask about it: members that the device grant (RFC 8628
 * section 3.2) and CIBA (section 7.3) have in common. */
#pragma once

#include <json-c/json_object.h>
#include <stdint.h>

/* expires_in, clamped to 30..1800, and interval, clamped to 1..300, or 5 where the provider says
 * none. 0, or -EBADMSG: expires_in missing or more than a day, or one of them no number. */
int poll_times_read(struct json_object *object, uint64_t *ret_expires_in_sec,
                    uint64_t *ret_interval_sec, const char **ret_why);
