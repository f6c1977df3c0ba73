/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON from outside (RFC 8259), read once and strictly: json-c behind what its strict mode lets
 * through. Not a writer. Every parser of provider answers in core/ starts here. */
#pragma once

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

#define STRICT_JSON_MAX_BYTES ((size_t)512 * 1024)
#define STRICT_JSON_MAX_DEPTH 16 /* containers within each other, the outermost one included */

DEFINE_CLEANUP(struct json_object *, json_object_put);
#define _cleanup_json_ _cleanup_(json_object_putp)

/* One object and nothing else: -EBADMSG for any other top level, trailing bytes, names given twice
 * (RFC 8628 section 3.1), NUL raw or escaped, escaped half surrogates, bytes that are not UTF-8,
 * NaN and the like, and what goes beyond the limits above. The caller puts *ret_object. *ret_why is
 * set with -EBADMSG only, is static and holds none of the bytes. Nothing of the bytes stays on the
 * heap but in the tree (and a value that a duplicate name replaced, where that is refused). */
int strict_json_parse_object(const char *bytes, size_t size, struct json_object **ret_object,
                             const char **ret_why);

/* The same for one object or one array. */
int strict_json_parse(const char *bytes, size_t size, struct json_object **ret_tree,
                      const char **ret_why);

/* json_object_put() for a tree that carries tokens: overwrites every string in it first, also those
 * that others hold a reference to. Takes NULL, returns NULL. */
struct json_object *strict_json_erase(struct json_object *object);
DEFINE_CLEANUP(struct json_object *, strict_json_erase);
#define _cleanup_json_erase_ _cleanup_(strict_json_erasep)

/* Member readers: 1 found, 0 absent (null counts as absent), -EBADMSG when its type or bounds are
 * wrong. The output is set with 1 only. */

/* Borrowed from the object; at most max_bytes, free of NUL, possibly empty. */
int strict_json_text(struct json_object *object, const char *name, size_t max_bytes,
                     const char **ret_text);
/* Integers, and decimal digits in a string, within min..max (UINT64_MAX itself never counts). */
int strict_json_number(struct json_object *object, const char *name, uint64_t min, uint64_t max,
                       uint64_t *ret_number);
/* true, false, "true" and "false". */
int strict_json_bool(struct json_object *object, const char *name, bool *ret_bool);

/* A copy of the value's printable text of 1 to max_bytes bytes; the decimal digits of an integer,
 * after a minus if it has one. -EBADMSG for every other value, NULL included; -ENOMEM. */
int strict_json_scalar(struct json_object *value, size_t max_bytes, char **ret_text);
