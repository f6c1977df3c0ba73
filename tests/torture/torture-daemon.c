/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/admin-object.h"
#include "bus/check-calls.h"
#include "bus/safe-reply.h"
#include "bus/service-object.h"
#include "common/cleanup.h"
#include "journal-chain.h"
#include "service.h"
#include "settings.h"
#include "torture-clock.h"

#define INTERVAL_USEC UINT64_C(1000000)

struct daemon {
        const struct torture_world *world;
        sd_event *event;
        struct state *state;
        struct journal_chain *chain;
        struct service *service;
        sd_bus *bus;
        struct login_objects logins;
        struct token_calls tokens;
        struct check_calls checks;
        struct safe_replies replies;
        struct service_object object;
        struct admin_object admin;
        sd_event_source *person;
        bool is_asked; /* the person was told where to go */
        bool is_leaping;
        enum torture_word word;
};

static void daemon_finish(struct daemon *daemon)
{
        if (daemon->service)
                service_stop(daemon->service);
        login_objects_finish(&daemon->logins);
        token_calls_finish(&daemon->tokens);
        check_calls_finish(&daemon->checks);
        safe_replies_finish(&daemon->replies);
        admin_object_finish(&daemon->admin);
        sd_event_source_disable_unref(daemon->person);
        sd_bus_close_unref(daemon->bus);
        (void)service_free(daemon->service);
        (void)journal_chain_free(daemon->chain);
        (void)state_free(daemon->state);
        sd_event_unref(daemon->event);
}

static int open_bus(sd_event *event, sd_bus **ret_bus)
{
        _cleanup_(sd_bus_close_unrefp) sd_bus *bus = NULL;

        int r = sd_bus_new(&bus);
        if (r >= 0)
                r = sd_bus_set_address(bus, getenv("DBUS_SYSTEM_BUS_ADDRESS"));
        if (r >= 0)
                r = sd_bus_set_bus_client(bus, true);
        if (r >= 0)
                r = sd_bus_negotiate_fds(bus, false);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL);
        if (r < 0)
                return r;
        *ret_bus = TAKE_PTR(bus);
        return 0;
}

/* What is opened here fails in torture-state.c and torture-settings.c. */
static int open_settled(struct daemon *daemon, struct settings **ret_settings)
{
        const char *folder = torture_folder_path(daemon->world->folder);
        const char *const folders[] = {folder, NULL};
        _cleanup_(settings_report_finish) struct settings_report report = {0};

        torture_folder_put_back(daemon->world->folder);
        torture_pause(true);
        int r = sd_event_new(&daemon->event);
        if (r >= 0)
                r = state_new(daemon->event, folder, &daemon->state);
        if (r >= 0)
                r = settings_load(folders, ret_settings, &report);
        torture_pause(false);
        return r;
}

static int open_service(struct daemon *daemon)
{
        struct settings *settings = NULL;

        int r = open_settled(daemon, &settings);
        if (r < 0)
                return r;
        r = service_new(daemon->event, settings, daemon->state, &daemon->service);
        return r < 0 ? r : journal_chain_new(daemon->state, &daemon->chain);
}

/* Once the person waits, the provider's interval is over: nobody has to sleep. */
static int on_person(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct daemon *daemon = userdata;
        char byte = 0;

        if (recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
                return -EIO;
        if (byte == WORD_WAITS)
                daemon->is_leaping = true;
        else
                daemon->word = (enum torture_word)byte;
        return 0;
}

static int export(struct daemon *daemon)
{
        sd_bus *bus = daemon->bus;
        struct service *service = daemon->service;

        daemon->logins = (struct login_objects){.bus = bus, .service = service};
        daemon->tokens = (struct token_calls){.bus = bus, .service = service};
        daemon->checks = (struct check_calls){.bus = bus, .service = service};
        daemon->object = (struct service_object){.logins = &daemon->logins,
                                                 .tokens = &daemon->tokens,
                                                 .checks = &daemon->checks,
                                                 .replies = &daemon->replies};
        daemon->admin = (struct admin_object){
                .bus = bus, .service = service, .replies = &daemon->replies};
        int r = login_objects_watch(&daemon->logins);
        if (r >= 0)
                r = token_calls_watch(&daemon->tokens);
        if (r >= 0)
                r = check_calls_watch(&daemon->checks);
        if (r >= 0)
                r = service_object_export(&daemon->object);
        return r < 0 ? r : admin_object_export(&daemon->admin);
}

static int start(struct daemon *daemon)
{
        const char *name;

        int r = open_service(daemon);
        if (r >= 0)
                r = open_bus(daemon->event, &daemon->bus);
        if (r < 0)
                return r;
        service_warm_up(daemon->service);
        r = export(daemon);
        if (r >= 0)
                r = sd_bus_get_unique_name(daemon->bus, &name);
        if (r >= 0)
                r = sd_event_add_io(daemon->event, &daemon->person, daemon->world->person.fd,
                                    EPOLLIN, on_person, daemon);
        if (r < 0)
                return r;
        daemon->is_asked = send(daemon->world->person.fd, name, strlen(name), MSG_NOSIGNAL) > 0;
        return daemon->is_asked ? 0 : -EIO;
}

static int serve(struct daemon *daemon)
{
        struct torture_patience patience = {0};
        int r = start(daemon);

        while (r >= 0 && daemon->word == 0) {
                if (daemon->is_leaping)
                        torture_clock_advance(2 * INTERVAL_USEC);
                daemon->is_leaping = false;
                r = torture_clock_run(daemon->event, &patience);
        }
        return r;
}

/* ---- the visit ---- */

/* What the daemon says meanwhile is the same again and again; it writes to standard error. */
static int hush(void)
{
        _cleanup_close_ int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

        if (nowhere >= 0 && kept >= 0 && !getenv("TORTURE_ONLY"))
                (void)dup2(nowhere, STDERR_FILENO);
        return kept;
}

static void unhush(int kept)
{
        (void)dup2(kept, STDERR_FILENO);
        (void)close(kept);
}

/* A person who is left alone by a daemon that ended gets an error from the bus, and says so. */
enum torture_word torture_daemon_visit(const struct torture_world *world)
{
        struct daemon daemon = {.world = world};
        char byte = 0;

        int kept = hush();
        (void)serve(&daemon);
        daemon_finish(&daemon);
        unhush(kept);
        while (daemon.is_asked && (daemon.word == 0 || daemon.word == WORD_WAITS) &&
               recv(world->person.fd, &byte, 1, 0) == 1)
                daemon.word = (enum torture_word)byte;
        return daemon.word == 0 ? WORD_ERROR : daemon.word;
}
