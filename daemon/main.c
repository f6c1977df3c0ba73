/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badged: reads the settings, opens the bus, runs the loop. The only place that knows all the
 * parts. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "bus/admin-object.h"
#include "bus/logind-calls.h"
#include "bus/safe-reply.h"
#include "bus/service-object.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "journal-bound.h"
#include "journal-chain.h"
#include "log.h"
#include "service.h"
#include "settings.h"
#include "state-care.h"
#include "state.h"
#include "tidying.h"

/* What sysexits(3) and systemd call a configuration error; the unit does not restart on it. */
#define EXIT_SETTINGS 78

/* For a bus that hangs; a good one answers at once. */
#define NAME_TIMEOUT_USEC 5000000ULL

#define SYSTEM_BUS_ADDRESS "unix:path=/run/dbus/system_bus_socket"

struct arguments {
        bool check, debug, help, version;
        const char *folder; /* NULL: the usual places */
};

static int print_help(void)
{
        puts("badged [--check] [--debug] [FOLDER]\n"
             "\n"
             "Lets people sign in by approving at their identity provider. Started by systemd.\n"
             "\n"
             "  --check    read the settings, print all that is wrong with them, and exit\n"
             "  --debug    write debug lines to standard error\n"
             "  --help     print this text\n"
             "  --version  print the version\n"
             "  FOLDER     read badged.conf from here instead of /usr/lib, /run and /etc/badged\n"
             "\n"
             "Exit codes: 0 good, 1 failure, 64 wrong arguments, 78 wrong settings. See "
             "badged(8).");
        return EXIT_SUCCESS;
}

static int parse_arguments(int argc, char **argv, struct arguments *ret_arguments)
{
        static const struct option options[] = {
                {"check", no_argument, NULL, 'c'},
                {"debug", no_argument, NULL, 'd'},
                {"help", no_argument, NULL, 'h'},
                {"version", no_argument, NULL, 'V'},
                {NULL, 0, NULL, 0},
        };
        struct arguments arguments = {0};
        int option;

        while ((option = getopt_long(argc, argv, "h", options, NULL)) >= 0)
                if (option == 'c')
                        arguments.check = true;
                else if (option == 'd')
                        arguments.debug = true;
                else if (option == 'h')
                        arguments.help = true;
                else if (option == 'V')
                        arguments.version = true;
                else
                        return -EINVAL;
        if (argc - optind > 1)
                return -EINVAL;
        arguments.folder = argv[optind];
        *ret_arguments = arguments;
        return 0;
}

/* ---- settings ---- */

static int load_settings(const struct arguments *arguments, struct settings **ret_settings)
{
        const char *const folders[] = {arguments->folder, NULL};
        _cleanup_(settings_report_finish) struct settings_report report = {0};

        int r = settings_load(arguments->folder ? folders : NULL, ret_settings, &report);
        for (size_t i = 0; i < report.n_problems; i++) {
                const struct settings_problem *problem = &report.problems[i];
                if (arguments->check)
                        puts(problem->text);
                else
                        log_line(problem->severity == SETTINGS_ERROR ? LOG_ERR : LOG_WARNING, "%s",
                                 problem->text);
        }
        return r;
}

static int check_settings(const struct arguments *arguments)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        int r = load_settings(arguments, &settings);
        if (r < 0)
                return EXIT_SETTINGS;
        printf("The settings are good: %zu provider%s, default %s.\n", settings->n_providers,
               settings->n_providers == 1 ? "" : "s", settings->default_provider);
        return EXIT_SUCCESS;
}

/* ---- the daemon ---- */

static int prepare_event(sd_event **ret_event)
{
        _cleanup_(sd_event_unrefp) sd_event *event = NULL;
        sigset_t signals;

        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGTERM);
        (void)sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;

        int r = sd_event_default(&event);
        if (r < 0)
                return r;
        /* Without a callback a signal ends the loop. */
        r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
        if (r < 0)
                return r;
        r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
        if (r < 0)
                return r;
        r = sd_event_set_watchdog(event, true);
        if (r < 0)
                return r;
        *ret_event = TAKE_PTR(event);
        return 0;
}

/* What sd_bus_open_system() does, but for one thing: nobody may send us descriptors, whose number
 * the bus counts against us. */
static int connect_bus(sd_bus **ret_bus)
{
        _cleanup_(sd_bus_unrefp) sd_bus *bus = NULL;
        const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");

        int r = sd_bus_new(&bus);
        if (r < 0)
                return r;
        r = sd_bus_set_description(bus, "badged");
        if (r < 0)
                return r;
        r = sd_bus_set_address(bus, address ? address : SYSTEM_BUS_ADDRESS);
        if (r < 0)
                return r;
        r = sd_bus_set_bus_client(bus, true);
        if (r < 0)
                return r;
        r = sd_bus_negotiate_fds(bus, false);
        if (r < 0)
                return r;
        r = sd_bus_start(bus);
        if (r < 0)
                return r;
        *ret_bus = TAKE_PTR(bus);
        return 0;
}

