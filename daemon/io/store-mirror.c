/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-mirror.h"

#include <errno.h>
#include <search.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/text.h"
#include "io/store-tables.h"

/* One state of a row, never changed. The references are counted in the loop alone. */
struct kept {
        struct row *row;
        size_t n_references;
        alignas(max_align_t) char record[];
};

struct row {
        struct row *previous, *next; /* by age */
        struct store_mirror *mirror;
        char *key;
        struct kept *current; /* NULL: there is no such row any more */
        struct kept *safe;  /* what a change that fails leaves: the disk's, or noted; NULL: none */
        uint64_t safe_turn; /* of the change that made it so */
        struct change *youngest;
        uint64_t turn;    /* of the last change */
        size_t n_changes; /* that are not on the disk yet */
};

/* What is written: the thread reads key and after. */
struct change {
        struct row *row;
        struct kept *after; /* NULL: to be removed */
        uint64_t turn;      /* of all changes of the row */
        bool is_note;       /* counts if it is not written, too */
};

struct store_mirror {
        const struct table *table;
        struct store_queue *queue;
        struct store_work work;
        void *index; /* of tsearch(3), by key */
        struct row *oldest, *newest;
        size_t n, max_rows;
};

/* ---- records ---- */

static struct kept *kept_reference(struct kept *kept)
{
        if (kept)
                kept->n_references++;
        return kept;
}

static void kept_drop(const struct store_mirror *mirror, struct kept *kept)
{
        if (!kept || --kept->n_references > 0)
                return;
        row_finish(mirror->table, kept->record);
        free(kept);
}

static struct kept *kept_new(const struct store_mirror *mirror, struct row *row)
{
        struct kept *kept = calloc(1, sizeof(*kept) + mirror->table->record_size);

        if (kept) {
                kept->row = row;
                kept->n_references = 1;
        }
        return kept;
}

static int kept_copy(const struct store_mirror *mirror, struct row *row, const void *record,
                     struct kept **ret_kept)
{
        struct kept *kept = kept_new(mirror, row);

        if (!kept)
                return -ENOMEM;
        int r = row_copy(mirror->table, record, kept->record);
        if (r < 0) {
                free(kept);
                return r;
        }
        *ret_kept = kept;
        return 0;
}

static const char *key_of(const struct store_mirror *mirror, const void *record)
{
        return *(char *const *)((const char *)record + mirror->table->columns[0].offset);
}

/* ---- rows ---- */

