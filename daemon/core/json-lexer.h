/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at the words of a JSON text (RFC 8259 sections 2 to 7) before json-c does. Not a parser:
 * the order of the words is json-c's to check, but for a comma before a closing bracket. Called by
 * strict-json alone. */
#pragma once

#include <stddef.h>

/* 0 and the number of members (colons) of all objects; -EBADMSG and *ret_why when something is not
 * a word of JSON, is nested deeper than max_depth, follows the first value, carries NUL or half a
 * surrogate pair, or is not UTF-8, and when a closing bracket follows a comma. */
int json_lexer_check(const char *bytes, size_t size, size_t max_depth, size_t *ret_members,
                     const char **ret_why);
