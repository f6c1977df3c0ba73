/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The listener on loopback that badgectl waits for a browser with: any process of the machine may
 * come, in any order, and hang up. The first answer that belongs to the question is taken, whole
 * and once; where a browser is led on to is told to a process of the own user alone. The bytes play
 * libmicrohttpd. */
#include <fcntl.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "ctl/browser-listener.h"
#include "ctl/peer-owner.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define PATH       "/answer"
#define QUESTION   "https://a.example/auth?response_type=code&state=xyz"
#define STATE      "xyz"
#define ELSEWHERE  "https://a.example/out?id_token_hint=secret"
#define VISITS_MAX 4

enum event {
        EVENT_COMES,
        EVENT_ASKS,
        EVENT_GOES,
        EVENTS,
};

struct visit {
        char *uri;
        void *listeners; /* what the listener keeps of it */
        bool is_here, is_own, is_asked, is_first;
};

struct MHD_Connection {
        struct visit visits[VISITS_MAX];
        size_t at;
};

struct MHD_Response {
        bool leads_on;
};

/* A second account of what may be taken. */
static struct play {
        struct fuzz_bytes bytes;
        struct MHD_Connection connections;
        MHD_AccessHandlerCallback on_request;
        void *(*on_uri)(void *userdata, const char *uri, struct MHD_Connection *connection);
        MHD_RequestCompletedCallback on_completed;
        void *userdata;
        int listen_fd, interrupt_fds[2];
        bool expects_state, leads_on;
        char *answer; /* the one that is to be taken */
        bool was_taken, was_led;
} play;

/* ---- in place of libmicrohttpd ---- */

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback policy,
                                    void *policy_userdata, MHD_AccessHandlerCallback on_request,
                                    void *userdata, ...)
{
        va_list options;
        int option;

        play.on_request = on_request;
        play.userdata = userdata;
        va_start(options, userdata);
        while ((option = va_arg(options, int)) != MHD_OPTION_END) {
                if (option == MHD_OPTION_LISTEN_SOCKET) {
                        play.listen_fd = va_arg(options, int);
                } else if (option == MHD_OPTION_CONNECTION_MEMORY_LIMIT) {
                        (void)va_arg(options, size_t);
                } else if (option == MHD_OPTION_URI_LOG_CALLBACK) {
                        play.on_uri = va_arg(
                                options, void *(*)(void *, const char *, struct MHD_Connection *));
                        FUZZ_EXPECT(va_arg(options, void *) == userdata);
                } else if (option == MHD_OPTION_NOTIFY_COMPLETED) {
                        play.on_completed = va_arg(options, MHD_RequestCompletedCallback);
                        FUZZ_EXPECT(va_arg(options, void *) == userdata);
                } else {
                        (void)va_arg(options, unsigned);
                }
        }
        va_end(options);
        return (struct MHD_Daemon *)(void *)&play;
}

static void leave(struct visit *visit, enum MHD_RequestTerminationCode how)
{
        if (!visit->is_here)
                return;
        play.on_completed(play.userdata, &play.connections, &visit->listeners, how);
        play.was_taken |= visit->is_first;
        free(visit->uri);
        *visit = (struct visit){0};
}

void MHD_stop_daemon(struct MHD_Daemon *daemon)
{
        for (size_t i = 0; i < VISITS_MAX; i++)
                leave(&play.connections.visits[i], MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN);
        (void)close(play.listen_fd);
}

const union MHD_DaemonInfo *MHD_get_daemon_info(struct MHD_Daemon *daemon,
                                                enum MHD_DaemonInfoType type, ...)
{
        static const union MHD_DaemonInfo none = {.epoll_fd = -1};

        return &none;
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType type, ...)
{
        static const union MHD_ConnectionInfo none = {.connect_fd = -1};

        return &none;
}

bool peer_is_own(int fd)
{
        return play.connections.visits[play.connections.at].is_own;
}

enum MHD_Result MHD_get_timeout(struct MHD_Daemon *daemon, MHD_UNSIGNED_LONG_LONG *timeout)
{
        *timeout = 0;
        return MHD_YES;
}

struct MHD_Response *MHD_create_response_from_buffer(size_t size, void *buffer,
                                                     enum MHD_ResponseMemoryMode mode)
{
        FUZZ_EXPECT(strlen(buffer) == size);
        return calloc(1, sizeof(struct MHD_Response));
}

enum MHD_Result MHD_add_response_header(struct MHD_Response *response, const char *name,
                                        const char *value)
{
        if (strcmp(name, MHD_HTTP_HEADER_LOCATION) == 0) {
                FUZZ_EXPECT(play.leads_on && strcmp(value, ELSEWHERE) == 0);
                response->leads_on = true;
        }
        return MHD_YES;
}

enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned status,
                                   struct MHD_Response *response)
{
        struct visit *visit = &connection->visits[connection->at];

        FUZZ_EXPECT(status >= 200 && status < 500);
        if (response->leads_on) {
                FUZZ_EXPECT(visit->is_own && !play.was_led);
                play.was_led = visit->is_first = true;
        }
        return MHD_YES;
}

