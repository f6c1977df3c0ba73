/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes to the store on a thread of its own, many to a commit, so that the loop never waits for
 * the disk. All functions are for the thread of the loop alone; the queue's own thread, in which no
 * signal is delivered, touches nothing but the store and the work that it was given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct sd_event;
struct store;
struct store_queue;
struct store_write;

/* Most writes that wait. */
#define STORE_QUEUE_MAX_WRITES 16384

/* From the loop, never from inside the call that asked for the write. 0: it is on the disk. */
typedef void (*store_on_done)(int result, void *userdata);

/* What there is to write. */
struct store_work {
        const char *name; /* for whoever is told of failures; static */
        /* On the queue's thread, inside a transaction, a second time when the first one took others
         * along into failure. */
        int (*run)(struct store *store, void *work);
        bool is_alone; /* outside of a transaction instead, and once */
        /* From the loop, once, before anybody is told; frees the work. Also while the queue is
         * freed. */
        void (*finish)(int result, void *work);
};

/* Takes the store over, on failure too. Refs the event loop. */
int store_queue_new(struct sd_event *event, struct store *store, struct store_queue **ret_queue);

/* Writes what is queued, tells nobody, closes the store. Not from a callback of the queue. Handles
 * of writes stay their owners' to free. Takes NULL, returns NULL. */
struct store_queue *store_queue_free(struct store_queue *queue);
DEFINE_CLEANUP(struct store_queue *, store_queue_free);

/* Told of each write that failed, by its name, from the loop. */
void store_queue_on_failure(struct store_queue *queue,
                            void (*on_failure)(const char *name, int result, void *userdata),
                            void *userdata);

/* What is to be done on the queue's thread when nothing was written for a while, after something
 * was; sooner or later also when there is no such while. To be called once, before anything is
 * pushed; the userdata is the thread's from then on. */
void store_queue_settle_with(struct store_queue *queue, uint64_t after_usec,
                             int (*settle)(struct store *store, void *userdata), void *userdata);

/* In order: a write that was pushed later is done later. what stays; the work is the queue's from
 * here on if it returns 0. on_done may be NULL; without ret_write it is told for certain, with it
 * until the handle is freed. -ENOBUFS when too many wait, -ENOMEM. */
int store_queue_push(struct store_queue *queue, const struct store_work *what, void *work,
                     store_on_done on_done, void *userdata, struct store_write **ret_write);

/* Nobody is told any more; the write goes on. For each handle once, also after it was told, and in
 * on_done too. Takes NULL, returns NULL. */
struct store_write *store_write_free(struct store_write *write);
DEFINE_CLEANUP(struct store_write *, store_write_free);

/* Writes that are not finished. */
size_t store_queue_count(const struct store_queue *queue);
