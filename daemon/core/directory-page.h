/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One page of a list from a provider's API: the groups of a person, where no token lists them. Who
 * asks for the page, and with which token, is not known here. */
#pragma once

#include <stddef.h>

#include "core/group-source.h"
#include "core/text-list.h"

#define DIRECTORY_MAX_PAGES         50 /* of one list; the caller counts them */
#define DIRECTORY_MAX_GROUPS        10000
#define DIRECTORY_ADDRESS_MAX_BYTES 2048

/* Adds the names of the page's entries to groups, and finds the address of the next page, which the
 * caller frees: NULL when this is the last one. next_link is the answer's, or NULL.
 *
 * 0; -EBADMSG and *ret_why: not JSON, more than DIRECTORY_MAX_GROUPS in the list, or a next page at
 * another scheme, host or port than url, where the token must not go; -EINVAL for a source that
 * group_source_check() refuses; -ENOMEM. After a failure groups may have grown. */
int directory_page_read(const struct group_source *source, const char *body, size_t size,
                        const char *next_link, struct text_list *groups, char **ret_next_url,
                        const char **ret_why);
