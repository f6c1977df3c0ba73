/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of one table in memory. Read at the start; a change counts in memory at once, and is
 * written behind (io/store-queue.h). Knows nothing of other tables: what refers to a row goes
 * before it, and comes after it. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"
#include "io/store-queue.h"

struct store_mirror;
struct table;

/* Reads the table, whose records are what all of this is about: struct account_record for
 * account_table and so on (io/store-tables.h). No more than max_rows are kept. Errors as those of
 * row_list() in io/store-row.h. */
int store_mirror_new(struct store *store, const struct table *table, size_t max_rows,
                     struct store_mirror **ret_mirror);

/* After the queue. Erases what is in memory. Takes NULL, returns NULL. */
struct store_mirror *store_mirror_free(struct store_mirror *mirror);
DEFINE_CLEANUP(struct store_mirror *, store_mirror_free);

/* Where changes go; borrowed. To be called once, before the first of them. */
void store_mirror_attach(struct store_mirror *mirror, struct store_queue *queue);

/* Borrowed, as everything here that is a record: until the loop goes on, even if the row is changed
 * or removed before that, and longer if it is not. NULL: there is none. */
const void *store_mirror_get(const struct store_mirror *mirror, const char *key);

/* The record after that one, oldest first. NULL starts, and ends. */
const void *store_mirror_next(const struct store_mirror *mirror, const void *after);
size_t store_mirror_count(const struct store_mirror *mirror);

/* Adds the row or takes its place; copies the record. on_done and ret_write as in
 * store_queue_push(); without on_done nobody wants to know. A change that failed is undone in
 * memory, before on_done runs, unless a later one of the row stands: then it is as on the disk when
 * all of them are done. -ENOSPC when there is no room, -EINVAL without a key, -ENOBUFS, -ENOMEM:
 * then nothing changed. */
int store_mirror_put(struct store_mirror *mirror, const void *record, store_on_done on_done,
                     void *userdata, struct store_write **ret_write);

/* Likewise, for what has to count whether or not the disk takes it, such as failures: a change that
 * is not written, or cannot even be queued, stays in memory, and is what later ones that fail fall
 * back to. Until the daemon ends: on the disk is what was there before. Nobody is told but the
 * queue's on_failure; -ENOBUFS of the queue is told to the caller, and the change counts. */
int store_mirror_note(struct store_mirror *mirror, const void *record);

/* As store_mirror_put(); -ENOENT when there is no such row. */
int store_mirror_remove(struct store_mirror *mirror, const char *key, store_on_done on_done,
                        void *userdata, struct store_write **ret_write);
