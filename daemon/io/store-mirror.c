/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-mirror.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/mirror-rows.h"
#include "io/store-tables.h"

/* States that nothing but a note which could not be queued has replaced: somebody may have borrowed
 * them in this turn of the loop, in which there are not as many notes. */
#define RETIRED_MAX 64

struct store_mirror {
        struct mirror_rows rows;
        size_t max_rows;
        struct store_queue *queue;
        struct store_work work;
        struct row_state *retired[RETIRED_MAX]; /* the oldest gives way */
        size_t n_retired;
};

/* What is written: the thread reads key and after. */
struct change {
        struct mirror_row *row;
        struct row_state *after; /* NULL: to be removed */
        uint64_t turn;           /* of all changes of the row */
        bool is_note;            /* counts if it is not written, too */
};

/* ---- changes ---- */

static void change_free(struct change *change)
{
        row_state_drop(change->row->rows, change->after);
        free(change);
}

/* On the thread of the queue. One that is not there has been removed. */
static int change_run(struct store *store, void *work)
{
        const struct change *change = work;
        const struct table *table = change->row->rows->table;

        if (change->after)
                return row_put(store_place(store), table, change->after->record);
        int r = row_remove(store_place(store), table, change->row->key);
        return r == -ENOENT ? 0 : r;
}

static void change_finish(int result, void *work)
{
        struct change *change = work;
        struct mirror_row *row = change->row;

        row->n_changes--;
        if (result == 0 || change->is_note) {
                mirror_row_set_safe(row, change->after, change->turn);
        } else if (row->youngest == change) {
                mirror_row_set(row, row->safe);
        }
        if (row->youngest == change)
                row->youngest = NULL;
        change_free(change);
        mirror_row_free_if_empty(row);
}

/* Who is told of a change, if anybody. */
struct listener {
        store_on_done on_done;
        void *userdata;
        struct store_write **ret_write;
        bool is_note;
};

static void retire(struct store_mirror *mirror, struct row_state *state)
{
        struct row_state **place = &mirror->retired[mirror->n_retired++ % RETIRED_MAX];

        row_state_drop(&mirror->rows, *place);
        *place = row_state_reference(state);
}

/* Nothing is written, and it counts all the same. */
static void keep_note(struct store_mirror *mirror, const struct change *change)
{
        struct mirror_row *row = change->row;

        retire(mirror, row->current);
        retire(mirror, row->safe);
        mirror_row_set(row, change->after);
        mirror_row_set_safe(row, change->after, change->turn);
        row->youngest = NULL;
}

/* Takes over what is after the change, on failure too. */
static int change_row(struct store_mirror *mirror, struct mirror_row *row, struct row_state *after,
                      const struct listener *listener)
{
        struct change *change = calloc(1, sizeof(*change));

        if (!change) {
                row_state_drop(&mirror->rows, after);
                return -ENOMEM;
        }
        *change = (struct change){row, after, ++row->turn, listener->is_note};
        int r = store_queue_push(mirror->queue, &mirror->work, change, listener->on_done,
                                 listener->userdata, listener->ret_write);
        if (r < 0) {
                if (listener->is_note)
                        keep_note(mirror, change);
                change_free(change);
                return r;
        }
        row->n_changes++;
        row->youngest = change;
        mirror_row_set(row, after);
        return 0;
}

static int put(struct store_mirror *mirror, const void *record, const struct listener *listener)
{
        const char *key = mirror_rows_key(&mirror->rows, record);
        struct row_state *after = NULL;

        if (!key || !*key)
                return -EINVAL;
        struct mirror_row *row = mirror_row_find(&mirror->rows, key);
        if (mirror->rows.n >= mirror->max_rows && (!row || !row->current))
                return -ENOSPC;
        int r = row ? 0 : mirror_row_make(&mirror->rows, key, &row);
        if (r < 0)
                return r;
        r = row_state_copy(&mirror->rows, row, record, &after);
        if (r == 0) {
                mirror_row_renew(row);
                r = change_row(mirror, row, after, listener);
        }
        if (r < 0)
                mirror_row_free_if_empty(row);
        return r;
}

