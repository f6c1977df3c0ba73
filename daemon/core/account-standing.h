/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a person's account still stand at the provider? What the answer of its API has to say. */
#pragma once

#include <stddef.h>

/* 0 when the document has this value (a text, a number or a boolean, as it is written) at path
 * (core/json-path) and nothing else; -EBADMSG with *ret_why (static); -ENOMEM. */
int account_standing_read(const char *body, size_t size, const char *path, const char *value,
                          const char **ret_why);
