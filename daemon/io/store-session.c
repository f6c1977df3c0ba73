/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-session.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                           \
        {                                                              \
#member, kind, offsetof(struct session_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, id),
        MEMBER(COLUMN_TEXT, account),
        MEMBER(COLUMN_TEXT, identity),
        MEMBER(COLUMN_TEXT, issuer),
        MEMBER(COLUMN_TEXT, subject),
        MEMBER(COLUMN_TEXT, type),
        MEMBER(COLUMN_TEXT, provider),
        MEMBER(COLUMN_TEXT, client_id),
        MEMBER(COLUMN_TEXT, service),
        MEMBER(COLUMN_TEXT, terminal),
        MEMBER(COLUMN_TEXT, remote_host),
        MEMBER(COLUMN_TEXT, login_session),
        MEMBER(COLUMN_TEXT, boot),
        MEMBER(COLUMN_TEXT, logind),
        MEMBER(COLUMN_TEXT, acr),
        MEMBER(COLUMN_TEXT, amr),
        MEMBER(COLUMN_NUMBER, auth_time_sec),
        MEMBER(COLUMN_NUMBER, uid),
        MEMBER(COLUMN_NUMBER, created_at_sec),
        MEMBER(COLUMN_NUMBER, opened_at_sec),
        MEMBER(COLUMN_NUMBER, used_at_sec),
        MEMBER(COLUMN_TEXT, used_from),
        MEMBER(COLUMN_NUMBER, proved_at_sec),
        MEMBER(COLUMN_NUMBER, expires_at_sec),
        MEMBER(COLUMN_NUMBER, ended_at_sec),
        MEMBER(COLUMN_TEXT, end_reason),
        MEMBER(COLUMN_NUMBER, revoke_until_sec),
        MEMBER(COLUMN_TEXT, scope),
        MEMBER(COLUMN_NUMBER, tokens_granted_at_sec),
        MEMBER(COLUMN_NUMBER, tokens_expire_at_sec),
        MEMBER(COLUMN_FLAG, refresh_in_doubt),
        MEMBER(COLUMN_SECRET, refresh_token),
        MEMBER(COLUMN_SECRET, id_token),
        MEMBER(COLUMN_SECRET, dpop_key),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table session_table = {"session", sizeof(struct session_record), columns,
                                    ELEMENTSOF(columns)};

void session_record_finish(struct session_record *session)
{
        row_finish(&session_table, session);
}

void session_list_finish(struct session_list *list)
{
        row_list_free(&session_table, list->records, list->n);
        *list = (struct session_list){0};
}

int store_session_add(struct store *store, const struct session_record *session)
{
        return row_add(store_place(store), &session_table, session);
}

int store_session_update(struct store *store, const struct session_record *session)
{
        return row_update(store_place(store), &session_table, session);
}

int store_session_get(struct store *store, const char *id, struct session_record *ret_session)
{
        const struct row_match match = {"id", id};

        return row_get(store_place(store), &session_table, &match, 1, ret_session);
}

int store_session_remove(struct store *store, const char *id)
{
        return row_remove(store_place(store), &session_table, id);
}

int store_session_list(struct store *store, const char *account, struct session_list *ret_list)
{
        const struct row_match match = {"account", account};
        struct session_list list = {0};
        void *records;

        int r = row_list(store_place(store), &session_table, account ? &match : NULL, &records,
                         &list.n);
        if (r < 0)
                return r;
        list.records = records;
        *ret_list = list;
        return 0;
}
