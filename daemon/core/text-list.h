/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts in the order in which they were added: groups that a directory names, audiences. Nothing is
 * looked at or changed; what comes from outside is checked by who adds it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"

/* {0} is the empty list. */
struct text_list {
        char **items;
        size_t n;
};

/* Frees the texts and empties the list. */
void text_list_finish(struct text_list *list);
#define _cleanup_list_ _cleanup_(text_list_finish)

/* Adds a copy at the end. 0, or -ENOMEM with the list as it was. */
int text_list_add(struct text_list *list, const char *text);

/* True when one of the texts is this one, to the byte. False for no list. */
bool text_list_has(const struct text_list *list, const char *text);
