/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-factor.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                          \
        {                                                             \
#member, kind, offsetof(struct factor_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, id),
        MEMBER(COLUMN_TEXT, account),
        MEMBER(COLUMN_TEXT, type),
        MEMBER(COLUMN_TEXT, name),
        MEMBER(COLUMN_NUMBER, created_at_sec),
        MEMBER(COLUMN_NUMBER, confirmed_at_sec),
        MEMBER(COLUMN_NUMBER, last_step),
        MEMBER(COLUMN_NUMBER, n_failures),
        MEMBER(COLUMN_NUMBER, failed_at_sec),
        MEMBER(COLUMN_NUMBER, proved_at_sec),
        MEMBER(COLUMN_NUMBER, used_at_sec),
        MEMBER(COLUMN_TEXT, used_from),
        MEMBER(COLUMN_SECRET, shared_secret),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table factor_table = {"factor", sizeof(struct factor_record), columns,
                                   ELEMENTSOF(columns)};

void factor_record_finish(struct factor_record *factor)
{
        row_finish(&factor_table, factor);
}

void factor_list_finish(struct factor_list *list)
{
        row_list_free(&factor_table, list->records, list->n);
        *list = (struct factor_list){0};
}

int store_factor_add(struct store *store, const struct factor_record *factor)
{
        return row_add(store_place(store), &factor_table, factor);
}

int store_factor_update(struct store *store, const struct factor_record *factor)
{
        return row_update(store_place(store), &factor_table, factor);
}

int store_factor_get(struct store *store, const char *id, struct factor_record *ret_factor)
{
        const struct row_match match = {"id", id};

        return row_get(store_place(store), &factor_table, &match, 1, ret_factor);
}

int store_factor_remove(struct store *store, const char *id)
{
        return row_remove(store_place(store), &factor_table, id);
}

int store_factor_list(struct store *store, const char *account, struct factor_list *ret_list)
{
        const struct row_match match = {"account", account};
        struct factor_list list = {0};
        void *records;

        int r = row_list(store_place(store), &factor_table, account ? &match : NULL, &records,
                         &list.n);
        if (r < 0)
                return r;
        list.records = records;
        *ret_list = list;
        return 0;
}
