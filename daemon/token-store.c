/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct stored {
        struct stored *next;
        char *id;
        struct secret *json;
};

struct token_store {
        struct stored *first;
        size_t n, bytes;
};

int token_store_new(struct token_store **ret_store)
{
        struct token_store *store = calloc(1, sizeof(*store));
        if (!store)
                return -ENOMEM;
        *ret_store = store;
        return 0;
}

static struct stored *stored_free(struct stored *stored)
{
        (void)secret_free(stored->json);
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

static int stored_new(const char *id, struct secret **json, struct stored **ret_stored)
{
        _cleanup_(stored_freep) struct stored *stored = calloc(1, sizeof(*stored));
        if (!stored)
                return -ENOMEM;

        stored->id = strdup(id);
        if (!stored->id)
                return -ENOMEM;
        stored->json = TAKE_PTR(*json);
        *ret_stored = TAKE_PTR(stored);
        return 0;
}

int token_store_put(struct token_store *store, const char *id, const struct token_record *record)
{
        struct stored **link = find(store, id), *stored = NULL;
        size_t old_bytes = *link ? secret_size((*link)->json) : 0;
        _cleanup_secret_ struct secret *json = NULL;

        int r = token_record_write(record, &json);
        if (r < 0)
                return r;
        size_t bytes = store->bytes - old_bytes + secret_size(json);
        if (bytes > TOKEN_STORE_MAX_BYTES || (!*link && store->n >= TOKEN_STORE_MAX_RECORDS))
                return -ENOSPC;
        r = stored_new(id, &json, &stored);
        if (r < 0)
                return r;
        token_store_drop(store, id);
        stored->next = store->first;
        store->first = stored;
        store->n++;
        store->bytes = bytes;
        return 0;
}

int token_store_get(struct token_store *store, const char *id, struct token_record *ret_record)
{
        const struct stored *stored = *find(store, id);
        const char *why;

        if (!stored)
                return -ENOENT;
        return token_record_read(secret_bytes(stored->json), secret_size(stored->json), ret_record,
                                 &why);
}

void token_store_drop(struct token_store *store, const char *id)
{
        struct stored **link = find(store, id), *stored = *link;

        if (!stored)
                return;
        *link = stored->next;
        store->n--;
        store->bytes -= secret_size(stored->json);
        (void)stored_free(stored);
}