static int compare_rows(const void *a, const void *b)
{
        return strcmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

static struct row *row_find(const struct store_mirror *mirror, const char *key)
{
        const struct row wanted = {.key = (char *)(uintptr_t)key};
        struct row *const *found = tfind(&wanted, &mirror->index, compare_rows);

        return found ? *found : NULL;
}

static void order_add(struct store_mirror *mirror, struct row *row)
{
        row->next = NULL;
        row->previous = mirror->newest;
        if (row->previous)
                row->previous->next = row;
        else
                mirror->oldest = row;
        mirror->newest = row;
}

static void order_remove(struct store_mirror *mirror, struct row *row)
{
        if (row->previous)
                row->previous->next = row->next;
        else
                mirror->oldest = row->next;
        if (row->next)
                row->next->previous = row->previous;
        else
                mirror->newest = row->previous;
}

/* Without a record yet: one that is there and says nothing. */
static int row_make(struct store_mirror *mirror, const char *key, struct row **ret_row)
{
        struct row *row = calloc(1, sizeof(*row));

        if (!row)
                return -ENOMEM;
        row->mirror = mirror;
        if (text_copy(key, &row->key) < 0 || !tsearch(row, &mirror->index, compare_rows)) {
                free(row->key);
                free(row);
                return -ENOMEM;
        }
        order_add(mirror, row);
        *ret_row = row;
        return 0;
}

static void row_set_current(struct row *row, struct kept *kept)
{
        struct store_mirror *mirror = row->mirror;
        struct kept *before = row->current;

        mirror->n += (size_t)(kept != NULL);
        mirror->n -= (size_t)(before != NULL);
        row->current = kept_reference(kept);
        kept_drop(mirror, before);
}

static void row_free(struct row *row)
{
        struct store_mirror *mirror = row->mirror;

        (void)tdelete(row, &mirror->index, compare_rows);
        order_remove(mirror, row);
        row_set_current(row, NULL);
        kept_drop(mirror, row->safe);
        free(row->key);
        free(row);
}

static void row_free_if_empty(struct row *row)
{
        if (!row->current && row->n_changes == 0)
                row_free(row);
}

/* ---- changes ---- */

static void change_free(struct change *change)
{
        kept_drop(change->row->mirror, change->after);
        free(change);
}

/* On the thread of the queue. One that is not there has been removed. */
static int change_run(struct store *store, void *work)
{
        const struct change *change = work;
        const struct table *table = change->row->mirror->table;

        if (change->after)
                return row_put(store_place(store), table, change->after->record);
        int r = row_remove(store_place(store), table, change->row->key);
        return r == -ENOENT ? 0 : r;
}

/* What a note that was never queued has made safe is younger than what is written behind it. */
static void row_set_safe(struct row *row, struct kept *kept, uint64_t turn)
{
        if (turn < row->safe_turn)
                return;
        kept_drop(row->mirror, row->safe);
        row->safe = kept_reference(kept);
        row->safe_turn = turn;
}

static void change_finish(int result, void *work)
{
        struct change *change = work;
        struct row *row = change->row;

        row->n_changes--;
        if (result == 0 || change->is_note) {
                row_set_safe(row, change->after, change->turn);
        } else if (row->youngest == change) {
                row_set_current(row, row->safe);
        }
        if (row->youngest == change)
                row->youngest = NULL;
        change_free(change);
        row_free_if_empty(row);
}

/* Who is told of a change, if anybody. */
struct listener {
        store_on_done on_done;
        void *userdata;
        struct store_write **ret_write;
        bool is_note;
};

/* Takes over what is after the change, on failure too. */
static int row_change(struct row *row, struct kept *after, const struct listener *listener)
{
        struct store_mirror *mirror = row->mirror;
        struct change *change = calloc(1, sizeof(*change));

        if (!change) {
                kept_drop(mirror, after);
                return -ENOMEM;
        }
        *change = (struct change){row, after, ++row->turn, listener->is_note};
        int r = store_queue_push(mirror->queue, &mirror->work, change, listener->on_done,
                                 listener->userdata, listener->ret_write);
        if (r < 0) {
                if (listener->is_note) {
                        row_set_current(row, after);
                        row_set_safe(row, after, change->turn);
                        row->youngest = NULL;
                }
                change_free(change);
                return r;
        }
        row->n_changes++;
        row->youngest = change;
        row_set_current(row, after);
        return 0;
}

/* What was removed and comes again is the newest. */
static void row_come_again(struct row *row)
{
        if (row->current)
                return;
        order_remove(row->mirror, row);
        order_add(row->mirror, row);
}

static int put(struct store_mirror *mirror, const void *record, const struct listener *listener)
{
        const char *key = key_of(mirror, record);
        struct kept *after = NULL;

        if (!key || !*key)
                return -EINVAL;
        struct row *row = row_find(mirror, key);
        if (mirror->n >= mirror->max_rows && (!row || !row->current))
                return -ENOSPC;
        int r = row ? 0 : row_make(mirror, key, &row);
        if (r < 0)
                return r;
        r = kept_copy(mirror, row, record, &after);
        if (r == 0) {
                row_come_again(row);
                r = row_change(row, after, listener);
        }
        if (r < 0)
                row_free_if_empty(row);
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
        struct row *row = row_find(mirror, key);

        if (!row || !row->current)
                return -ENOENT;
        return row_change(row, NULL, &listener);
}

/* ---- reading ---- */

const void *store_mirror_get(const struct store_mirror *mirror, const char *key)
{
        const struct row *row = row_find(mirror, key);

        return row && row->current ? row->current->record : NULL;
}

const void *store_mirror_next(const struct store_mirror *mirror, const void *after)
{
        const struct row *row = mirror->oldest;

        if (after) {
                const char *kept = (const char *)after - offsetof(struct kept, record);
                row = ((const struct kept *)(const void *)kept)->row->next;
        }
        while (row && !row->current)
                row = row->next;
        return row ? row->current->record : NULL;
}

size_t store_mirror_count(const struct store_mirror *mirror)
{
        return mirror->n;
}

/* ---- the whole ---- */

/* Takes over what the record holds. */
static int read_record(struct store_mirror *mirror, void *record)
{
        struct row *row;

        int r = row_make(mirror, key_of(mirror, record), &row);
        if (r < 0)
                return r;
        row->safe = kept_new(mirror, row);
        if (!row->safe)
                return -ENOMEM;
        memcpy(row->safe->record, record, mirror->table->record_size);
        memset(record, 0, mirror->table->record_size);
        row_set_current(row, row->safe);
        return 0;
}

static int read_all(struct store_mirror *mirror, struct store *store)
{
        const struct table *table = mirror->table;
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
        mirror->table = table;
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
        while (mirror->oldest)
                row_free(mirror->oldest);
        free(mirror);
        return NULL;
}