/* A daemon without its bus can serve nobody: it exits, and systemd starts it anew. */
static int open_bus(sd_event *event, sd_bus **ret_bus)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

        int r = connect_bus(&bus);
        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(bus, true);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0) {
                errno = -r;
                log_line(LOG_ERR, "Failed to open the system bus: %m");
                return r;
        }
        *ret_bus = TAKE_PTR(bus);
        return 0;
}

/* The objects before the name: whoever finds the name must find them too. */
static int serve(sd_event *event, struct service_object *service, struct admin_object *admin)
{
        int r = login_objects_watch(service->logins);
        if (r < 0)
                return r;
        r = token_calls_watch(service->tokens);
        if (r < 0)
                return r;
        r = check_calls_watch(service->checks);
        if (r < 0)
                return r;
        r = service_object_export(service);
        if (r < 0)
                return r;
        r = admin_object_export(admin);
        if (r < 0)
                return r;
        r = sd_bus_request_name(admin->bus, BADGED_BUS_NAME, 0);
        if (r < 0)
                return r;
        (void)sd_notify(false, "READY=1\nSTATUS=Ready for logins.");
        log_line(LOG_INFO, "badged %s is ready", PROJECT_VERSION);
        r = sd_event_loop(event);
        (void)sd_notify(false, "STOPPING=1");
        /* A lost bus ends the loop with a code of its own; only a signal is an end in order. */
        return r > 0 ? -ENOTCONN : r;
}

/* Whoever had badged started by asking for its name waits until somebody has that name: systemd
 * does not let the bus know that a start failed. An owner that leaves at once is an answer. */
static void take_name_and_leave(void)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

        if (connect_bus(&bus) < 0 || sd_bus_set_method_call_timeout(bus, NAME_TIMEOUT_USEC) < 0)
                return;
        (void)sd_bus_request_name(bus, BADGED_BUS_NAME, 0);
}

static int run(struct settings *settings)
{
        _cleanup_(sd_event_unrefp) sd_event *event = NULL;
        _cleanup_(state_freep) struct state *state = NULL;
        _cleanup_(journal_chain_freep) struct journal_chain *chain = NULL;
        _cleanup_(journal_bound_freep) struct journal_bound *bound = NULL;
        _cleanup_(tidying_freep) struct tidying *tidying = NULL;
        _cleanup_(service_freep) struct service *service = NULL;
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

        int r = prepare_event(&event);
        if (r == 0)
                r = open_bus(event, &bus);
        if (r == 0)
                r = state_new(event, state_folder(), &state);
        if (r == 0)
                r = journal_chain_new(state, &chain);
        if (r == 0)
                r = journal_bound_new(event, JOURNAL_BOUND_INTERVAL_USEC, &bound);
        if (r == 0)
                r = tidying_new(event, state, TIDYING_INTERVAL_USEC, &tidying);
        if (r < 0) {
                (void)settings_free(settings);
                return r;
        }
        state_care_resume(state);
        r = service_new(event, settings, state, &service);
        if (r < 0)
                return r;
        service_on_end_login(service, logind_call_terminate, bus);
        service_warm_up(service);

        struct login_objects logins = {.bus = bus, .service = service};
        struct token_calls tokens = {.bus = bus, .service = service};
        struct check_calls checks = {.bus = bus, .service = service};
        struct safe_replies replies = {0};
        struct service_object object = {
                .logins = &logins, .tokens = &tokens, .checks = &checks, .replies = &replies};
        struct admin_object admin = {.bus = bus, .service = service, .replies = &replies};
        r = serve(event, &object, &admin);
        service_stop(service);
        login_objects_finish(&logins);
        token_calls_finish(&tokens);
        check_calls_finish(&checks);
        admin_object_finish(&admin);
        safe_replies_finish(&replies);
        return r;
}

int main(int argc, char **argv)
{
        struct arguments arguments;
        struct settings *settings = NULL;

        if (parse_arguments(argc, argv, &arguments) < 0) {
                fputs("Try 'badged --help'.\n", stderr);
                return 64;
        }
        if (arguments.help)
                return print_help();
        if (arguments.version) {
                puts("badged " PROJECT_VERSION);
                return EXIT_SUCCESS;
        }
        if (arguments.check)
                return check_settings(&arguments);

        log_set_debug(arguments.debug);
        int r = load_settings(&arguments, &settings);
        if (r < 0) {
                log_line(LOG_ERR, "The settings are refused; nobody can sign in until they are "
                                  "mended (badged --check shows all of it)");
                take_name_and_leave();
                return EXIT_SETTINGS;
        }
        r = run(settings);
        if (r < 0) {
                errno = -r;
                log_line(LOG_ERR, "badged stops: %m");
                if (r != -EUCLEAN)
                        return EXIT_FAILURE;
                take_name_and_leave();
                return EXIT_SETTINGS;
        }
        return EXIT_SUCCESS;
}
