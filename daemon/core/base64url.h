/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), taken literally: padding,
 * blanks, line breaks, the other alphabet and bits left over at the end are refused. */
#pragma once

#include <stddef.h>

/* Decodes size characters (no NUL needed) into heap memory. *ret_bytes is followed by one NUL that
 * is not counted, and is never NULL. 0, -EBADMSG when it is not strict base64url, -ENOMEM. */
int base64url_decode(const char *text, size_t size, unsigned char **ret_bytes, size_t *ret_size);

/* The text for size bytes; NULL when memory is short. */
char *base64url_encode(const void *bytes, size_t size);
