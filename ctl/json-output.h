/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers for programs: one JSON object a line. */
#pragma once

#include <json-c/json.h>

#include "common/cleanup.h"

DEFINE_CLEANUP(struct json_object *, json_object_put);
#define _cleanup_json_ _cleanup_(json_object_putp)

/* Adds text, unless it is NULL, under a name. 0 or -ENOMEM. */
int json_add_text(struct json_object *object, const char *name, const char *text);

/* Adds a value, which is taken over on failure too; NULL is memory that was short. 0 or -ENOMEM. */
int json_add(struct json_object *object, const char *name, struct json_object *value);

/* Writes one line to standard output, at once. It is ASCII: whatever else a text holds is escaped,
 * so that nothing in it moves the cursor of a terminal. 0 or -ENOMEM. */
int json_print(struct json_object *object);