int store_mirror_put(struct store_mirror *mirror, const void *record, store_on_done on_done,
                     void *userdata, struct store_write **ret_write)
{
        const struct listener listener = {on_done, userdata, ret_write, false};

        return put(mirror, record, &listener);
}

int store_mirror_note(struct store_mirror *mirror, const void *record)
{
        const struct listener nobody = {.is_note = true};

        return put(mirror, record, &nobody);
}

int store_mirror_remove(struct store_mirror *mirror, const char *key, store_on_done on_done,
                        void *userdata, struct store_write **ret_write)
{
        const struct listener listener = {on_done, userdata, ret_write, false};
        struct mirror_row *row = mirror_row_find(&mirror->rows, key);

        if (!row || !row->current)
                return -ENOENT;
        return change_row(mirror, row, NULL, &listener);
}

/* ---- reading ---- */

const void *store_mirror_get(const struct store_mirror *mirror, const char *key)
{
        const struct mirror_row *row = mirror_row_find(&mirror->rows, key);

        return row && row->current ? row->current->record : NULL;
}

const void *store_mirror_next(const struct store_mirror *mirror, const void *after)
{
        const struct mirror_row *row = mirror->rows.oldest;

        if (after) {
                const char *state = (const char *)after - offsetof(struct row_state, record);
                row = ((const struct row_state *)(const void *)state)->row->next;
        }
        while (row && !row->current)
                row = row->next;
        return row ? row->current->record : NULL;
}

size_t store_mirror_count(const struct store_mirror *mirror)
{
        return mirror->rows.n;
}

/* ---- the whole ---- */

/* Takes over what the record holds. */
static int read_record(struct store_mirror *mirror, void *record)
{
        struct mirror_row *row;

        int r = mirror_row_make(&mirror->rows, mirror_rows_key(&mirror->rows, record), &row);
        if (r < 0)
                return r;
        row->safe = row_state_new(&mirror->rows, row);
        if (!row->safe)
                return -ENOMEM;
        memcpy(row->safe->record, record, mirror->rows.table->record_size);
        memset(record, 0, mirror->rows.table->record_size);
        mirror_row_set(row, row->safe);
        return 0;
}

static int read_all(struct store_mirror *mirror, struct store *store)
{
        const struct table *table = mirror->rows.table;
        void *records;
        size_t n;

        int r = row_list(store_place(store), table, NULL, &records, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n && r == 0; i++)
                r = read_record(mirror, (char *)records + i * table->record_size);
        row_list_free(table, records, n);
        return r;
}

int store_mirror_new(struct store *store, const struct table *table, size_t max_rows,
                     struct store_mirror **ret_mirror)
{
        _cleanup_(store_mirror_freep) struct store_mirror *mirror = calloc(1, sizeof(*mirror));

        if (!mirror)
                return -ENOMEM;
        mirror->rows.table = table;
        mirror->max_rows = max_rows;
        mirror->work = (struct store_work){table->name, change_run, false, change_finish};
        int r = read_all(mirror, store);
        if (r < 0)
                return r;
        *ret_mirror = TAKE_PTR(mirror);
        return 0;
}

void store_mirror_attach(struct store_mirror *mirror, struct store_queue *queue)
{
        mirror->queue = queue;
}

struct store_mirror *store_mirror_free(struct store_mirror *mirror)
{
        if (!mirror)
                return NULL;
        while (mirror->rows.oldest)
                mirror_row_free(mirror->rows.oldest);
        for (size_t i = 0; i < RETIRED_MAX; i++)
                row_state_drop(&mirror->rows, mirror->retired[i]);
        free(mirror);
        return NULL;
}
