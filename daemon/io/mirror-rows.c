/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/mirror-rows.h"

#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "io/store-tables.h"

/* ---- states ---- */

struct row_state *row_state_reference(struct row_state *state)
{
        if (state)
                state->n_references++;
        return state;
}

void row_state_drop(const struct mirror_rows *rows, struct row_state *state)
{
        if (!state || --state->n_references > 0)
                return;
        row_finish(rows->table, state->record);
        free(state);
}

struct row_state *row_state_new(const struct mirror_rows *rows, struct mirror_row *row)
{
        struct row_state *state = calloc(1, sizeof(*state) + rows->table->record_size);

        if (state) {
                state->row = row;
                state->n_references = 1;
        }
        return state;
}

int row_state_copy(const struct mirror_rows *rows, struct mirror_row *row, const void *record,
                   struct row_state **ret_state)
{
        struct row_state *state = row_state_new(rows, row);

        if (!state)
                return -ENOMEM;
        int r = row_copy(rows->table, record, state->record);
        if (r < 0) {
                free(state);
                return r;
        }
        *ret_state = state;
        return 0;
}

const char *mirror_rows_key(const struct mirror_rows *rows, const void *record)
{
        return *(char *const *)((const char *)record + rows->table->columns[0].offset);
}

/* ---- rows ---- */

static int compare_rows(const void *a, const void *b)
{
        return strcmp(((const struct mirror_row *)a)->key, ((const struct mirror_row *)b)->key);
}

struct mirror_row *mirror_row_find(const struct mirror_rows *rows, const char *key)
{
        const struct mirror_row wanted = {.key = (char *)(uintptr_t)key};
        struct mirror_row *const *found = tfind(&wanted, &rows->index, compare_rows);

        return found ? *found : NULL;
}

static void order_add(struct mirror_rows *rows, struct mirror_row *row)
{
        row->next = NULL;
        row->previous = rows->newest;
        if (row->previous)
                row->previous->next = row;
        else
                rows->oldest = row;
        rows->newest = row;
}

static void order_remove(struct mirror_rows *rows, struct mirror_row *row)
{
        if (row->previous)
                row->previous->next = row->next;
        else
                rows->oldest = row->next;
        if (row->next)
                row->next->previous = row->previous;
        else
                rows->newest = row->previous;
}

int mirror_row_make(struct mirror_rows *rows, const char *key, struct mirror_row **ret_row)
{
        struct mirror_row *row = calloc(1, sizeof(*row));

        if (!row)
                return -ENOMEM;
        row->rows = rows;
        if (text_copy(key, &row->key) < 0 || !tsearch(row, &rows->index, compare_rows)) {
                free(row->key);
                free(row);
                return -ENOMEM;
        }
        order_add(rows, row);
        *ret_row = row;
        return 0;
}

void mirror_row_set(struct mirror_row *row, struct row_state *state)
{
        struct mirror_rows *rows = row->rows;
        struct row_state *before = row->current;

        rows->n += (size_t)(state != NULL);
        rows->n -= (size_t)(before != NULL);
        row->current = row_state_reference(state);
        row_state_drop(rows, before);
}

/* What a note that was never queued has made safe is younger than what is written behind it. */
void mirror_row_set_safe(struct mirror_row *row, struct row_state *state, uint64_t turn)
{
        if (turn < row->safe_turn)
                return;
        row_state_drop(row->rows, row->safe);
        row->safe = row_state_reference(state);
        row->safe_turn = turn;
}

void mirror_row_free(struct mirror_row *row)
{
        struct mirror_rows *rows = row->rows;

        (void)tdelete(row, &rows->index, compare_rows);
        order_remove(rows, row);
        mirror_row_set(row, NULL);
        row_state_drop(rows, row->safe);
        free(row->key);
        free(row);
}

void mirror_row_free_if_empty(struct mirror_row *row)
{
        if (!row->current && row->n_changes == 0)
                mirror_row_free(row);
}

void mirror_row_renew(struct mirror_row *row)
{
        if (row->current)
                return;
        order_remove(row->rows, row);
        order_add(row->rows, row);
}
