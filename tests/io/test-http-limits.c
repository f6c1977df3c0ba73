/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What http-client does with a server that misbehaves: it ends in time, keeps little, says what was
 * wrong, and stays fit for the next request. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/text.h"
#include "https-fixture.h"

#define SHORT_USEC      (UINT64_C(300) * 1000)
#define REQUEST_USEC    (UINT64_C(100) * 1000 * 1000)
#define MOMENT_USEC     (UINT64_C(100) * 1000)
#define MOMENTS_MAX     600
#define RESOLVER_USEC   (UINT64_C(2) * 1000 * 1000)
#define CONNECTIONS_MAX 32

struct name_server {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        bool gives_up;
        unsigned n_asked, n_ended;
};

static struct name_server silent = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                    .changed = PTHREAD_COND_INITIALIZER};

/* Keeps whoever asks until release_resolvers(). */
static void ask_in_vain(void)
{
        (void)pthread_mutex_lock(&silent.lock);
        silent.n_asked++;
        while (!silent.gives_up)
                (void)pthread_cond_wait(&silent.changed, &silent.lock);
        silent.n_ended++;
        (void)pthread_cond_broadcast(&silent.changed);
        (void)pthread_mutex_unlock(&silent.lock);
}

static bool somebody_asks(void)
{
        (void)pthread_mutex_lock(&silent.lock);
        bool is_so = silent.n_asked > 0;
        (void)pthread_mutex_unlock(&silent.lock);
        return is_so;
}

/* Returns how many had to be. */
static unsigned release_resolvers(void)
{
        (void)pthread_mutex_lock(&silent.lock);
        unsigned n_held = silent.n_asked - silent.n_ended;
        silent.gives_up = true;
        (void)pthread_cond_broadcast(&silent.changed);
        while (silent.n_ended < silent.n_asked)
                (void)pthread_cond_wait(&silent.changed, &silent.lock);
        (void)pthread_mutex_unlock(&silent.lock);
        return n_held;
}

/* Stands in front of libc's: a name server that does not answer. libcurl asks from a thread. */
__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **ret_addresses);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret_addresses)
{
        struct sockaddr_in *address;

        if (strcmp(name, "localhost") != 0) {
                ask_in_vain();
                return EAI_AGAIN;
        }
        *ret_addresses = calloc(1, sizeof(**ret_addresses) + sizeof(*address));
        if (!*ret_addresses)
                return EAI_MEMORY;
        address = (struct sockaddr_in *)(*ret_addresses + 1);
        *address = (struct sockaddr_in){.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)atoi(service)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        **ret_addresses = (struct addrinfo){.ai_family = AF_INET,
                                            .ai_socktype = SOCK_STREAM,
                                            .ai_addrlen = sizeof(*address),
                                            .ai_addr = (struct sockaddr *)address};
        return 0;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *addresses);

void freeaddrinfo(struct addrinfo *addresses)
{
        free(addresses);
}

static void assert_failed(const struct fetch *fetch, enum http_failure failure)
{
        assert_int_equal(fetch->failure, failure);
        assert_int_equal(fetch->status, 0);
        assert_null(fetch->body);
        assert_non_null(fetch->failure_text);
        assert_true(text_is_printable(fetch->failure_text));
        assert_null(strchr(fetch->failure_text, '?'));
}

