/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application/x-www-form-urlencoded (RFC 6749 appendix B): bodies and queries, written and read.
 * Not what stands in them. */
#pragma once

#include <stddef.h>

#include "common/secret.h"

/* The longest token that a provider may give (core/token-set), each byte of it escaped, and more.
 */
#define FORM_MAX_BYTES ((size_t)128 * 1024)

/* Each appends: 0, -E2BIG when the form would exceed FORM_MAX_BYTES, -ENOMEM. After a failure the
 * form holds a part of it and is of no use. */
int form_encode(struct secret *form, const char *bytes, size_t size); /* the bytes alone */
int form_add_text(struct secret *form, const char *name, const char *value);
int form_add_secret(struct secret *form, const char *name, const struct secret *value);

#define FORM_READ_MAX_BYTES ((size_t)16 * 1024)

/* Reads a query or body from outside into its fields. -EBADMSG when it is longer than
 * FORM_READ_MAX_BYTES, has more than 64 fields, a name twice (RFC 6749 section 3.1), an escape that
 * is none, a NUL, or what is not UTF-8. -ENOMEM. *ret_why is set with -EBADMSG. */
int form_parse(const char *form, size_t size, struct secret **ret_fields, const char **ret_why);

/* The value of the field with this name, "" included, or NULL; lives as long as the fields. */
const char *form_value(const struct secret *fields, const char *name);
