/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-ticket.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                          \
        {                                                             \
#member, kind, offsetof(struct ticket_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, id),
        MEMBER(COLUMN_TEXT, account),
        MEMBER(COLUMN_TEXT, name),
        MEMBER(COLUMN_TEXT, services),
        MEMBER(COLUMN_TEXT, hash),
        MEMBER(COLUMN_FLAG, is_once),
        MEMBER(COLUMN_TEXT, created_by),
        MEMBER(COLUMN_NUMBER, created_at_sec),
        MEMBER(COLUMN_NUMBER, expires_at_sec),
        MEMBER(COLUMN_NUMBER, revoked_at_sec),
        MEMBER(COLUMN_NUMBER, n_uses),
        MEMBER(COLUMN_NUMBER, used_at_sec),
        MEMBER(COLUMN_TEXT, used_from),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table ticket_table = {"ticket", sizeof(struct ticket_record), columns,
                                   ELEMENTSOF(columns)};

void ticket_record_finish(struct ticket_record *ticket)
{
        row_finish(&ticket_table, ticket);
}

void ticket_list_finish(struct ticket_list *list)
{
        row_list_free(&ticket_table, list->records, list->n);
        *list = (struct ticket_list){0};
}

int store_ticket_add(struct store *store, const struct ticket_record *ticket)
{
        return row_add(store_place(store), &ticket_table, ticket);
}

int store_ticket_update(struct store *store, const struct ticket_record *ticket)
{
        return row_update(store_place(store), &ticket_table, ticket);
}

int store_ticket_get(struct store *store, const char *id, struct ticket_record *ret_ticket)
{
        const struct row_match match = {"id", id};

        return row_get(store_place(store), &ticket_table, &match, 1, ret_ticket);
}

int store_ticket_find(struct store *store, const char *hash, struct ticket_record *ret_ticket)
{
        const struct row_match match = {"hash", hash};

        return row_get(store_place(store), &ticket_table, &match, 1, ret_ticket);
}

int store_ticket_remove(struct store *store, const char *id)
{
        return row_remove(store_place(store), &ticket_table, id);
}

int store_ticket_list(struct store *store, const char *account, struct ticket_list *ret_list)
{
        const struct row_match match = {"account", account};
        struct ticket_list list = {0};
        void *records;

        int r = row_list(store_place(store), &ticket_table, account ? &match : NULL, &records,
                         &list.n);
        if (r < 0)
                return r;
        list.records = records;
        *ret_list = list;
        return 0;
}
