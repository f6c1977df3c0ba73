/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A loop with the queue of a store, for tests that wait for what is written. */
#pragma once

#include <stddef.h>
#include <systemd/sd-event.h>

#include "io/store-queue.h"

struct store_loop {
        sd_event *event;
        struct store_queue *queue;
        size_t n_failures; /* that the queue told */
};

/* Takes the store over. */
struct store_loop *store_loop_new(struct store *store);
struct store_loop *store_loop_free(struct store_loop *loop);

/* Until all is written and told. */
void store_loop_run(struct store_loop *loop);

/* What one on_done was told. */
struct store_told {
        int result;
        unsigned n;
};

void store_on_told(int result, void *userdata);
