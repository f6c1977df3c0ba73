/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/browser-listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/bus-names.h"
#include "common/clock.h"
#include "ctl/answer-state.h"
#include "ctl/browser-page.h"
#include "ctl/peer-owner.h"

#define ADDRESS_SIZE 64

#define BACKLOG               8
#define CONNECTIONS_MAX       16u
#define CONNECTION_IDLE_SEC   10u
#define CONNECTION_MAX_BYTES  ((size_t)32 * 1024) /* request line, header, page */
#define PAGE_TIMEOUT_USEC     (2 * USEC_PER_SEC)  /* for a browser that does not read its page */
#define POLL_TIMEOUT_MAX_MSEC 1000

struct browser_listener {
        struct MHD_Daemon *http;
        const char *path;
        char address[ADDRESS_SIZE];
        char state[ANSWER_STATE_SIZE]; /* of the answer that is waited for; "": any */
        const struct secret *way_on;   /* NULL: it is an answer that is waited for */
        struct secret *query;          /* the answer; NULL: not yet */
        bool is_served;                /* by the one visit that counts */
        uint64_t page_deadline_usec;   /* when it is */
        bool page_is_sent;
};

/* One request while it lasts. */
struct visit {
        bool is_here;         /* at our path */
        struct secret *query; /* NULL: none */
        bool is_too_long, counts;
};

static struct visit *visit_free(struct visit *visit)
{
        if (!visit)
                return NULL;
        (void)secret_free(visit->query);
        free(visit);
        return NULL;
}
DEFINE_CLEANUP(struct visit *, visit_free);

/* ---- a request, in the order of events ---- */

/* The only place that sees the query as it came. */
static void *on_uri(void *userdata, const char *uri, struct MHD_Connection *connection)
{
        const struct browser_listener *listener = userdata;
        _cleanup_(visit_freep) struct visit *visit = calloc(1, sizeof(*visit));
        size_t length = strlen(listener->path);

        if (!visit)
                return NULL;
        visit->is_here = strncmp(uri, listener->path, length) == 0 &&
                         (uri[length] == '\0' || uri[length] == '?');
        if (!visit->is_here || uri[length] == '\0' || uri[length + 1] == '\0')
                return TAKE_PTR(visit);
        const char *query = uri + length + 1;
        visit->is_too_long = strlen(query) > BADGED_ANSWER_MAX_BYTES;
        if (!visit->is_too_long)
                visit->query = secret_new_text(query);
        return visit->is_too_long || visit->query ? TAKE_PTR(visit) : NULL;
}

static enum browser_page take_answer(struct browser_listener *listener, struct visit *visit)
{
        if (!visit->query && !visit->is_too_long)
                return PAGE_NOTHING_HERE;
        if (listener->is_served)
                return PAGE_ANSWERED_BEFORE;
        if (visit->is_too_long)
                return PAGE_TOO_LONG;
        if (listener->state[0] && !answer_state_is_in(listener->state, secret_bytes(visit->query)))
                return PAGE_STRANGE;
        listener->query = TAKE_PTR(visit->query);
        return PAGE_ANSWERED;
}

/* The address is a secret, and the one that leads here is in the arguments of a process. */
static enum browser_page lead_on(const struct browser_listener *listener,
                                 struct MHD_Connection *connection)
{
        const union MHD_ConnectionInfo *fd = MHD_get_connection_info(
                connection, MHD_CONNECTION_INFO_CONNECTION_FD);

        return !listener->is_served && fd && peer_is_own(fd->connect_fd) ? PAGE_LEADS_ON
                                                                         : PAGE_NOTHING_HERE;
}

/* Decides what the request is: only the first that counts is served. */
static enum browser_page listener_take(struct browser_listener *listener, struct visit *visit,
                                       struct MHD_Connection *connection, const char *method)
{
        enum browser_page page = PAGE_NOTHING_HERE;

        if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 && visit->is_here)
                page = listener->way_on ? lead_on(listener, connection)
                                        : take_answer(listener, visit);
        visit->counts = page == PAGE_ANSWERED || page == PAGE_LEADS_ON;
        if (visit->counts) {
                listener->is_served = true;
                listener->page_deadline_usec = clock_now_usec() + PAGE_TIMEOUT_USEC;
        }
        return page;
}

/* The address in the browser has a code in it: it goes to nobody else, and the page runs nothing.
 */
static enum MHD_Result send_page(const struct browser_listener *listener,
                                 struct MHD_Connection *connection, enum browser_page page)
{
        static const struct {
                const char *name, *value;
        } headers[] = {
                {MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8"},
                {MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
                {MHD_HTTP_HEADER_CONNECTION, "close"},
                {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; "
                                            "frame-ancestors 'none'; form-action 'none'"},
                {"Referrer-Policy", "no-referrer"},
                {"X-Content-Type-Options", "nosniff"},
        };
        const char *html = browser_page_html(page);
        enum MHD_Result sent = MHD_YES;

        struct MHD_Response *response = MHD_create_response_from_buffer(
                strlen(html), (void *)(uintptr_t)html, MHD_RESPMEM_PERSISTENT);
        if (!response)
                return MHD_NO;
        for (size_t i = 0; i < ELEMENTSOF(headers) && sent == MHD_YES; i++)
                sent = MHD_add_response_header(response, headers[i].name, headers[i].value);
        if (sent == MHD_YES && page == PAGE_LEADS_ON)
                sent = MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION,
                                               secret_bytes(listener->way_on));
        if (sent == MHD_YES)
                sent = MHD_queue_response(connection, browser_page_status(page), response);
        MHD_destroy_response(response);
        return sent;
}

static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection,
                                  const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **visit)
{
        /* Without memory for the visit the connection is closed, and the browser may try again. */
        if (!*visit)
                return MHD_NO;
        return send_page(userdata, connection, listener_take(userdata, *visit, connection, method));
}

