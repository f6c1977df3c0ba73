/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of a record in words for people. */
#pragma once

#include <json-c/json.h>

#include "ctl/listing.h"

/* The caller frees it; empty when the record does not have the value, or it is none. 0 or -ENOMEM.
 */
int listing_text(const struct listing_field *field, struct json_object *record, char **ret_text);

/* What may stand for it where there is little room; NULL: nothing. Likewise. */
int listing_brief(const struct listing_field *field, struct json_object *record, char **ret_text);
