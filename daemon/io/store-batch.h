/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes that wait, and those that one commit holds. For store-queue.c alone; without locks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "io/store-queue.h"

struct store_write {
        struct store_write *next;
        const struct store_work *what;
        void *work;
        int result;
        /* What follows is the loop's. */
        store_on_done on_done;
        void *userdata;
        bool has_owner; /* somebody will free the handle */
        bool is_over;   /* and that is all that is left to do */
};

struct write_list {
        struct store_write *first, *last;
        size_t n;
};

void write_list_add(struct write_list *list, struct store_write *write);
/* The first one; NULL: there is none. */
struct store_write *write_list_take(struct write_list *list);

/* Takes those that come first and that one commit can hold. */
void batch_take(struct write_list *waiting, struct write_list *ret_batch);

/* Sets the result of each. */
void batch_write(struct store *store, struct write_list *batch);
