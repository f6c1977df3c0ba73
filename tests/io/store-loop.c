/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A write that never ends fails its test, not the run. */
#define WAIT_USEC UINT64_C(60000000)

static void on_failure(const char *name, int result, void *userdata)
{
        struct store_loop *loop = userdata;

        assert_non_null(name);
        assert_true(result < 0);
        loop->n_failures++;
}

struct store_loop *store_loop_new(struct store *store)
{
        struct store_loop *loop = calloc(1, sizeof(*loop));

        assert_non_null(loop);
        assert_true(sd_event_new(&loop->event) >= 0);
        assert_int_equal(store_queue_new(loop->event, store, &loop->queue), 0);
        store_queue_on_failure(loop->queue, on_failure, loop);
        return loop;
}

struct store_loop *store_loop_free(struct store_loop *loop)
{
        loop->queue = store_queue_free(loop->queue);
        sd_event_unref(loop->event);
        free(loop);
        return NULL;
}

void store_loop_run(struct store_loop *loop)
{
        while (store_queue_count(loop->queue) > 0)
                assert_true(sd_event_run(loop->event, WAIT_USEC) > 0);
}

void store_on_told(int result, void *userdata)
{
        struct store_told *told = userdata;

        told->result = result;
        told->n++;
}
