/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct stored {
        struct stored *next;
        char *id;
        struct secret *access_token; /* or NULL */
        bool id_token_is_new;        /* than before it */
        size_t bytes;                /* of all its tokens */
};

struct token_store {
        struct store_mirror *table;
        struct stored *first;
        size_t bytes;
};

int token_store_new(struct store_mirror *table, struct token_store **ret_store)
{
        struct token_store *store = calloc(1, sizeof(*store));
        if (!store)
                return -ENOMEM;
        store->table = table;
        *ret_store = store;
        return 0;
}

static struct stored *stored_free(struct stored *stored)
{
        (void)secret_free(stored->access_token);
        free(stored->id);
        free(stored);
        return NULL;
}
DEFINE_CLEANUP(struct stored *, stored_free);

struct token_store *token_store_free(struct token_store *store)
{
        if (!store)
                return NULL;
        while (store->first) {
                struct stored *next = store->first->next;
                (void)stored_free(store->first);
                store->first = next;
        }
        free(store);
        return NULL;
}

static struct stored **find(struct token_store *store, const char *id)
{
        struct stored **link = &store->first;

        while (*link && strcmp((*link)->id, id) != 0)
                link = &(*link)->next;
        return link;
}

static size_t size_of(const struct secret *secret)
{
        return secret ? secret_size(secret) : 0;
}

/* -E2BIG for one that nobody keeps, -ENOSPC when it does not fit beside the others. */
static int check_room(const struct token_store *store, size_t old_bytes, size_t bytes)
{
        if (bytes > TOKEN_RECORD_MAX_BYTES)
                return -E2BIG;
        return store->bytes - old_bytes + bytes > TOKEN_STORE_MAX_BYTES ? -ENOSPC : 0;
}

static size_t record_bytes(const struct token_record *record)
{
        return size_of(record->access_token) + size_of(record->refresh_token) +
               size_of(record->id_token) + size_of(record->dpop_key) + strlen(record->scope);
}

static int copy_secret(const struct secret *secret, struct secret **ret_copy)
{
        if (!secret)
                return 0;
        *ret_copy = secret_new(secret_bytes(secret), secret_size(secret));
        return *ret_copy ? 0 : -ENOMEM;
}

/* ---- in ---- */

static void lend(const struct token_record *record, struct session_record *session)
{
        session->scope = record->scope;
        session->auth_time_sec = record->auth_time_sec;
        session->tokens_granted_at_sec = record->granted_at_sec;
        session->tokens_expire_at_sec = record->expires_at_sec;
        session->refresh_in_doubt = record->refresh_in_doubt;
        session->refresh_token = record->refresh_token;
        session->id_token = record->id_token;
        session->dpop_key = record->dpop_key;
}

int token_store_lend(const struct token_store *store, const struct token_record *record,
                     struct session_record *session)
{
        int r = check_room(store, 0, record_bytes(record));
        if (r < 0)
                return r;
        lend(record, session);
        return 0;
}

static int stored_new(const char *id, const struct secret *access_token, size_t bytes,
                      struct stored **ret_stored)
{
        _cleanup_(stored_freep) struct stored *stored = calloc(1, sizeof(*stored));
        if (!stored)
                return -ENOMEM;

        stored->bytes = bytes;
        stored->id = strdup(id);
        if (!stored->id || copy_secret(access_token, &stored->access_token) < 0)
                return -ENOMEM;
        *ret_stored = TAKE_PTR(stored);
        return 0;
}

static void store_take(struct token_store *store, struct stored *stored)
{
        token_store_drop(store, stored->id);
        stored->next = store->first;
        store->first = stored;
        store->bytes += stored->bytes;
}

int token_store_adopt(struct token_store *store, const char *id, const struct secret *access_token)
{
        const struct session_record *session = store_mirror_get(store->table, id);
        struct stored *stored = NULL;

        if (!session)
                return -ENOENT;
        size_t bytes = size_of(access_token) + size_of(session->refresh_token) +
                       size_of(session->id_token) + size_of(session->dpop_key);
        int r = check_room(store, 0, bytes);
        if (r >= 0)
                r = stored_new(id, access_token, bytes, &stored);
        if (r < 0)
                return r;
        stored->id_token_is_new = access_token && session->id_token;
        store_take(store, stored);
        return 0;
}

/* The row is copied by the table; a shallow copy is enough to hand it over. */
int token_store_put(struct token_store *store, const char *id, const struct token_record *record,
                    store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        const struct session_record *session = store_mirror_get(store->table, id);
        const struct stored *old = *find(store, id);
        _cleanup_(stored_freep) struct stored *stored = NULL;

        if (!session || !old)
                return -ENOENT;
        int r = check_room(store, old->bytes, record_bytes(record));
        if (r >= 0)
                r = stored_new(id, record->access_token, record_bytes(record), &stored);
        if (r < 0)
                return r;
        stored->id_token_is_new = record->id_token_is_new;
        struct session_record changed = *session;
        lend(record, &changed);
        r = store_mirror_put(store->table, &changed, on_done, userdata, ret_write);
        if (r < 0)
                return r;
        store_take(store, TAKE_PTR(stored));
        return 0;
}

/* ---- out ---- */

int token_store_read(const struct session_record *session, struct token_record *ret_record)
{
        const struct token_record lent = {
                .provider = session->provider,
                .issuer = session->issuer,
                .subject = session->subject,
                .refresh_token = session->refresh_token,
                .id_token = session->id_token,
                .dpop_key = session->dpop_key,
                .scope = session->scope ? session->scope : (char *)"",
                .granted_at_sec = session->tokens_granted_at_sec,
                .expires_at_sec = session->tokens_expire_at_sec,
                .auth_time_sec = session->auth_time_sec,
                .refresh_in_doubt = session->refresh_in_doubt,
        };

        return token_record_copy(&lent, ret_record);
}

int token_store_get(const struct token_store *store, const char *id,
                    struct token_record *ret_record)
{
        const struct session_record *session = store_mirror_get(store->table, id);
        const struct stored *stored = *find((struct token_store *)store, id);
        _cleanup_record_ struct token_record record = {0};

        if (!session || !stored)
                return -ENOENT;
        int r = token_store_read(session, &record);
        if (r >= 0)
                r = copy_secret(stored->access_token, &record.access_token);
        if (r < 0)
                return r;
        record.id_token_is_new = stored->id_token_is_new;
        *ret_record = record;
        record = (struct token_record){0};
        return 0;
}

void token_store_drop(struct token_store *store, const char *id)
{
        struct stored **link = find(store, id), *stored = *link;

        if (!stored)
                return;
        *link = stored->next;
        store->bytes -= stored->bytes;
        (void)stored_free(stored);
}
