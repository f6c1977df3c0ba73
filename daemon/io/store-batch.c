/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-batch.h"

#include <errno.h>

#include "io/store.h"

/* Writes of one commit: what a power cut may take along while nobody was told of them yet. */
#define BATCH_MAX_WRITES 256

void write_list_add(struct write_list *list, struct store_write *write)
{
        write->next = NULL;
        if (list->last)
                list->last->next = write;
        else
                list->first = write;
        list->last = write;
        list->n++;
}

struct store_write *write_list_take(struct write_list *list)
{
        struct store_write *write = list->first;

        if (!write)
                return NULL;
        list->first = write->next;
        if (!list->first)
                list->last = NULL;
        list->n--;
        return write;
}

static int write_alone(struct store *store, struct store_write *write)
{
        if (write->what->is_alone)
                return write->what->run(store, write->work);
        int r = store_begin(store);
        if (r < 0)
                return r;
        r = write->what->run(store, write->work);
        if (r == 0)
                r = store_commit(store);
        if (r < 0)
                store_rollback(store);
        return r;
}

/* 1 when it was the commit that failed, and *ret_result says how; 0 when all are written. */
static int write_together(struct store *store, const struct write_list *batch, int *ret_result)
{
        int r = store_begin(store);

        for (struct store_write *write = batch->first; write && r == 0; write = write->next)
                r = write->what->run(store, write->work);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        *ret_result = store_commit(store);
        return 0;
}

/* What is about that one write: the next one may do better. */
static bool is_its_own_fault(int error)
{
        return error == -EEXIST || error == -ENOENT || error == -ENOTEMPTY || error == -EINVAL ||
               error == -ERANGE || error == -E2BIG;
}

/* Where one cannot be written, none of them is; then each is on its own, as long as the disk takes
 * anything. */
void batch_write(struct store *store, struct write_list *batch)
{
        int result = 0;

        int r = batch->n > 1 ? write_together(store, batch, &result) : -EAGAIN;
        for (struct store_write *write = batch->first; write; write = write->next) {
                if (r < 0 && result == 0)
                        write->result = write_alone(store, write);
                else
                        write->result = result;
                if (write->result < 0 && !is_its_own_fault(write->result))
                        result = write->result;
        }
}

void batch_take(struct write_list *waiting, struct write_list *ret_batch)
{
        struct write_list batch = {0};
        struct store_write *write;

        while (batch.n < BATCH_MAX_WRITES && (write = write_list_take(waiting))) {
                write_list_add(&batch, write);
                if (write->what->is_alone || (waiting->first && waiting->first->what->is_alone))
                        break;
        }
        *ret_batch = batch;
}
