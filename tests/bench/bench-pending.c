/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds many logins open, as many people before their screens would. Says "started" when all codes
 * are there; after a line on standard input somebody waits for each of them, and it says "waiting";
 * ends with standard input.
 *
 *      bench-pending LOGINS ACCOUNT SPREAD-USEC       the waits begin evenly within that time
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

#include "common/bus-names.h"
#include "common/bus-peer.h"
#include "common/cleanup.h"
#include "measure.h"

/* The bus lets a connection wait for 128 replies, and a user have 256 connections. */
#define LOGINS_OF_A_CONNECTION 100
#define LOGINS_MAX             5000
#define CALL_TIMEOUT_USEC      (30 * UINT64_C(1000000))

struct bench {
        sd_event *event;
        sd_bus *buses[LOGINS_MAX / LOGINS_OF_A_CONNECTION];
        char *logins[LOGINS_MAX]; /* object paths */
        unsigned n;
        uint64_t pause_nsec; /* between two that begin to wait */
};

static void check(int r, const char *what)
{
        if (r < 0)
                measure_give_up(what, strerror(-r));
}

static sd_bus *bus_of(const struct bench *bench, unsigned login)
{
        return bench->buses[login / LOGINS_OF_A_CONNECTION];
}

static void open_connections(struct bench *bench)
{
        for (unsigned i = 0; i * LOGINS_OF_A_CONNECTION < bench->n; i++) {
                check(sd_bus_open_system(&bench->buses[i]), "the system bus");
                check(sd_bus_attach_event(bench->buses[i], bench->event, SD_EVENT_PRIORITY_NORMAL),
                      "the event loop");
        }
}

static void start_login(struct bench *bench, unsigned i, const char *account)
{
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
        const char *path = NULL;

        check(sd_bus_message_new_method_call(bus_of(bench, i), &call, BADGED_BUS_NAME, BADGED_PATH,
                                             BADGED_INTERFACE, "StartLogin"),
              "StartLogin");
        check(sd_bus_message_append(call, "ssa{sv}", account, "sshd", 3, "qr", "s", "utf8",
                                    "columns", "u", 80, "lines", "u", 24),
              "StartLogin");
        if (sd_bus_call(bus_of(bench, i), call, CALL_TIMEOUT_USEC, &error, &reply) < 0)
                measure_give_up("StartLogin", error.message);
        check(sd_bus_message_read(reply, "o", &path), "the reply to StartLogin");
        bench->logins[i] = strdup(path);
        check(bench->logins[i] ? 0 : -ENOMEM, "StartLogin");
}

static int on_end(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        measure_give_up("a login ended by itself", error ? error->message : "without an error");
}

static void wait_for_all(struct bench *bench)
{
        for (unsigned i = 0; i < bench->n; i++) {
                check(sd_bus_call_method_async(bus_of(bench, i), NULL, BADGED_BUS_NAME,
                                               bench->logins[i], BADGED_LOGIN_INTERFACE, "Wait",
                                               on_end, NULL, NULL),
                      "Wait");
                check(sd_bus_flush(bus_of(bench, i)), "Wait");
                measure_pause(bench->pause_nsec);
        }
        (void)puts("waiting");
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct bench *bench = userdata;
        char line[16];

        if (read(fd, line, sizeof(line)) <= 0)
                return sd_event_exit(bench->event, 0);
        wait_for_all(bench);
        return 0;
}

static void finish(struct bench *bench)
{
        for (unsigned i = 0; i < bench->n; i++)
                free(bench->logins[i]);
        for (unsigned i = 0; i * LOGINS_OF_A_CONNECTION < bench->n; i++)
                sd_bus_close_unref(bench->buses[i]);
        sd_event_unref(bench->event);
}

int main(int argc, char **argv)
{
        struct bench bench = {0};

        if (argc != 4 || (bench.n = (unsigned)strtoul(argv[1], NULL, 10)) > LOGINS_MAX ||
            bench.n == 0)
                measure_give_up("bench-pending", "read its first lines for the arguments");
        bench.pause_nsec = strtoul(argv[3], NULL, 10) * NSEC_PER_USEC / bench.n;
        (void)setvbuf(stdout, NULL, _IOLBF, 0);
        check(sd_event_new(&bench.event), "the event loop");
        open_connections(&bench);
        for (unsigned i = 0; i < bench.n; i++)
                start_login(&bench, i, argv[2]);
        (void)puts("started");
        check(sd_event_add_io(bench.event, NULL, STDIN_FILENO, EPOLLIN, on_input, &bench),
              "standard input");
        check(sd_event_loop(bench.event), "the event loop");
        finish(&bench);
        return EXIT_SUCCESS;
}
