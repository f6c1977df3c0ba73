/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a person's account still stand at the provider? Where its API is asked about that, and what
 * the answer has to say. Not the asking. */
#pragma once

#include <stddef.h>

struct identity;

#define ACCOUNT_ADDRESS_MAX_BYTES 2048

/* form with the identity's claim NAME, percent-encoded (RFC 3986 section 2.1), in place of each
 * "{NAME}". The caller frees it. -EINVAL when the identity has no such claim, the form an open
 * bracket, or the address would be longer than ACCOUNT_ADDRESS_MAX_BYTES; -ENOMEM. */
int account_standing_address(const char *form, const struct identity *identity, char **ret_url);

/* 0 when the document has this value (a text, a number or a boolean, as it is written) at path
 * (core/json-path) and nothing else; -EBADMSG with *ret_why (static); -ENOMEM. */
int account_standing_read(const char *body, size_t size, const char *path, const char *value,
                          const char **ret_why);
