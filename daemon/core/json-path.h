/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a value stands in a JSON document: JSON Pointer (RFC 6901), as in "/value/0/id" or
 * "/realm_access/roles", with two steps more. A step of one asterisk, at an array, is each of its
 * elements; at an object it is the member of that name. A last step of tilde and asterisk, at an
 * object, is the name of each of its members, as a string. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define JSON_PATH_MAX_BYTES 512

struct json_object;

/* True for a path as above: not empty, a slash before each step, printable, no tilde but in ~0, ~1
 * and a last ~*. */
bool json_path_is_valid(const char *path);

/* Called for each value that the path leads to, in the document's order; the value is borrowed
 * and never null. Anything but 0 ends the walk. */
typedef int (*json_path_on_value)(struct json_object *value, void *userdata);

/* 0, also when the path leads nowhere (a null leads nowhere); what on_value returned if that is not
 * 0; -EINVAL for a path that is not valid; -ENOMEM. document may be NULL. */
int json_path_each(struct json_object *document, const char *path, json_path_on_value on_value,
                   void *userdata);

/* The one value that the path leads to, borrowed. NULL when it leads nowhere or to several, when it
 * is not valid, and when it ends with the step for names. */
struct json_object *json_path_only(struct json_object *document, const char *path);

/* True when one of the steps is this name. */
bool json_path_has_step(const char *path, const char *name);

/* True when it is the first of them. */
bool json_path_starts_at(const char *path, const char *name);
