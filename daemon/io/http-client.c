/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "io/http-process.h"
#include "io/http-transfer.h"

#define REQUEST_TIMEOUT_USEC   (UINT64_C(15) * 1000 * 1000)
#define TIMER_ACCURACY_USEC    1 /* 0 would mean sd-event's own: 250 ms */
#define DEADLINE_ACCURACY_USEC (10 * 1000)
#define HOST_CONNECTIONS_MAX   32L /* to one server; further requests wait for one */
#define IDLE_CONNECTIONS_MAX   16L

struct http_request {
        struct http_client *client; /* NULL when answered, or when the client has gone */
        LIST_ENTRY(http_request) siblings;
        struct http_transfer *transfer;
        struct sd_event_source *deadline;
        bool is_last_try;
        http_on_answer on_answer;
        void *userdata;
};

struct http_client {
        struct sd_event *event;
        struct sd_event_source *timer;
        struct sd_event_source *soon; /* a timer without time */
        CURLM *multi;
        bool delivering; /* then whoever delivers frees what is left: the memory of this struct */
        LIST_HEAD(, http_request) pending;
};

static struct http_transfer *request_detach(struct http_request *request)
{
        struct http_transfer *transfer = TAKE_PTR(request->transfer);

        LIST_REMOVE(request, siblings);
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): attached requests have a client */
        (void)curl_multi_remove_handle(request->client->multi, http_transfer_easy(transfer));
        request->deadline = sd_event_source_disable_unref(request->deadline);
        request->client = NULL;
        return transfer;
}

/* The callback may free the request and the client: neither is touched after it. */
static void request_finish(struct http_request *request, CURLcode code)
{
        struct http_answer answer;
        _cleanup_(http_transfer_freep) struct http_transfer *transfer = request_detach(request);

        http_transfer_finish(transfer, code, &answer);
        request->on_answer(&answer, request->userdata);
}

/* What 7.88 says of requests on an HTTP/2 connection that ended: refused, or not answered. */
static bool stream_is_lost(CURLcode code)
{
        return code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || code == CURLE_PARTIAL_FILE;
}

/* libcurl sends again by itself what a kept connection swallowed, but of all that was on an HTTP/2
 * connection only one, and nothing that a server refused by leaving (GOAWAY, RFC 9113 section 6.8).
 */
static bool request_try_again(struct http_request *request, CURLcode code)
{
        CURL *easy = http_transfer_easy(request->transfer);
        long new_connections = 0, header_bytes = 0;

        (void)curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new_connections);
        (void)curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header_bytes);
        if (!stream_is_lost(code) || request->is_last_try || new_connections > 0 ||
            header_bytes > 0)
                return false;
        request->is_last_try = true;
        (void)curl_multi_remove_handle(request->client->multi, easy);
        return curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
               curl_multi_add_handle(request->client->multi, easy) == CURLM_OK;
}

static void client_deliver(struct http_client *client)
{
        CURLMsg *message;
        int left;

        client->delivering = true;
        while (client->multi && (message = curl_multi_info_read(client->multi, &left))) {
                struct http_request *request = NULL;

                if (message->msg != CURLMSG_DONE)
                        continue;
                /* Whose answer nobody knows, that request ends with its deadline. */
                if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request) != CURLE_OK)
                        continue;
                CURLcode code = message->data.result;
                if (!request_try_again(request, code))
                        request_finish(request, code);
        }
        client->delivering = false;
        if (!client->multi)
                free(client);
}

