/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-account.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                           \
        {                                                              \
#member, kind, offsetof(struct account_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, name),
        MEMBER(COLUMN_NUMBER, uid),
        MEMBER(COLUMN_FLAG, is_owner),
        MEMBER(COLUMN_NUMBER, locked_at_sec),
        MEMBER(COLUMN_TEXT, locked_by),
        MEMBER(COLUMN_TEXT, lock_reason),
        MEMBER(COLUMN_NUMBER, created_at_sec),
        MEMBER(COLUMN_NUMBER, last_login_at_sec),
        MEMBER(COLUMN_TEXT, last_login_from),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table account_table = {"account", sizeof(struct account_record), columns,
                                    ELEMENTSOF(columns)};

void account_record_finish(struct account_record *account)
{
        row_finish(&account_table, account);
}

void account_list_finish(struct account_list *list)
{
        row_list_free(&account_table, list->records, list->n);
        *list = (struct account_list){0};
}

int store_account_add(struct store *store, const struct account_record *account)
{
        return row_add(store_place(store), &account_table, account);
}

int store_account_update(struct store *store, const struct account_record *account)
{
        return row_update(store_place(store), &account_table, account);
}

int store_account_get(struct store *store, const char *name, struct account_record *ret_account)
{
        const struct row_match match = {"name", name};

        return row_get(store_place(store), &account_table, &match, 1, ret_account);
}

int store_account_remove(struct store *store, const char *name)
{
        return row_remove(store_place(store), &account_table, name);
}

int store_account_list(struct store *store, struct account_list *ret_list)
{
        struct account_list list = {0};
        void *records;

        int r = row_list(store_place(store), &account_table, NULL, &records, &list.n);
        if (r < 0)
                return r;
        list.records = records;
        *ret_list = list;
        return 0;
}
