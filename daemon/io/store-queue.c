/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-queue.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "common/clock.h"
#include "io/store-batch.h"
#include "io/store.h"

/* Whoever never comes to rest is settled after so many times the rest that it would take. */
#define SETTLE_LATEST 6

#define NEVER UINT64_MAX

struct store_queue {
        struct store *store; /* the thread's, while there is one */
        int (*settle)(struct store *store, void *userdata);
        void *settle_userdata;
        uint64_t settle_after_usec;
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

/* ---- the thread ---- */

static uint64_t now_usec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

/* With the lock held. */
static void wait_until(struct store_queue *queue, uint64_t usec)
{
        struct timespec until = {(time_t)(usec / USEC_PER_SEC), (long)(usec % USEC_PER_SEC) * 1000};

        if (usec == NEVER)
                (void)pthread_cond_wait(&queue->wake, &queue->lock);
        else
                (void)pthread_cond_timedwait(&queue->wake, &queue->lock, &until);
}

enum turn {
        TURN_WRITE,
        TURN_SETTLE,
        TURN_STOP,
};

/* What there is to do next. latest_usec: when to settle, however much there is to write. */
static enum turn wait_for_turn(struct store_queue *queue, uint64_t latest_usec,
                               struct write_list *ret_batch)
{
        enum turn turn = TURN_WRITE;

        (void)pthread_mutex_lock(&queue->lock);
        uint64_t settle_usec = latest_usec == NEVER ? NEVER : now_usec() + queue->settle_after_usec;
        while (!queue->waiting.first && !queue->is_stopping && now_usec() < settle_usec)
                wait_until(queue, settle_usec);
        if (latest_usec != NEVER && now_usec() >= latest_usec)
                turn = TURN_SETTLE;
        else if (queue->waiting.first)
                batch_take(&queue->waiting, ret_batch);
        else
                turn = queue->is_stopping ? TURN_STOP : TURN_SETTLE;
        (void)pthread_mutex_unlock(&queue->lock);
        return turn;
}

static void batch_hand_back(struct store_queue *queue, struct write_list *batch)
{
        struct store_write *write;

        (void)pthread_mutex_lock(&queue->lock);
        while ((write = write_list_take(batch)))
                write_list_add(&queue->done, write);
        (void)pthread_mutex_unlock(&queue->lock);
        (void)eventfd_write(queue->done_fd, 1);
}

/* What fails here is done at the next start at the latest. */
static void come_to_rest(struct store_queue *queue)
{
        (void)queue->settle(queue->store, queue->settle_userdata);
}

static void *write_until_stopped(void *userdata)
{
        struct store_queue *queue = userdata;
        struct write_list batch;
        uint64_t latest_usec = NEVER;

        (void)pthread_setname_np(pthread_self(), "badged-store");
        while (true)
                switch (wait_for_turn(queue, latest_usec, &batch)) {
                case TURN_WRITE:
                        batch_write(queue->store, &batch);
                        if (queue->settle && latest_usec == NEVER)
                                latest_usec = now_usec() + SETTLE_LATEST * queue->settle_after_usec;
                        batch_hand_back(queue, &batch);
                        break;
                case TURN_SETTLE:
                        come_to_rest(queue);
                        latest_usec = NEVER;
                        break;
                case TURN_STOP:
                        return NULL;
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
        while ((write = write_list_take(&done)))
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
        write_list_add(&queue->waiting, write);
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

void store_queue_settle_with(struct store_queue *queue, uint64_t after_usec,
                             int (*settle)(struct store *store, void *userdata), void *userdata)
{
        (void)pthread_mutex_lock(&queue->lock);
        queue->settle_after_usec = after_usec;
        queue->settle = settle;
        queue->settle_userdata = userdata;
        (void)pthread_mutex_unlock(&queue->lock);
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
