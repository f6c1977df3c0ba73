/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As many people as the load tests want, in one process: asynchronous calls, a hundred logins on
 * each connection to the bus. tests/load/people.py tells it what to do, a line at a time on
 * standard input:
 *
 *      load-logins ACCOUNT
 *      start COUNT AT-ONCE     "code NSEC" for each that gets its code, then "start"
 *      wait SPREAD-USEC        somebody waits for each of them, evenly spread, then "wait"
 *      end                     when all have their verdict: "OUTCOME NUMBER" for each, then "end"
 *      scan COUNT PAUSE-USEC   logins of invented names, in that rhythm: "refused NUMBER",
 *                              "other NUMBER", then "scan"
 *
 * Whoever has no verdict when standard input ends is hung up on. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "common/bus-names.h"
#include "common/bus-peer.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "measure.h"

/* The bus lets a connection wait for 128 replies, and a user have 256 connections. */
#define LOGINS_OF_A_CONNECTION 100
#define LOGINS_MAX             20000
#define CONNECTIONS_MAX        (LOGINS_MAX / LOGINS_OF_A_CONNECTION)
#define SCANS_AT_ONCE          100
#define CALL_TIMEOUT_USEC      (60 * UINT64_C(1000000))
#define WAIT_TIMEOUT_USEC      (1800 * UINT64_C(1000000))

struct load_login {
        struct load *load;
        uint64_t begin_nsec;
        char *path; /* of the object; NULL until the code came */
        bool is_waited_for;
};

struct load {
        sd_event *event;
        sd_bus *buses[CONNECTIONS_MAX];
        sd_bus *scanner;
        const char *account;
        struct load_login logins[LOGINS_MAX];
        unsigned n;
        unsigned outstanding; /* replies */
        unsigned granted, refused, other;
};

static void check(int r, const char *what)
{
        if (r < 0)
                measure_give_up(what, strerror(-r));
}

static sd_bus *open_bus(struct load *load)
{
        sd_bus *bus = NULL;

        check(sd_bus_open_system(&bus), "the system bus");
        check(sd_bus_attach_event(bus, load->event, SD_EVENT_PRIORITY_NORMAL), "the event loop");
        return bus;
}

static sd_bus *bus_of(struct load *load, const struct load_login *login)
{
        sd_bus **bus = &load->buses[(login - load->logins) / LOGINS_OF_A_CONNECTION];

        if (!*bus)
                *bus = open_bus(load);
        return *bus;
}

/* Runs the loop until not more than so many replies are outstanding. */
static void drain(struct load *load, unsigned outstanding)
{
        while (load->outstanding > outstanding)
                check(sd_event_run(load->event, UINT64_MAX), "the event loop");
}

/* Runs the loop until that time. */
static void pace(struct load *load, uint64_t until_nsec)
{
        for (uint64_t now = measure_now_nsec(); now < until_nsec; now = measure_now_nsec())
                check(sd_event_run(load->event, (until_nsec - now) / NSEC_PER_USEC),
                      "the event loop");
}

static void start_login(struct load *load, sd_bus *bus, const char *account,
                        sd_bus_message_handler_t on_reply, void *userdata)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        check(sd_bus_message_new_method_call(bus, &call, BADGED_BUS_NAME, BADGED_PATH,
                                             BADGED_INTERFACE, "StartLogin"),
              "StartLogin");
        check(sd_bus_message_append(call, "ssa{sv}", account, "sshd", 3, "qr", "s", "utf8",
                                    "columns", "u", 80, "lines", "u", 24),
              "StartLogin");
        check(sd_bus_call_async(bus, NULL, call, on_reply, userdata, CALL_TIMEOUT_USEC),
              "StartLogin");
        load->outstanding++;
}

/* ---- start ---- */

static int on_code(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct load_login *login = userdata;
        const char *path = NULL;

        login->load->outstanding--;
        if (sd_bus_message_is_method_error(reply, NULL) > 0)
                measure_give_up("StartLogin", sd_bus_message_get_error(reply)->message);
        check(sd_bus_message_read(reply, "o", &path), "the reply to StartLogin");
        measure_print("code", measure_now_nsec() - login->begin_nsec);
        login->path = strdup(path);
        check(login->path ? 0 : -ENOMEM, "StartLogin");
        return 0;
}

