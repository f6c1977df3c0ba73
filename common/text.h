/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text and numbers that came from outside, made safe before a terminal, a log or a decision sees
 * them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for well-formed UTF-8; size bytes, NUL among them or not. */
bool text_is_utf8(const char *bytes, size_t size);

/* True for well-formed UTF-8 without control characters: C0 (line breaks included), DEL, C1, and
 * the invisible ones that turn the direction of writing, join, separate or tag. */
bool text_is_printable(const char *text);

/* A copy of at most max_bytes bytes, cut at a character, in which every control character and every
 * byte that is not UTF-8 became '?'. NULL text gives an empty copy; NULL when memory is short. */
char *text_sanitise(const char *text, size_t max_bytes);

/* A copy likewise, for a log line of key=value fields: not empty ("-" instead), and without what
 * could end the field early or begin another (blank, quotes, equal sign, backslash). */
char *text_log_field(const char *text, size_t max_bytes);

/* A plain copy; NULL gives NULL. 0 or -ENOMEM. */
int text_copy(const char *text, char **ret_copy);

/* Decimal digits only (no sign, blank or empty text): 0, -EINVAL, or -ERANGE outside min..max. */
int text_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret_number);

/* True for https://HOST…, printable ASCII without blanks, no user part, no fragment. */
bool text_is_https_url(const char *text);

/* Columns that printable text takes on a terminal: one for each character. */
size_t text_columns(const char *text);
