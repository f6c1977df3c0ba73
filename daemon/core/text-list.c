/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text-list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void text_list_finish(struct text_list *list)
{
        for (size_t i = 0; i < list->n; i++)
                free(list->items[i]);
        free(list->items);
        *list = (struct text_list){0};
}

int text_list_add(struct text_list *list, const char *text)
{
        char **grown = reallocarray(list->items, list->n + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        list->items = grown;

        char *copy = strdup(text);
        if (!copy)
                return -ENOMEM;
        list->items[list->n++] = copy;
        return 0;
}

bool text_list_has(const struct text_list *list, const char *text)
{
        for (size_t i = 0; list && i < list->n; i++)
                if (strcmp(list->items[i], text) == 0)
                        return true;
        return false;
}