static int on_soon(struct sd_event_source *source, void *userdata)
{
        struct http_client *client = userdata;
        int running;

        (void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        client_deliver(client);
        return 0;
}

static int on_timer(struct sd_event_source *source, uint64_t usec, void *userdata)
{
        return on_soon(source, userdata);
}

static int on_socket(struct sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        struct http_client *client = userdata;
        int running, events = 0;

        if (revents & (EPOLLIN | EPOLLHUP))
                events |= CURL_CSELECT_IN;
        if (revents & EPOLLOUT)
                events |= CURL_CSELECT_OUT;
        if (revents & EPOLLERR)
                events |= CURL_CSELECT_ERR;
        (void)curl_multi_socket_action(client->multi, fd, events, &running);
        client_deliver(client);
        return 0;
}

static int on_deadline(struct sd_event_source *source, uint64_t usec, void *userdata)
{
        request_finish(userdata, CURLE_OPERATION_TIMEDOUT);
        return 0;
}

static int socket_watch(struct http_client *client, int fd, uint32_t events)
{
        struct sd_event_source *source = NULL;

        int r = sd_event_add_io(client->event, &source, fd, events, on_socket, client);
        if (r < 0)
                return r;
        if (curl_multi_assign(client->multi, fd, source) == CURLM_OK)
                return 0;
        sd_event_source_disable_unref(source);
        return -EIO;
}

/* libcurl tells what it waits for. Always returns 0: anything else would make the multi handle
 * useless for ever, while a socket that is not watched costs one request its deadline. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int action, void *userdata,
                            void *socket_data)
{
        struct http_client *client = userdata;
        struct sd_event_source *source = socket_data;
        uint32_t events = 0;

        if (action == CURL_POLL_REMOVE) {
                (void)curl_multi_assign(client->multi, fd, NULL);
                sd_event_source_disable_unref(source);
                return 0;
        }
        if (action == CURL_POLL_IN || action == CURL_POLL_INOUT)
                events |= EPOLLIN;
        if (action == CURL_POLL_OUT || action == CURL_POLL_INOUT)
                events |= EPOLLOUT;
        if (source)
                (void)sd_event_source_set_io_events(source, events);
        else
                (void)socket_watch(client, fd, events);
        return 0;
}

static uint64_t now_usec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Not relative to the loop's own time, which is that of the wake-up: libcurl does not ask again for
 * a timer that fired too early. Most of its timers are for at once: those need no timerfd. */
static int on_timer_wanted(CURLM *multi, long timeout_msec, void *userdata)
{
        struct http_client *client = userdata;

        if (timeout_msec > 0)
                (void)sd_event_source_set_time(client->timer,
                                               now_usec() + (uint64_t)timeout_msec * 1000);
        (void)sd_event_source_set_enabled(client->timer,
                                          timeout_msec > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(client->soon,
                                          timeout_msec == 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
        return 0;
}

static int client_set_up(struct http_client *client)
{
        unsigned bad = CURLM_OK;

        client->multi = curl_multi_init();
        if (!client->multi)
                return -ENOMEM;
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION,
                                           on_socket_wanted);
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                                           HOST_CONNECTIONS_MAX);
        bad |= (unsigned)curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS,
                                           IDLE_CONNECTIONS_MAX);
        if (bad != CURLM_OK)
                return -EIO;
        int r = sd_event_add_time(client->event, &client->timer, CLOCK_BOOTTIME, UINT64_MAX,
                                  TIMER_ACCURACY_USEC, on_timer, client);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(client->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_add_defer(client->event, &client->soon, on_soon, client);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(client->soon, SD_EVENT_OFF);
}

struct http_client *http_client_free(struct http_client *client)
{
        if (!client)
                return NULL;
        while (!LIST_EMPTY(&client->pending))
                http_transfer_free(request_detach(LIST_FIRST(&client->pending)));
        curl_multi_cleanup(client->multi);
        client->multi = NULL;
        sd_event_source_disable_unref(client->timer);
        sd_event_source_disable_unref(client->soon);
        sd_event_unref(client->event);
        if (!client->delivering)
                free(client);
        http_process_finish();
        return NULL;
}

int http_client_new(struct sd_event *event, struct http_client **ret_client)
{
        int r = http_process_init();
        if (r < 0)
                return r;
        struct http_client *allocated = calloc(1, sizeof(*allocated));
        if (!allocated) {
                http_process_finish();
                return -ENOMEM;
        }

        _cleanup_(http_client_freep) struct http_client *client = allocated;
        LIST_INIT(&client->pending);
        client->event = sd_event_ref(event);
        r = client_set_up(client);
        if (r < 0)
                return r;
        *ret_client = TAKE_PTR(client);
        return 0;
}

struct http_request *http_request_free(struct http_request *request)
{
        if (!request)
                return NULL;
        if (request->client)
                http_transfer_free(request_detach(request));
        http_transfer_free(request->transfer);
        free(request);
        return NULL;
}

/* libcurl has a timeout of its own, but not for a request that still waits for a connection. */
static int deadline_start(struct http_request *request, struct http_client *client,
                          uint64_t timeout_usec)
{
        return sd_event_add_time(client->event, &request->deadline, CLOCK_BOOTTIME,
                                 now_usec() + (timeout_usec ? timeout_usec : REQUEST_TIMEOUT_USEC),
                                 DEADLINE_ACCURACY_USEC, on_deadline, request);
}

int http_request_new(struct http_client *client, const struct http_request_spec *spec,
                     http_on_answer on_answer, void *userdata, struct http_request **ret_request)
{
        int running;
        _cleanup_(http_request_freep) struct http_request *request = calloc(1, sizeof(*request));
        if (!request)
                return -ENOMEM;
        request->is_last_try = spec->is_sent_once;
        request->on_answer = on_answer;
        request->userdata = userdata;

        int r = http_transfer_new(spec, &request->transfer);
        if (r < 0)
                return r;
        CURL *easy = http_transfer_easy(request->transfer);
        if (curl_easy_setopt(easy, CURLOPT_PRIVATE, request) != CURLE_OK ||
            curl_multi_add_handle(client->multi, easy) != CURLM_OK)
                return -EIO;
        LIST_INSERT_HEAD(&client->pending, request, siblings);
        request->client = client;

        r = deadline_start(request, client, spec->request_timeout_usec);
        if (r < 0)
                return r;
        /* On its way now: what the caller does next on the bus, it does while the server works. The
         * answer waits for the loop. */
        (void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        (void)sd_event_source_set_enabled(client->soon, SD_EVENT_ONESHOT);
        *ret_request = TAKE_PTR(request);
        return 0;
}
