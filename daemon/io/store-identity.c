/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-identity.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                            \
        {                                                               \
#member, kind, offsetof(struct identity_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, id),
        MEMBER(COLUMN_TEXT, account),
        MEMBER(COLUMN_TEXT, asked_account),
        MEMBER(COLUMN_TEXT, provider),
        MEMBER(COLUMN_TEXT, issuer),
        MEMBER(COLUMN_TEXT, subject),
        MEMBER(COLUMN_TEXT, name),
        MEMBER(COLUMN_TEXT, seen_name),
        MEMBER(COLUMN_TEXT, bound_by),
        MEMBER(COLUMN_NUMBER, created_at_sec),
        MEMBER(COLUMN_NUMBER, last_seen_at_sec),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table identity_table = {"identity", sizeof(struct identity_record), columns,
                                     ELEMENTSOF(columns)};

void identity_record_finish(struct identity_record *identity)
{
        row_finish(&identity_table, identity);
}

void identity_list_finish(struct identity_list *list)
{
        row_list_free(&identity_table, list->records, list->n);
        *list = (struct identity_list){0};
}

int store_identity_add(struct store *store, const struct identity_record *identity)
{
        return row_add(store_place(store), &identity_table, identity);
}

int store_identity_update(struct store *store, const struct identity_record *identity)
{
        return row_update(store_place(store), &identity_table, identity);
}

int store_identity_get(struct store *store, const char *id, struct identity_record *ret_identity)
{
        const struct row_match match = {"id", id};

        return row_get(store_place(store), &identity_table, &match, 1, ret_identity);
}

int store_identity_find(struct store *store, const char *issuer, const char *subject,
                        struct identity_record *ret_identity)
{
        const struct row_match matches[] = {{"issuer", issuer}, {"subject", subject}};

        return row_get(store_place(store), &identity_table, matches, ELEMENTSOF(matches),
                       ret_identity);
}

int store_identity_remove(struct store *store, const char *id)
{
        return row_remove(store_place(store), &identity_table, id);
}

int store_identity_list(struct store *store, const char *account, struct identity_list *ret_list)
{
        const struct row_match match = {"account", account};
        struct identity_list list = {0};
        void *records;

        int r = row_list(store_place(store), &identity_table, account ? &match : NULL, &records,
                         &list.n);
        if (r < 0)
                return r;
        list.records = records;
        *ret_list = list;
        return 0;
}
