/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-queue.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "io/store.h"

/* Writes of one commit: what a power cut may take along while nobody was told of them yet. */
#define BATCH_MAX_WRITES 256

/* Nothing written for as long: the journal is emptied into the file (io/store.h says why). */
#define SETTLE_AFTER_SEC 10

struct store_write {
        struct store_write *next;
        const struct store_work *what;
        void *work;
        int result;
        /* What follows is not the thread's. */
        store_on_done on_done;
        void *userdata;
        bool has_owner; /* somebody will free the handle */
        bool is_over;   /* and that is all that is left to do */
};

struct write_list {
        struct store_write *first, *last;
        size_t n;
};

struct store_queue {
        struct store *store; /* the thread's, while there is one */
        pthread_t thread;
        bool has_thread;
        pthread_mutex_t lock; /* of waiting, done and is_stopping */
        pthread_cond_t wake;
        struct write_list waiting, done;
        bool is_stopping;
        int done_fd; /* readable when something is done */
        sd_event_source *source;
        size_t n_writes;
        void (*on_failure)(const char *name, int result, void *userdata);
        void *failure_userdata;
};

/* ---- lists ---- */

static void list_add(struct write_list *list, struct store_write *write)
{
        write->next = NULL;
        if (list->last)
                list->last->next = write;
        else
                list->first = write;
        list->last = write;
        list->n++;
}

static struct store_write *list_take(struct write_list *list)
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

/* ---- the thread ---- */

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

/* Where one cannot be written, none of them is; then each is on its own. */
static void batch_write(struct store *store, struct write_list *batch)
{
        int result = 0;

        int r = batch->n > 1 ? write_together(store, batch, &result) : -EAGAIN;
        for (struct store_write *write = batch->first; write; write = write->next)
                write->result = r == 0 ? result : write_alone(store, write);
}

/* Those that one commit can hold. */
static void batch_take(struct write_list *waiting, struct write_list *ret_batch)
{
        struct write_list batch = {0};
        struct store_write *write;

        while (batch.n < BATCH_MAX_WRITES && (write = list_take(waiting))) {
                list_add(&batch, write);
                if (write->what->is_alone || (waiting->first && waiting->first->what->is_alone))
                        break;
        }
        *ret_batch = batch;
}

/* Waits for writes, at most until the time; false when there are none. With the lock held. */
static bool wait_for_writes(struct store_queue *queue, const struct timespec *until)
{
        int r = 0;

        while (!queue->waiting.first && !queue->is_stopping && r == 0)
                r = until ? pthread_cond_timedwait(&queue->wake, &queue->lock, until)
                          : pthread_cond_wait(&queue->wake, &queue->lock);
        return queue->waiting.first != NULL;
}

/* Next batch; an empty one when it is time to stop. */
static void wait_and_settle(struct store_queue *queue, bool *is_settled,
                            struct write_list *ret_batch)
{
        struct timespec until;

        *ret_batch = (struct write_list){0};
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += SETTLE_AFTER_SEC;
        (void)pthread_mutex_lock(&queue->lock);
        bool is_there = wait_for_writes(queue, *is_settled ? NULL : &until);
        while (!is_there && !queue->is_stopping) {
                (void)pthread_mutex_unlock(&queue->lock);
                (void)store_settle(queue->store); /* it is done at the next start at the latest */
                *is_settled = true;
                (void)pthread_mutex_lock(&queue->lock);
                is_there = wait_for_writes(queue, NULL);
        }
        if (is_there)
                batch_take(&queue->waiting, ret_batch);
        (void)pthread_mutex_unlock(&queue->lock);
}

static void batch_hand_back(struct store_queue *queue, struct write_list *batch)
{
        struct store_write *write;

        (void)pthread_mutex_lock(&queue->lock);
        while ((write = list_take(batch)))
                list_add(&queue->done, write);
        (void)pthread_mutex_unlock(&queue->lock);
        (void)eventfd_write(queue->done_fd, 1);
}

static void *write_until_stopped(void *userdata)
{
        struct store_queue *queue = userdata;
        struct write_list batch;
        bool is_settled = true;

        (void)pthread_setname_np(pthread_self(), "badged-store");
        while (true) {
                wait_and_settle(queue, &is_settled, &batch);
                if (!batch.first)
                        return NULL;
                batch_write(queue->store, &batch);
                is_settled = false;
                batch_hand_back(queue, &batch);
        }
}

/* A new thread inherits the mask: so there is no moment in which a signal could reach it. */
static int start_thread(struct store_queue *queue)
{
        sigset_t all, before;

        (void)sigfillset(&all);
        int r = pthread_sigmask(SIG_SETMASK, &all, &before);
        if (r != 0)
                return -r;
        r = pthread_create(&queue->thread, NULL, write_until_stopped, queue);
        queue->has_thread = r == 0;
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
        return -r;
}