static void misbehaviour_has_a_name_and_an_end(void **state)
{
        static const struct {
                const char *path;
                enum http_failure failure;
        } rows[] = {
                {"/silent?secret", HTTP_TIMEOUT},
                {"/slow?1=", HTTP_TIMEOUT},
                {"/endless", HTTP_TOO_LARGE},
                {"/endless-chunks", HTTP_TOO_LARGE},
                {"/bytes?10485760=", HTTP_TOO_LARGE},
                {"/bytes?65537=", HTTP_TOO_LARGE},
                {"/announced", HTTP_TOO_LARGE}, /* at once, by its Content-Length */
                {"/many-headers?200=", HTTP_TOO_LARGE},
                {"/large-headers?20=", HTTP_TOO_LARGE},
                {"/endless-headers", HTTP_TOO_LARGE},
                {"/endless-interim", HTTP_TOO_LARGE},
                {"/endless-line", HTTP_BROKEN},
                {"/truncated", HTTP_BROKEN},
                {"/half-closed", HTTP_BROKEN},
                {"/http-1-0-endless", HTTP_BROKEN}, /* RFC 9112 9.8 */
                {"/cut-header", HTTP_BROKEN},
                {"/cut-header-later", HTTP_BROKEN},
                {"/no-answer", HTTP_BROKEN},
                {"/http-0-9", HTTP_BROKEN},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_fetch_ struct fetch fetch = {}, after = {};
                /* Of the others each has its end from what the server sends, however slowly. */
                uint64_t usec = rows[i].failure == HTTP_TIMEOUT ? SHORT_USEC : 0;

                fetch_page(*state, "good", rows[i].path,
                           (struct http_request_spec){.request_timeout_usec = usec}, &fetch);
                if (fetch.failure != rows[i].failure)
                        fail_msg("%s: %d, %s", rows[i].path, (int)fetch.failure,
                                 fetch.failure_text ? fetch.failure_text : "answered");
                assert_failed(&fetch, rows[i].failure);
                fetch_page(*state, "good", "/ok", (struct http_request_spec){}, &after);
                assert_int_equal(after.failure, HTTP_ANSWERED);
        }
}

/* Each libcurl has its own way with it: one unpacks as far as the limit, one waits for an end that
 * it did not see, one says at once that nobody asked for it. */
static void a_bomb_that_came_unasked_is_not_taken(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/transfer-bomb",
                   (struct http_request_spec){.request_timeout_usec = SHORT_USEC}, &fetch);
        if (fetch.failure != HTTP_TIMEOUT && fetch.failure != HTTP_BROKEN)
                assert_int_equal(fetch.failure, HTTP_TOO_LARGE);
        assert_failed(&fetch, fetch.failure);
}

static void bodies_and_headers_up_to_the_limit_are_taken(void **state)
{
        static const struct {
                const char *path;
                size_t max_body_bytes, size;
        } rows[] = {
                {"/bytes?65536=", 0, 65536}, {"/bytes?100=", 100, 100},
                {"/bytes?0=", 0, 0},         {"/bytes?300000=", 512 * 1024, 300000},
                {"/many-headers?90=", 0, 2}, {"/large-headers?15=", 0, 2},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_fetch_ struct fetch fetch = {};

                fetch_page(*state, "good", rows[i].path,
                           (struct http_request_spec){.max_body_bytes = rows[i].max_body_bytes},
                           &fetch);
                assert_int_equal(fetch.failure, HTTP_ANSWERED);
                assert_int_equal(fetch.size, rows[i].size);
        }
}

static void a_body_one_byte_over_the_callers_limit_is_refused(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/bytes?101=", (struct http_request_spec){.max_body_bytes = 100},
                   &fetch);
        assert_failed(&fetch, HTTP_TOO_LARGE);
}

static void an_old_server_that_says_its_length_is_understood(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/http-1-0", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_string_equal(fetch.body, "old but whole");
}

static void an_open_ended_error_page_keeps_its_status(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/busy", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_int_equal(fetch.status, 503);
        assert_int_equal(fetch.retry_after_sec, 2);
}

static void what_was_not_asked_to_be_packed_is_not_unpacked(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/bomb", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_true(fetch.size < 20 * 1024);
        assert_memory_equal(fetch.body, "\x1f\x8b", 2);
}

static void a_port_that_never_speaks_costs_the_connect_timeout(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};
        uint64_t started = monotonic_usec();

        fetch_page(*state, "mute", "/",
                   (struct http_request_spec){.connect_timeout_usec = SHORT_USEC,
                                              .request_timeout_usec = REQUEST_USEC},
                   &fetch);
        assert_failed(&fetch, HTTP_TIMEOUT);
        assert_true(monotonic_usec() - started < REQUEST_USEC);
}

static void ports_without_tls_or_listener_are_unreachable(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch plain = {}, nobody = {};

        fetch_page(fixture, "plain", "/", (struct http_request_spec){}, &plain);
        assert_failed(&plain, HTTP_UNREACHABLE);
        fetch_start(fixture, (struct http_request_spec){.url = "https://localhost:1/"}, &nobody);
        fetch_wait(fixture, &nobody);
        assert_failed(&nobody, HTTP_UNREACHABLE);
}

