/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole login while memory is short: settings from files, the service, the objects on a private
 * bus, a provider behind TLS. Bob's approval never lets alice in. badged's main.c is not in it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus-fixture.h"
#include "bus/admin-object.h"
#include "bus/safe-reply.h"
#include "bus/service-object.h"
#include "common/cleanup.h"
#include "log.h"
#include "own-folder.h"
#include "service.h"
#include "settings.h"
#include "state.h"
#include "torture-clock.h"
#include "torture-person.h"
#include "torture-provider.h"
#include "torture.h"

/* A store is made for each failure: a disk would take its time. */
#define FOLDER_IN_MEMORY "/dev/shm/badged-torture-XXXXXX"
#define FOLDER_ON_DISK   "/tmp/badged-torture-XXXXXX"

#define INTERVAL_USEC UINT64_C(1000000)

struct world {
        struct torture_provider provider;
        struct bus_fixture bus;
        char folder[sizeof(FOLDER_IN_MEMORY)];
        struct torture_person person;
};

/* ---- what is there before ---- */

static bool write_settings(const struct world *world)
{
        _cleanup_free_ char *text = NULL;

        if (asprintf(&text,
                     "[badged]\nmax_logins_per_minute = 100000\n"
                     "[provider corp]\nissuer = %s\nclient_id = linux-login\n"
                     "client_auth = client_secret_basic\nclient_secret_file = corp.secret\n"
                     "ca_file = %s\n[accounts]\nusername_claim = preferred_username\n",
                     world->provider.issuer, world->provider.fixture->ca_file) < 0)
                return false;
        const struct own_file settings = {"badged.conf", text, 0},
                              secret = {"corp.secret", "s3cret\n", 0600};
        return own_file_write(world->folder, &settings) && own_file_write(world->folder, &secret);
}

static void *prepare(const char *who_approves, enum torture_visit visit)
{
        struct world *world = calloc(1, sizeof(*world));

        if (!world || !torture_provider_start(&world->provider, who_approves))
                return NULL;
        (void)strcpy(world->folder,
                     access("/dev/shm", W_OK) == 0 ? FOLDER_IN_MEMORY : FOLDER_ON_DISK);
        if (!own_folder_make(world->folder) || !write_settings(world))
                return NULL;
        bus_fixture_start(&world->bus, NULL, NULL);
        return torture_person_start(&world->person, visit) ? world : NULL;
}

static void *prepare_alice(void)
{
        return prepare("alice", VISIT_LOGIN);
}

static void *prepare_bob(void)
{
        return prepare("bob", VISIT_LOGIN);
}

static void *prepare_admin(void)
{
        return prepare("alice", VISIT_ADMIN);
}

static void release(void *prepared)
{
        struct world *world = prepared;

        torture_person_stop(&world->person);
        bus_fixture_stop(&world->bus);
        own_folder_remove(world->folder);
        torture_provider_stop(&world->provider);
        free(world);
}

/* ---- the daemon, as main.c puts it together ---- */

struct daemon {
        const struct world *world;
        sd_event *event;
        struct state *state;
        struct service *service;
        sd_bus *bus;
        struct login_objects logins;
        struct token_calls tokens;
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
        safe_replies_finish(&daemon->replies);
        admin_object_finish(&daemon->admin);
        sd_event_source_disable_unref(daemon->person);
        sd_bus_close_unref(daemon->bus);
        (void)service_free(daemon->service);
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

/* Each time anew. */
static int open_state(struct daemon *daemon)
{
        static const char *const names[] = {"store", "store-wal", "store.key", "store.count",
                                            "store.objection"};
        char path[PATH_MAX];

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", daemon->world->folder, names[i]);
                (void)unlink(path);
        }
        return state_new(daemon->event, daemon->world->folder, &daemon->state);
}

static int open_service(struct daemon *daemon)
{
        const char *const folders[] = {daemon->world->folder, NULL};
        _cleanup_(settings_report_finish) struct settings_report report = {0};
        struct settings *settings = NULL;

        int r = settings_load(folders, &settings, &report);
        return r < 0 ? r : service_new(daemon->event, settings, daemon->state, &daemon->service);
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
        daemon->object = (struct service_object){
                .logins = &daemon->logins, .tokens = &daemon->tokens, .replies = &daemon->replies};
        daemon->admin = (struct admin_object){
                .bus = bus, .service = service, .replies = &daemon->replies};
        int r = login_objects_watch(&daemon->logins);
        if (r >= 0)
                r = token_calls_watch(&daemon->tokens);
        if (r >= 0)
                r = service_object_export(&daemon->object);
        return r < 0 ? r : admin_object_export(&daemon->admin);
}

static int start(struct daemon *daemon)
{
        const char *name;

        int r = sd_event_new(&daemon->event);
        if (r >= 0)
                r = open_state(daemon);
        if (r >= 0)
                r = open_service(daemon);
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

/* ---- how it ended ---- */

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
static enum torture_word run(const struct world *world)
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

/* Which word is right, and which would be worse than an error. */
static enum torture_end judge(enum torture_word word, enum torture_word right, const char *wrong)
{
        if (word == right)
                return TORTURE_DONE;
        return strchr(wrong, (char)word) ? TORTURE_WRONG : TORTURE_SHORT;
}

static enum torture_end run_granted(const void *prepared)
{
        return judge(run(prepared), WORD_GRANTED, "w");
}

static enum torture_end run_refused(const void *prepared)
{
        return judge(run(prepared), WORD_REFUSED, "gbw");
}

static enum torture_end run_administered(const void *prepared)
{
        return judge(run(prepared), WORD_GRANTED, "rbw");
}

static const struct torture_case cases[] = {
        {"alice_logs_in", run_granted, prepare_alice, release, 300, 13},
        {"bob_never_lets_alice_in", run_refused, prepare_bob, release, 300, 11},
        {"badgectl_is_answered", run_administered, prepare_admin, release, 300, 29},
};
const struct torture_cases torture_login_cases = {cases, ELEMENTSOF(cases)};
