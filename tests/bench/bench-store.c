/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How late a loop is that comes round every millisecond, while sessions are written: one whenever
 * it has nothing else to do, handed to the queue, or written and waited for by the loop itself.
 * Prints the delay of every round ("queued", "waited") and how long all of it took ("queued-all",
 * "waited-all").
 *
 *      bench-store FOLDER WRITES [SYNC-USEC]
 *
 * makes two stores in the folder, whose disk takes so much longer to sync. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "io/store-account.h"
#include "io/store-mirror.h"
#include "io/store-session.h"
#include "io/store-tables.h"
#include "io/store.h"
#include "io/token-seal.h"
#include "measure.h"

#define ROUND_USEC  UINT64_C(1000)
#define TOKEN_BYTES 1200
#define ID_BYTES    17

struct bench {
        const char *label;
        sd_event *event;
        struct store *store; /* of the loop that waits; else NULL */
        struct store_queue *queue;
        struct store_mirror *sessions;
        struct secret *token;
        sd_event_source *timer;
        size_t n, n_pushed, n_done;
};

/* Set once, before anything is written. */
static uint64_t sync_nsec;

extern int fdatasync(int fd);
extern int fsync(int fd);

static int sync_slowly(long call, int fd)
{
        measure_pause(sync_nsec);
        return (int)syscall(call, fd);
}

/* In front of the C library's, as far as sqlite is concerned. */
_public_ int fdatasync(int fd)
{
        return sync_slowly(SYS_fdatasync, fd);
}

_public_ int fsync(int fd)
{
        return sync_slowly(SYS_fsync, fd);
}

static void check(int r, const char *what)
{
        if (r < 0)
                measure_give_up(what, strerror(-r));
}

static struct session_record session(const struct bench *bench, size_t i, char id[static ID_BYTES])
{
        static char account[] = "alice", type[] = "device", service[] = "sshd";

        (void)snprintf(id, ID_BYTES, "%016zx", i);
        return (struct session_record){
                .id = id,
                .account = account,
                .type = type,
                .service = service,
                .created_at_sec = i,
                .refresh_token = bench->token,
        };
}

/* The next round is due a millisecond after this one was: what is late stays late. */
static int on_round(sd_event_source *source, uint64_t due_usec, void *userdata)
{
        struct bench *bench = userdata;
        uint64_t now_usec = measure_now_nsec() / NSEC_PER_USEC;

        measure_print(bench->label, (now_usec - due_usec) * NSEC_PER_USEC);
        check(sd_event_source_set_time(source, now_usec + ROUND_USEC), "the timer");
        check(sd_event_source_set_enabled(source, SD_EVENT_ONESHOT), "the timer");
        return 0;
}

static void on_done(int result, void *userdata)
{
        struct bench *bench = userdata;

        check(result, "a write");
        if (++bench->n_done == bench->n)
                (void)sd_event_exit(bench->event, 0);
}

static int push_one(sd_event_source *source, void *userdata)
{
        struct bench *bench = userdata;
        char id[ID_BYTES];
        struct session_record record = session(bench, bench->n_pushed, id);

        check(store_mirror_put(bench->sessions, &record, on_done, bench, NULL), "a write");
        if (++bench->n_pushed == bench->n)
                check(sd_event_source_set_enabled(source, SD_EVENT_OFF), "the loop");
        return 0;
}

static int write_one(sd_event_source *source, void *userdata)
{
        struct bench *bench = userdata;
        char id[ID_BYTES];
        struct session_record record = session(bench, bench->n_done, id);

        check(store_session_add(bench->store, &record), "a write");
        on_done(0, bench);
        return 0;
}

static struct store *open_store(const char *folder, const char *name, struct token_seal *seal)
{
        char path[4096], account[] = "alice";
        const struct account_record record = {.name = account};
        struct store *store = NULL;
        const char *why = "";

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        check(store_open(path, seal, &store, &why), why);
        check(store_account_add(store, &record), "an account");
        return store;
}

static void run(struct bench *bench, sd_event_handler_t work, const char *all)
{
        sd_event_source *source = NULL;
        uint64_t begun_nsec = measure_now_nsec();

        check(sd_event_add_time(bench->event, &bench->timer, CLOCK_MONOTONIC,
                                begun_nsec / NSEC_PER_USEC + ROUND_USEC, 1, on_round, bench),
              "the timer");
        check(sd_event_source_set_priority(bench->timer, SD_EVENT_PRIORITY_IMPORTANT), "the timer");
        check(sd_event_add_defer(bench->event, &source, work, bench), "the loop");
        check(sd_event_source_set_enabled(source, SD_EVENT_ON), "the loop");
        check(sd_event_loop(bench->event), "the loop");
        measure_print(all, measure_now_nsec() - begun_nsec);
        sd_event_source_disable_unref(bench->timer);
        sd_event_source_disable_unref(source);
        sd_event_unref(bench->event);
}

static void bench_queue(struct bench bench, struct store *store)
{
        check(sd_event_new(&bench.event), "the event loop");
        check(store_mirror_new(store, &session_table, bench.n, &bench.sessions), "the mirror");
        check(store_queue_new(bench.event, store, &bench.queue), "the queue");
        store_mirror_attach(bench.sessions, bench.queue);
        bench.label = "queued";
        run(&bench, push_one, "queued-all");
        (void)store_queue_free(bench.queue);
        (void)store_mirror_free(bench.sessions);
}

static void bench_loop(struct bench bench, struct store *store)
{
        check(sd_event_new(&bench.event), "the event loop");
        bench.store = store;
        bench.label = "waited";
        run(&bench, write_one, "waited-all");
        (void)store_close(store);
}

int main(int argc, char **argv)
{
        static const char bytes[TOKEN_BYTES];
        struct bench bench = {.token = secret_new(bytes, sizeof(bytes))};
        _cleanup_secret_ struct secret *key = NULL;
        _cleanup_(token_seal_freep) struct token_seal *seal = NULL;
        const char *why = "";

        if (argc < 3 || argc > 4 || !bench.token)
                measure_give_up("bench-store", "FOLDER WRITES [SYNC-USEC]");
        bench.n = strtoul(argv[2], NULL, 10);
        sync_nsec = argc > 3 ? strtoul(argv[3], NULL, 10) * NSEC_PER_USEC : 0;
        check(token_seal_make_key(&key), "a key");
        check(token_seal_new(key, &seal, &why), why);
        bench_queue(bench, open_store(argv[1], "queued", seal));
        bench_loop(bench, open_store(argv[1], "waited", seal));
        (void)secret_free(bench.token);
        return EXIT_SUCCESS;
}