static void a_silent_name_server_does_not_hold_up_the_loop(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch fetch = {}, cancelled = {};
        struct http_request_spec spec = {.url = "https://unanswered.example/",
                                         .request_timeout_usec = SHORT_USEC};

        fetch_start(fixture, spec, &cancelled);
        fetch_start(fixture, spec, &fetch);
        for (unsigned i = 0; i < MOMENTS_MAX && !somebody_asks(); i++)
                loop_run(fixture, MOMENT_USEC);
        cancelled.request = http_request_free(cancelled.request);
        fetch_wait(fixture, &fetch);
        assert_failed(&fetch, HTTP_TIMEOUT);
        client_tear_down(state);
        assert_true(release_resolvers() > 0); /* so it was not waited for */
        /* Its thread has some more to do; leave no trace of it for leak checkers. */
        usleep(RESOLVER_USEC);
}

/* More than the connections that libcurl may have to one server: those that wait in line have no
 * timeout from libcurl. */
static void requests_in_line_for_a_connection_end_in_time_too(void **state)
{
        struct https_fixture *fixture = *state;
        struct fetch fetches[CONNECTIONS_MAX + 8];
        _cleanup_free_ char *url = fixture_url(fixture, "good", "/silent");

        for (size_t i = 0; i < ELEMENTSOF(fetches); i++)
                fetch_start(fixture,
                            (struct http_request_spec){.url = url,
                                                       .request_timeout_usec = 2 * SHORT_USEC},
                            &fetches[i]);
        for (size_t i = 0; i < ELEMENTSOF(fetches); i++) {
                fetch_wait(fixture, &fetches[i]);
                assert_failed(&fetches[i], HTTP_TIMEOUT);
                fetch_finish(&fetches[i]);
        }
}

static unsigned count_open_sockets(void)
{
        char path[64];
        unsigned n_open = 0;

        for (int fd = 0; fd < 256; fd++) {
                char target[64] = "";
                snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                if (readlink(path, target, sizeof(target) - 1) > 0)
                        n_open += strncmp(target, "socket:", 7) == 0;
        }
        return n_open;
}

static void connections_to_one_server_are_limited(void **state)
{
        struct https_fixture *fixture = *state;
        struct fetch fetches[CONNECTIONS_MAX + 8];
        _cleanup_free_ char *url = fixture_url(fixture, "mute", "/");
        unsigned before = count_open_sockets();

        for (size_t i = 0; i < ELEMENTSOF(fetches); i++)
                fetch_start(fixture, (struct http_request_spec){.url = url}, &fetches[i]);
        for (unsigned i = 0; i < MOMENTS_MAX && count_open_sockets() - before < CONNECTIONS_MAX;
             i++)
                loop_run(fixture, MOMENT_USEC);
        loop_run(fixture, MOMENT_USEC); /* in which there could be one more */
        assert_int_equal(count_open_sockets() - before, CONNECTIONS_MAX);
        for (size_t i = 0; i < ELEMENTSOF(fetches); i++)
                fetch_finish(&fetches[i]);
        assert_int_equal(count_open_sockets(), before);
}

static void a_broken_proxy_address_is_not_quoted(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/ok?code=1",
                   (struct http_request_spec){.proxy = "gopher://user:word@localhost:1"}, &fetch);
        assert_true(fetch.failure != HTTP_ANSWERED);
        assert_null(strstr(fetch.failure_text, "word"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, client_set_up, client_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(misbehaviour_has_a_name_and_an_end),
                TEST(a_bomb_that_came_unasked_is_not_taken),
                TEST(bodies_and_headers_up_to_the_limit_are_taken),
                TEST(a_body_one_byte_over_the_callers_limit_is_refused),
                TEST(an_old_server_that_says_its_length_is_understood),
                TEST(an_open_ended_error_page_keeps_its_status),
                TEST(what_was_not_asked_to_be_packed_is_not_unpacked),
                TEST(a_port_that_never_speaks_costs_the_connect_timeout),
                TEST(ports_without_tls_or_listener_are_unreachable),
                TEST(a_silent_name_server_does_not_hold_up_the_loop),
                TEST(requests_in_line_for_a_connection_end_in_time_too),
                TEST(connections_to_one_server_are_limited),
                TEST(a_broken_proxy_address_is_not_quoted),
        };

        return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
