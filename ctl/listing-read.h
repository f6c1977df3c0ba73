/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of the daemon on their way from the bus to JSON, which is what is shown of them in the
 * end: bounded, of the types that their fields say, and printable. */
#pragma once

#include <json-c/json.h>

#include "ctl/listing.h"

/* The next a{sv}. 1 and the record, which is the caller's to put; 0 when there is none any more;
 * -EBADMSG, -ENOMEM. */
int listing_read_record(const struct listing *listing, sd_bus_message *message,
                        struct json_object **ret_record);

/* The whole aa{sv}. 0 and the list, which is the caller's to put; -EBADMSG, -ENOMEM. */
int listing_read_records(const struct listing *listing, sd_bus_message *message,
                         struct json_object **ret_list);