static void on_completed(void *userdata, struct MHD_Connection *connection, void **visit,
                         enum MHD_RequestTerminationCode how)
{
        struct browser_listener *listener = userdata;
        _cleanup_(visit_freep) struct visit *finished = TAKE_PTR(*visit);

        if (finished && finished->counts)
                listener->page_is_sent = true;
}

/* ---- the listener ---- */

union loopback {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
};

/* A descriptor, or -errno. */
static int listen_at(union loopback *address, socklen_t size)
{
        _cleanup_close_ int fd = socket(address->any.sa_family,
                                        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0 || bind(fd, &address->any, size) < 0 || listen(fd, BACKLOG) < 0 ||
            getsockname(fd, &address->any, &size) < 0)
                return -errno;
        return TAKE_FD(fd);
}

/* Likewise; the address that others find it at is filled in. */
static int listen_here(struct browser_listener *listener)
{
        union loopback v4 = {
                .v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
        union loopback v6 = {.v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT}};

        int fd = listen_at(&v4, sizeof(v4.v4));
        if (fd >= 0) {
                (void)snprintf(listener->address, sizeof(listener->address),
                               "http://127.0.0.1:%u%s", ntohs(v4.v4.sin_port), listener->path);
                return fd;
        }
        fd = listen_at(&v6, sizeof(v6.v6));
        if (fd >= 0)
                (void)snprintf(listener->address, sizeof(listener->address), "http://[::1]:%u%s",
                               ntohs(v6.v6.sin6_port), listener->path);
        return fd;
}

int browser_listener_new(const char *path, struct browser_listener **ret_listener)
{
        _cleanup_(browser_listener_freep) struct browser_listener *listener = calloc(
                1, sizeof(*listener));
        if (!listener)
                return -ENOMEM;

        listener->path = path;
        int fd = listen_here(listener);
        if (fd < 0)
                return fd;
        /* From here on the descriptor is libmicrohttpd's, when it does not start as well. */
        listener->http = MHD_start_daemon(
                MHD_USE_EPOLL, 0, NULL, NULL, on_request, listener, MHD_OPTION_LISTEN_SOCKET, fd,
                MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                CONNECTION_IDLE_SEC, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MAX_BYTES,
                MHD_OPTION_URI_LOG_CALLBACK, on_uri, listener, MHD_OPTION_NOTIFY_COMPLETED,
                on_completed, listener, MHD_OPTION_END);
        if (!listener->http)
                return -ENOMEM;
        *ret_listener = TAKE_PTR(listener);
        return 0;
}

struct browser_listener *browser_listener_free(struct browser_listener *listener)
{
        if (!listener)
                return NULL;
        if (listener->http)
                MHD_stop_daemon(listener->http);
        (void)secret_free(listener->query);
        free(listener);
        return NULL;
}

const char *browser_listener_address(const struct browser_listener *listener)
{
        return listener->address;
}

void browser_listener_expect(struct browser_listener *listener, const char *authorization_url)
{
        answer_state_find(authorization_url, listener->state);
}

void browser_listener_lead_on(struct browser_listener *listener, const struct secret *url)
{
        listener->way_on = url;
}

/* ---- waiting ---- */

static bool is_done(const struct browser_listener *listener)
{
        return listener->is_served &&
               (listener->page_is_sent || clock_now_usec() >= listener->page_deadline_usec);
}

/* At most a second, so that deadlines are seen; none when libmicrohttpd has work to do. */
static int poll_timeout_msec(const struct browser_listener *listener)
{
        MHD_UNSIGNED_LONG_LONG msec;

        if (MHD_get_timeout(listener->http, &msec) == MHD_YES && msec < POLL_TIMEOUT_MAX_MSEC)
                return (int)msec;
        return POLL_TIMEOUT_MAX_MSEC;
}

enum listener_end browser_listener_wait(struct browser_listener *listener, int interrupt_fd,
                                        uint64_t deadline_usec, struct secret **ret_query)
{
        const union MHD_DaemonInfo *epoll = MHD_get_daemon_info(listener->http,
                                                                MHD_DAEMON_INFO_EPOLL_FD);
        if (!epoll)
                return LISTENER_FAILED;

        while (!is_done(listener)) {
                struct pollfd fds[] = {{.fd = epoll->epoll_fd, .events = POLLIN},
                                       {.fd = interrupt_fd, .events = POLLIN}};
                if (!listener->is_served && clock_now_usec() >= deadline_usec)
                        return LISTENER_LATE;
                if (poll(fds, ELEMENTSOF(fds), poll_timeout_msec(listener)) < 0 && errno != EINTR)
                        return LISTENER_FAILED;
                if (fds[1].revents != 0)
                        return LISTENER_INTERRUPTED;
                if (MHD_run(listener->http) != MHD_YES)
                        return LISTENER_FAILED;
        }
        if (ret_query)
                *ret_query = TAKE_PTR(listener->query);
        return LISTENER_ANSWERED;
}