static void stop_thread(struct store_queue *queue)
{
        if (!queue->has_thread)
                return;
        (void)pthread_mutex_lock(&queue->lock);
        queue->is_stopping = true;
        (void)pthread_cond_signal(&queue->wake);
        (void)pthread_mutex_unlock(&queue->lock);
        (void)pthread_join(queue->thread, NULL);
}

/* ---- the loop ---- */

struct store_write *store_write_free(struct store_write *write)
{
        if (!write)
                return NULL;
        write->on_done = NULL;
        write->has_owner = false;
        if (write->is_over)
                free(write);
        return NULL;
}

static void write_finish(struct store_queue *queue, struct store_write *write, bool tell)
{
        store_on_done on_done = tell ? write->on_done : NULL;
        void *userdata = write->userdata;
        int result = write->result;

        queue->n_writes--;
        if (result < 0 && tell && queue->on_failure)
                queue->on_failure(write->what->name, result, queue->failure_userdata);
        write->what->finish(result, write->work);
        write->is_over = true;
        if (!write->has_owner)
                free(write);
        if (on_done)
                on_done(result, userdata);
}

static void finish_done(struct store_queue *queue, bool tell)
{
        struct store_write *write;

        (void)pthread_mutex_lock(&queue->lock);
        struct write_list done = queue->done;
        queue->done = (struct write_list){0};
        (void)pthread_mutex_unlock(&queue->lock);
        while ((write = list_take(&done)))
                write_finish(queue, write, tell);
}

static int on_done_fd(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct store_queue *queue = userdata;
        eventfd_t n;

        (void)eventfd_read(fd, &n);
        finish_done(queue, true);
        return 0;
}

int store_queue_push(struct store_queue *queue, const struct store_work *what, void *work,
                     store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        if (queue->n_writes >= STORE_QUEUE_MAX_WRITES)
                return -ENOBUFS;
        struct store_write *write = calloc(1, sizeof(*write));
        if (!write)
                return -ENOMEM;
        write->what = what;
        write->work = work;
        write->on_done = on_done;
        write->userdata = userdata;
        write->has_owner = ret_write != NULL;
        queue->n_writes++;
        (void)pthread_mutex_lock(&queue->lock);
        list_add(&queue->waiting, write);
        (void)pthread_cond_signal(&queue->wake);
        (void)pthread_mutex_unlock(&queue->lock);
        if (ret_write)
                *ret_write = write;
        return 0;
}

size_t store_queue_count(const struct store_queue *queue)
{
        return queue->n_writes;
}

void store_queue_on_failure(struct store_queue *queue,
                            void (*on_failure)(const char *name, int result, void *userdata),
                            void *userdata)
{
        queue->on_failure = on_failure;
        queue->failure_userdata = userdata;
}

/* ---- the whole ---- */

/* The clock of the wait: nobody sets it. */
static int init_lock(struct store_queue *queue)
{
        pthread_condattr_t attributes;

        int r = pthread_condattr_init(&attributes);
        if (r != 0)
                return -r;
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        r = pthread_cond_init(&queue->wake, &attributes);
        (void)pthread_condattr_destroy(&attributes);
        return r != 0 ? -r : -pthread_mutex_init(&queue->lock, NULL);
}

static int start(struct store_queue *queue, sd_event *event)
{
        queue->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (queue->done_fd < 0)
                return -errno;
        int r = sd_event_add_io(event, &queue->source, queue->done_fd, EPOLLIN, on_done_fd, queue);
        if (r < 0)
                return r;
        return start_thread(queue);
}

int store_queue_new(sd_event *event, struct store *store, struct store_queue **ret_queue)
{
        struct store_queue *queue = calloc(1, sizeof(*queue));
        int r = queue ? init_lock(queue) : -ENOMEM;

        if (r < 0) {
                free(queue);
                (void)store_close(store);
                return r;
        }
        queue->store = store;
        r = start(queue, event);
        if (r < 0) {
                (void)store_queue_free(queue);
                return r;
        }
        *ret_queue = queue;
        return 0;
}

struct store_queue *store_queue_free(struct store_queue *queue)
{
        if (!queue)
                return NULL;
        stop_thread(queue);
        finish_done(queue, false);
        (void)sd_event_source_disable_unref(queue->source);
        if (queue->done_fd >= 0)
                (void)close(queue->done_fd);
        (void)pthread_cond_destroy(&queue->wake);
        (void)pthread_mutex_destroy(&queue->lock);
        (void)store_close(queue->store);
        free(queue);
        return NULL;
}