static void start(struct load *load, unsigned count, unsigned at_once)
{
        if (count > LOGINS_MAX - load->n || at_once == 0 || at_once > LOGINS_OF_A_CONNECTION)
                measure_give_up("start", "not so many");
        for (unsigned i = 0; i < count; i++) {
                struct load_login *login = &load->logins[load->n++];

                *login = (struct load_login){.load = load, .begin_nsec = measure_now_nsec()};
                start_login(load, bus_of(load, login), load->account, on_code, login);
                drain(load, at_once - 1);
        }
        drain(load, 0);
}

/* ---- wait, end ---- */

static int on_verdict(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct load *load = userdata;
        enum login_outcome outcome;
        const char *word = NULL;

        load->outstanding--;
        if (sd_bus_message_is_method_error(reply, NULL) > 0)
                measure_give_up("Wait", sd_bus_message_get_error(reply)->message);
        check(sd_bus_message_read(reply, "s", &word), "the reply to Wait");
        check(login_outcome_from_word(word, &outcome), "the outcome");
        if (outcome == LOGIN_GRANTED)
                load->granted++;
        else
                load->other++;
        return 0;
}

static void send_wait(struct load *load, struct load_login *login)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        check(sd_bus_message_new_method_call(bus_of(load, login), &call, BADGED_BUS_NAME,
                                             login->path, BADGED_LOGIN_INTERFACE, "Wait"),
              "Wait");
        check(sd_bus_call_async(bus_of(load, login), NULL, call, on_verdict, load,
                                WAIT_TIMEOUT_USEC),
              "Wait");
        check(sd_bus_flush(bus_of(load, login)), "Wait");
        login->is_waited_for = true;
        load->outstanding++;
}

static void wait_for_all(struct load *load, uint64_t spread_usec)
{
        uint64_t begin_nsec = measure_now_nsec();

        for (unsigned i = 0; i < load->n; i++) {
                pace(load, begin_nsec + spread_usec * NSEC_PER_USEC * i / load->n);
                if (!load->logins[i].is_waited_for)
                        send_wait(load, &load->logins[i]);
        }
}

static void print_count(const char *label, unsigned *count)
{
        measure_print(label, *count);
        *count = 0;
}

static void end(struct load *load)
{
        drain(load, 0);
        print_count("granted", &load->granted);
        print_count("other", &load->other);
}

/* ---- scan ---- */

static int on_scan(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct load *load = userdata;

        load->outstanding--;
        if (sd_bus_message_is_method_error(reply, BADGED_ERROR_REFUSED) > 0)
                load->refused++;
        else
                load->other++;
        return 0;
}

static void scan(struct load *load, unsigned count, uint64_t pause_usec)
{
        uint64_t begin_nsec = measure_now_nsec();

        load->scanner = load->scanner ? load->scanner : open_bus(load);
        for (unsigned i = 0; i < count; i++) {
                char account[32];

                (void)snprintf(account, sizeof(account), "invented%u", i);
                pace(load, begin_nsec + i * pause_usec * NSEC_PER_USEC);
                start_login(load, load->scanner, account, on_scan, load);
                drain(load, SCANS_AT_ONCE - 1);
        }
        drain(load, 0);
        measure_print("took", measure_now_nsec() - begin_nsec);
        print_count("refused", &load->refused);
        print_count("other", &load->other);
}

/* ---- */

static void obey(struct load *load, const char *line)
{
        unsigned count, number;

        if (sscanf(line, "start %u %u", &count, &number) == 2)
                start(load, count, number);
        else if (sscanf(line, "wait %u", &number) == 1)
                wait_for_all(load, number);
        else if (strcmp(line, "end\n") == 0)
                end(load);
        else if (sscanf(line, "scan %u %u", &count, &number) == 2)
                scan(load, count, number);
        else
                measure_give_up(line, "no such command");
        (void)printf("%.*s\n", (int)strcspn(line, " \n"), line);
        (void)fflush(stdout);
}

static void finish(struct load *load)
{
        for (unsigned i = 0; i < load->n; i++)
                free(load->logins[i].path);
        for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
                sd_bus_close_unref(load->buses[i]);
        sd_bus_close_unref(load->scanner);
        sd_event_unref(load->event);
        free(load);
}

int main(int argc, char **argv)
{
        struct load *load = calloc(1, sizeof(*load));
        char line[64];

        if (argc != 2 || !load)
                measure_give_up("load-logins", "read its first lines for the arguments");
        load->account = argv[1];
        check(sd_event_new(&load->event), "the event loop");
        while (fgets(line, sizeof(line), stdin))
                obey(load, line);
        finish(load);
        return EXIT_SUCCESS;
}
