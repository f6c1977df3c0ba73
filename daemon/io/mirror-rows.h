/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of one table as io/store-mirror keeps them: each with what counts now, and what is on
 * the disk, by key and by age. Knows nothing of how one becomes the other. All of it is the loop's.
 */
#pragma once

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

struct table;

/* One state of a row, never changed. The references are counted in the loop alone. */
struct row_state {
        struct mirror_row *row;
        size_t n_references;
        alignas(max_align_t) char record[];
};

struct mirror_row {
        struct mirror_row *previous, *next; /* by age */
        struct mirror_rows *rows;
        char *key;
        struct row_state *current; /* NULL: there is no such row any more */
        struct row_state *safe; /* what a change that fails leaves: the disk's, or noted; or NULL */
        uint64_t safe_turn;     /* of the change that made it so */
        const void *youngest;   /* of the changes that are not on the disk yet */
        uint64_t turn;          /* of the last change */
        size_t n_changes;       /* that are not on the disk yet */
};

struct mirror_rows {
        const struct table *table;
        void *index; /* of tsearch(3), by key */
        struct mirror_row *oldest, *newest;
        size_t n; /* that have a current state */
};

/* Without a record in it yet; NULL: no memory. One reference, the caller's. */
struct row_state *row_state_new(const struct mirror_rows *rows, struct mirror_row *row);
/* Likewise with a copy of the record. Errors as those of row_copy() in io/store-row.h. */
int row_state_copy(const struct mirror_rows *rows, struct mirror_row *row, const void *record,
                   struct row_state **ret_state);
/* Both take NULL. */
struct row_state *row_state_reference(struct row_state *state);
void row_state_drop(const struct mirror_rows *rows, struct row_state *state);

const char *mirror_rows_key(const struct mirror_rows *rows, const void *record);

/* NULL: there is none, and was none lately. */
struct mirror_row *mirror_row_find(const struct mirror_rows *rows, const char *key);
/* The newest, without a state: one that is there and says nothing. 0 or -ENOMEM. */
int mirror_row_make(struct mirror_rows *rows, const char *key, struct mirror_row **ret_row);
/* What counts from now on; takes a reference of its own. NULL: there is no such row any more. */
void mirror_row_set(struct mirror_row *row, struct row_state *state);
/* What a change that fails falls back to, as the change of that turn has it: one that came earlier
 * has no say any more. Likewise. */
void mirror_row_set_safe(struct mirror_row *row, struct row_state *state, uint64_t turn);
/* What was removed and comes again is the newest. */
void mirror_row_renew(struct mirror_row *row);
void mirror_row_free(struct mirror_row *row);
/* When nothing counts, and nothing is on its way. */
void mirror_row_free_if_empty(struct mirror_row *row);