void MHD_destroy_response(struct MHD_Response *response)
{
        free(response);
}

/* ---- visits ---- */

static bool state_is_ours(const char *query)
{
        static const char name[] = "state=";
        bool found = false;

        for (const char *s = query; s; s = strchr(s, '&')) {
                s += *s == '&';
                if (strncmp(s, name, strlen(name)) != 0)
                        continue;
                size_t size = strcspn(s + strlen(name), "&");
                if (size != strlen(STATE) || memcmp(s + strlen(name), STATE, size) != 0)
                        return false;
                found = true;
        }
        return found;
}

static bool is_answer(const char *uri, const char *method)
{
        const char *query = uri + strlen(PATH "?");

        return strcmp(method, "GET") == 0 && strncmp(uri, PATH "?", strlen(PATH "?")) == 0 &&
               *query && strlen(query) <= BADGED_ANSWER_MAX_BYTES &&
               (!play.expects_state || state_is_ours(query));
}

static void come(struct visit *visit)
{
        uint8_t kind = fuzz_byte(&play.bytes);
        const char *uri = fuzz_text(&play.bytes);
        int filler = kind / 2 % 2 == 1 ? BADGED_ANSWER_MAX_BYTES : 0;

        if (visit->is_here)
                return;
        visit->is_own = kind % 2 == 1;
        FUZZ_EXPECT(asprintf(&visit->uri, "%s%*s", uri, filler, "") >= 0);
        visit->is_here = true;
        visit->listeners = play.on_uri(play.userdata, visit->uri, &play.connections);
}

static void ask(struct visit *visit)
{
        static const char *const methods[] = {"GET", "POST", "HEAD"};
        const char *method = methods[fuzz_byte(&play.bytes) % ELEMENTSOF(methods)];
        size_t upload = 0;

        if (!visit->is_here || visit->is_asked) /* once for each */
                return;
        visit->is_asked = true;
        if (!play.leads_on && !play.answer && is_answer(visit->uri, method)) {
                play.answer = strdup(visit->uri + strlen(PATH "?"));
                visit->is_first = true;
        }
        (void)play.on_request(play.userdata, &play.connections, visit->uri, method, "HTTP/1.1",
                              NULL, &upload, &visit->listeners);
}

/* One event; after the last one the person interrupts. */
enum MHD_Result MHD_run(struct MHD_Daemon *daemon)
{
        enum event event = (enum event)(fuzz_byte(&play.bytes) % EVENTS);
        struct MHD_Connection *connections = &play.connections;

        connections->at = fuzz_byte(&play.bytes) % VISITS_MAX;
        struct visit *visit = &connections->visits[connections->at];
        if (event == EVENT_COMES)
                come(visit);
        else if (event == EVENT_ASKS)
                ask(visit);
        else
                leave(visit, MHD_REQUEST_TERMINATED_COMPLETED_OK);
        if (fuzz_bytes_left(&play.bytes) == 0 && play.interrupt_fds[1] >= 0) {
                (void)close(play.interrupt_fds[1]);
                play.interrupt_fds[1] = -1;
        }
        return MHD_YES;
}

static void check_end(enum listener_end end, const struct secret *query)
{
        FUZZ_EXPECT(end == LISTENER_ANSWERED || end == LISTENER_INTERRUPTED);
        FUZZ_EXPECT((end == LISTENER_ANSWERED) == play.was_taken);
        FUZZ_EXPECT(end == LISTENER_ANSWERED || !query);
        if (end == LISTENER_ANSWERED && play.leads_on)
                FUZZ_EXPECT(!query && play.was_led);
        else if (end == LISTENER_ANSWERED)
                FUZZ_EXPECT(query && strcmp(secret_bytes(query), play.answer) == 0);
}

static void wait_for_visits(void)
{
        _cleanup_(browser_listener_freep) struct browser_listener *listener = NULL;
        _cleanup_secret_ struct secret *way_on = secret_new_text(ELSEWHERE), *query = NULL;

        FUZZ_EXPECT(browser_listener_new(PATH, &listener) == 0 && way_on);
        if (play.leads_on)
                browser_listener_lead_on(listener, way_on);
        else if (play.expects_state)
                browser_listener_expect(listener, QUESTION);
        enum listener_end end = browser_listener_wait(listener, play.interrupt_fds[0], UINT64_MAX,
                                                      &query);
        check_end(end, query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        play = (struct play){.listen_fd = -1};
        fuzz_bytes_init(&play.bytes, data, size);
        uint8_t kind = fuzz_byte(&play.bytes);
        play.leads_on = kind % 4 == 3;
        play.expects_state = kind % 2 == 0;
        FUZZ_EXPECT(pipe2(play.interrupt_fds, O_CLOEXEC) == 0);
        wait_for_visits();
        (void)close(play.interrupt_fds[0]);
        if (play.interrupt_fds[1] >= 0)
                (void)close(play.interrupt_fds[1]);
        fuzz_bytes_finish(&play.bytes);
        free(play.answer);
        return 0;
}
