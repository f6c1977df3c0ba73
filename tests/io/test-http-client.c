/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What http-client does with a server that behaves: what is sent, what is handed over, what is
 * kept, and what cancelling means. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "https-fixture.h"

#define WARM_REQUESTS 200
#define QUIET_TRIES   20

static void get_hands_over_status_type_and_body(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/ok", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_null(fetch.failure_text);
        assert_int_equal(fetch.status, 200);
        assert_string_equal(fetch.content_type, "text/plain");
        assert_string_equal(fetch.body, "ok");
        assert_int_equal(fetch.retry_after_sec, 0);
        assert_int_equal(fetch.max_age_sec, 0);
}

static void get_sends_no_more_than_it_must(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/echo?a=b", (struct http_request_spec){}, &fetch);
        assert_memory_equal(fetch.body, "GET /echo?a=b HTTP/1.1\r\n", 24);
        assert_non_null(strstr(fetch.body, "\r\nUser-Agent: badged/" PROJECT_VERSION "\r\n"));
        assert_null(strcasestr(fetch.body, "\r\nAccept-Encoding:"));
        assert_null(strcasestr(fetch.body, "\r\nAuthorization:"));
        assert_null(strcasestr(fetch.body, "\r\nCookie:"));
}

static void post_sends_form_authorization_and_accept(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};
        _cleanup_secret_ struct secret *form = secret_new_text("client_id=x&scope=a+b");
        _cleanup_secret_ struct secret *authorization = secret_new_text("Basic eDp5");
        struct http_request_spec spec = {
                .form = form, .authorization = authorization, .accept = "application/json"};

        fetch_page(*state, "good", "/echo", spec, &fetch);
        assert_memory_equal(fetch.body, "POST /echo HTTP/1.1\r\n", 21);
        assert_non_null(
                strstr(fetch.body, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
        assert_non_null(strstr(fetch.body, "\r\nAuthorization: Basic eDp5\r\n"));
        assert_non_null(strstr(fetch.body, "\r\nAccept: application/json\r\n"));
        assert_non_null(strstr(fetch.body, "\r\n\r\nclient_id=x&scope=a+b"));
}

static void the_spec_may_go_as_soon_as_the_request_is_made(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch fetch = {};
        char *url = fixture_url(fixture, "good", "/echo");
        struct secret *form = secret_new_text("short=lived");
        struct secret *authorization = secret_new_text("Bearer short-lived");

        fetch_start(fixture,
                    (struct http_request_spec){
                            .url = url, .form = form, .authorization = authorization},
                    &fetch);
        memset(url, 'x', strlen(url));
        free(url);
        secret_free(form);
        secret_free(authorization);
        fetch_wait(fixture, &fetch);
        assert_non_null(strstr(fetch.body, "\r\nAuthorization: Bearer short-lived\r\n"));
        assert_non_null(strstr(fetch.body, "\r\n\r\nshort=lived"));
}

static void header_lines_cannot_be_smuggled_in(void **state)
{
        struct https_fixture *fixture = *state;
        static const char *const values[] = {"Bearer a\r\nX-Evil: 1", "Bearer a\n", "Bearer \x7f"};
        struct http_request *request = NULL;

        for (size_t i = 0; i < ELEMENTSOF(values); i++) {
                _cleanup_secret_ struct secret *value = secret_new_text(values[i]);
                struct http_request_spec spec = {.url = "https://localhost/",
                                                 .authorization = value};
                assert_int_equal(http_request_new(fixture->client, &spec, NULL, NULL, &request),
                                 -EINVAL);
        }
        _cleanup_secret_ struct secret *cut = secret_new("Bearer a\0b", 10);
        struct http_request_spec spec = {.url = "https://localhost/", .authorization = cut};
        assert_int_equal(http_request_new(fixture->client, &spec, NULL, NULL, &request), -EINVAL);
        assert_null(request);
}

static void rfc8628_2_only_https_addresses_are_taken(void **state)
{
        struct https_fixture *fixture = *state;
        static const char *const urls[] = {"http://localhost/", "file:///etc/passwd", "localhost",
                                           "https://user:word@localhost/", ""};
        struct http_request *request = NULL;

        for (size_t i = 0; i < ELEMENTSOF(urls); i++) {
                struct http_request_spec spec = {.url = urls[i]};
                assert_int_equal(http_request_new(fixture->client, &spec, NULL, NULL, &request),
                                 -EINVAL);
        }
        assert_null(request);
}

static void an_error_status_is_an_answer(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good",
                   "/header?status=429+Slow+down&Retry-After=7&Cache-Control=max-age%3D600",
                   (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_int_equal(fetch.status, 429);
        assert_int_equal(fetch.retry_after_sec, 7);
        assert_int_equal(fetch.max_age_sec, 600);
        assert_string_equal(fetch.body, "ok");
}

static void the_content_type_comes_without_control_characters(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/header?status=200+OK&Content-Type=a/b%1b[31m",
                   (struct http_request_spec){}, &fetch);
        assert_string_equal(fetch.content_type, "a/b?[31m");
}

static void redirects_are_answers_and_are_not_followed(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {}, hits = {};

        fetch_page(*state, "good", "/redirect", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_int_equal(fetch.status, 302);
        fetch_page(*state, "good", "/hits?redirected=", (struct http_request_spec){}, &hits);
        assert_string_equal(hits.body, "hits 0");
}

static void a_connection_is_kept_and_used_again(void **state)
{
        _cleanup_fetch_ struct fetch first = {}, second = {}, third = {};
        struct https_fixture *fixture = *state;

        fetch_page(fixture, "good", "/connection", (struct http_request_spec){}, &first);
        loop_run(fixture, 50 * 1000);
        fetch_page(fixture, "good", "/connection", (struct http_request_spec){}, &second);
        assert_string_equal(first.body, second.body);
        client_tear_down(state);
        client_set_up(state);
        fetch_page(fixture, "good", "/connection", (struct http_request_spec){}, &third);
        assert_string_not_equal(first.body, third.body);
}

static void a_kept_connection_that_the_server_closed_is_replaced(void **state)
{
        _cleanup_fetch_ struct fetch first = {}, second = {};
        struct https_fixture *fixture = *state;

        fetch_page(fixture, "good", "/hang-up-later", (struct http_request_spec){}, &first);
        loop_run(fixture, 50 * 1000);
        fetch_page(fixture, "good", "/ok", (struct http_request_spec){}, &second);
        assert_int_equal(second.failure, HTTP_ANSWERED);
}

static void ask_on_a_warm_client(struct https_fixture *fixture, const char *port, const char *path,
                                 const char *sent, bool once, struct fetch *ret_fetch)
{
        _cleanup_fetch_ struct fetch warm = {};
        _cleanup_secret_ struct secret *form = secret_new_text(sent);

        fetch_page(fixture, port, "/ok", (struct http_request_spec){}, &warm);
        assert_int_equal(warm.failure, HTTP_ANSWERED);
        fetch_page(fixture, port, path,
                   (struct http_request_spec){.form = form, .is_sent_once = once}, ret_fetch);
}

static void assert_swallowed(struct https_fixture *fixture, const char *expected)
{
        _cleanup_fetch_ struct fetch hits = {};

        fetch_page(fixture, "good", "/hits?swallow=", (struct http_request_spec){}, &hits);
        assert_string_equal(hits.body, expected);
}

/* RFC 9700 section 4.14.2: a refresh token that comes twice ends its session. */
static void what_is_sent_once_never_comes_twice(void **state)
{
        _cleanup_fetch_ struct fetch usual = {}, once = {}, usual_h2 = {}, once_h2 = {};

        ask_on_a_warm_client(*state, "good", "/swallow", "x", false, &usual);
        assert_int_not_equal(usual.failure, HTTP_ANSWERED);
        assert_swallowed(*state, "hits 2");
        ask_on_a_warm_client(*state, "good", "/swallow", "x", true, &once);
        assert_int_equal(once.failure, HTTP_BROKEN);
        assert_swallowed(*state, "hits 3");

        ask_on_a_warm_client(*state, "h2", "/ok", "leave", false, &usual_h2);
        assert_int_equal(usual_h2.failure, HTTP_ANSWERED);
        ask_on_a_warm_client(*state, "h2", "/ok", "go", true, &once_h2);
        assert_int_not_equal(once_h2.failure, HTTP_ANSWERED);
}

static void what_is_sent_once_has_a_connection_of_its_own(void **state)
{
        _cleanup_fetch_ struct fetch first = {}, second = {}, third = {};

        fetch_page(*state, "good", "/connection", (struct http_request_spec){}, &first);
        fetch_page(*state, "good", "/connection", (struct http_request_spec){.is_sent_once = true},
                   &second);
        fetch_page(*state, "good", "/connection", (struct http_request_spec){}, &third);
        assert_string_not_equal(first.body, second.body);
        assert_string_equal(first.body, third.body);
}

static void http2_is_spoken_where_offered(void **state)
{
        _cleanup_fetch_ struct fetch first = {}, second = {};
        _cleanup_secret_ struct secret *form = secret_new_text("device_code=x");
        struct http_request_spec spec = {.form = form};

        fetch_page(*state, "h2", "/", spec, &first);
        assert_int_equal(first.failure, HTTP_ANSWERED);
        assert_int_equal(first.status, 200);
        assert_string_equal(first.body, "h2 connection 1: device_code=x");
        fetch_page(*state, "h2", "/", (struct http_request_spec){}, &second);
        assert_string_equal(second.body, "h2 connection 1: ");
}

static void an_idle_client_sleeps(void **state)
{
        _cleanup_fetch_ struct fetch good = {}, h2 = {};
        struct https_fixture *fixture = *state;

        fetch_page(fixture, "good", "/ok", (struct http_request_spec){}, &good);
        fetch_page(fixture, "h2", "/", (struct http_request_spec){}, &h2);
        /* What the servers still had to say may come late. */
        unsigned wake_ups = 1;
        for (unsigned i = 0; i < QUIET_TRIES && wake_ups > 0; i++)
                wake_ups = loop_run(fixture, 400 * 1000);
        assert_int_equal(wake_ups, 0);
}

static void freeing_the_request_cancels_it(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch fetch = {};
        _cleanup_free_ char *url = fixture_url(fixture, "good", "/slow?0.1=");

        fetch_start(fixture, (struct http_request_spec){.url = url}, &fetch);
        loop_run(fixture, 50 * 1000);
        fetch.request = http_request_free(fetch.request);
        loop_run(fixture, 150 * 1000);
        assert_int_equal(fetch.n_answers, 0);

        /* and before the loop ever ran */
        fetch_start(fixture, (struct http_request_spec){.url = url}, &fetch);
        fetch.request = http_request_free(fetch.request);
        loop_run(fixture, 50 * 1000);
        assert_int_equal(fetch.n_answers, 0);
}

static void freeing_the_client_cancels_all_of_it(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch first = {}, second = {};
        _cleanup_free_ char *url = fixture_url(fixture, "good", "/slow?0.1=");

        fetch_start(fixture, (struct http_request_spec){.url = url}, &first);
        fetch_start(fixture, (struct http_request_spec){.url = url}, &second);
        loop_run(fixture, 50 * 1000);
        fixture->client = http_client_free(fixture->client);
        loop_run(fixture, 150 * 1000);
        assert_int_equal(first.n_answers + second.n_answers, 0);
}

struct demolition {
        struct https_fixture *fixture;
        struct http_request *requests[3];
        bool client_too;
        unsigned n_answers;
        size_t size_afterwards; /* of the body, read after everything was freed */
};

static void on_answer_free_everything(const struct http_answer *answer, void *userdata)
{
        struct demolition *demolition = userdata;

        demolition->n_answers++;
        for (size_t i = 0; i < ELEMENTSOF(demolition->requests); i++)
                demolition->requests[i] = http_request_free(demolition->requests[i]);
        if (demolition->client_too)
                demolition->fixture->client = http_client_free(demolition->fixture->client);
        demolition->size_afterwards = answer->body ? strlen(secret_bytes(answer->body)) : 0;
}

static void demolish(struct https_fixture *fixture, const char *path, uint64_t timeout_usec,
                     bool client_too, struct demolition *demolition)
{
        _cleanup_free_ char *url = fixture_url(fixture, "good", path);
        struct http_request_spec spec = {
                .url = url, .ca_file = fixture->ca_file, .request_timeout_usec = timeout_usec};

        *demolition = (struct demolition){.fixture = fixture, .client_too = client_too};
        for (size_t i = 0; i < ELEMENTSOF(demolition->requests); i++)
                assert_int_equal(http_request_new(fixture->client, &spec, on_answer_free_everything,
                                                  demolition, &demolition->requests[i]),
                                 0);
        uint64_t until = monotonic_usec() + UINT64_C(120) * 1000 * 1000;
        while (demolition->n_answers == 0 && monotonic_usec() < until)
                sd_event_run(fixture->event, 1000 * 1000);
        loop_run(fixture, 100 * 1000);
        assert_int_equal(demolition->n_answers, 1);
}

static void a_callback_may_free_every_request(void **state)
{
        struct demolition demolition;

        demolish(*state, "/ok", 0, false, &demolition);
        assert_int_equal(demolition.size_afterwards, 2);
        demolish(*state, "/silent", 50 * 1000, false, &demolition);
}

static void a_callback_may_free_the_client(void **state)
{
        struct demolition demolition;

        demolish(*state, "/ok", 0, true, &demolition);
        assert_int_equal(demolition.size_afterwards, 2);
        client_set_up(state);
        demolish(*state, "/silent", 50 * 1000, true, &demolition);
}

struct chain {
        struct https_fixture *fixture;
        struct http_request *request;
        const struct http_request_spec *spec;
        unsigned n_left;
};

static void on_answer_ask_again(const struct http_answer *answer, void *userdata)
{
        struct chain *chain = userdata;

        assert_int_equal(answer->failure, HTTP_ANSWERED);
        chain->request = http_request_free(chain->request);
        if (--chain->n_left > 0)
                assert_int_equal(http_request_new(chain->fixture->client, chain->spec,
                                                  on_answer_ask_again, chain, &chain->request),
                                 0);
}

static void ask_in_a_row(struct https_fixture *fixture, const char *port, const char *path,
                         unsigned times)
{
        _cleanup_free_ char *url = fixture_url(fixture, port, path);
        _cleanup_secret_ struct secret *form = secret_new_text("grant_type=x&device_code=y");
        struct http_request_spec spec = {.url = url, .ca_file = fixture->ca_file, .form = form};
        struct chain chain = {.fixture = fixture, .spec = &spec, .n_left = times};

        assert_int_equal(http_request_new(fixture->client, &spec, on_answer_ask_again, &chain,
                                          &chain.request),
                         0);
        uint64_t until = monotonic_usec() + UINT64_C(120) * 1000 * 1000;
        while (chain.n_left > 0 && monotonic_usec() < until)
                sd_event_run(fixture->event, 1000 * 1000);
        assert_int_equal(chain.n_left, 0);
}

static void a_callback_may_start_the_next_request(void **state)
{
        ask_in_a_row(*state, "good", "/ok", 5);
}

/* RFC 9113 section 6.8: what a server did not look at before it left is asked anew, once. */
static void a_server_that_leaves_is_asked_once_more(void **state)
{
        _cleanup_secret_ struct secret *leave = secret_new_text("leave");
        _cleanup_secret_ struct secret *go = secret_new_text("go");
        _cleanup_fetch_ struct fetch first = {}, second = {}, third = {};

        fetch_page(*state, "h2", "/ok", (struct http_request_spec){.form = go}, &first);
        assert_int_not_equal(first.failure, HTTP_ANSWERED);
        fetch_page(*state, "h2", "/ok", (struct http_request_spec){.form = leave}, &second);
        assert_int_equal(second.failure, HTTP_ANSWERED);
        fetch_page(*state, "h2", "/ok", (struct http_request_spec){.form = leave}, &third);
        assert_int_equal(third.failure, HTTP_ANSWERED);
        assert_string_not_equal(second.body, third.body); /* another connection */
}

static uint64_t cpu_usec(void)
{
        struct rusage usage;

        getrusage(RUSAGE_SELF, &usage);
        return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
               (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void warm_requests_are_cheap(void **state)
{
        static const char *const ports[] = {"good", "h2"};

        for (size_t i = 0; i < ELEMENTSOF(ports); i++) {
                ask_in_a_row(*state, ports[i], "/ok", 10);
                uint64_t cpu = cpu_usec(), started = monotonic_usec();
                ask_in_a_row(*state, ports[i], "/ok", WARM_REQUESTS);
                printf("# %s: %lu us of CPU and %lu us of time for a warm request\n", ports[i],
                       (unsigned long)((cpu_usec() - cpu) / WARM_REQUESTS),
                       (unsigned long)((monotonic_usec() - started) / WARM_REQUESTS));
        }
}

static void many_at_once_are_all_answered(void **state)
{
        struct https_fixture *fixture = *state;
        struct fetch fetches[60];
        _cleanup_free_ char *url = fixture_url(fixture, "good", "/ok");

        for (size_t i = 0; i < ELEMENTSOF(fetches); i++)
                fetch_start(fixture,
                            (struct http_request_spec){.url = url, .connect_timeout_usec = 9000000},
                            &fetches[i]);
        for (size_t i = 0; i < ELEMENTSOF(fetches); i++) {
                fetch_wait(fixture, &fetches[i]);
                assert_int_equal(fetches[i].failure, HTTP_ANSWERED);
                fetch_finish(&fetches[i]);
        }
}

static void sigpipe_is_ignored_but_never_taken_over(void **state)
{
        struct https_fixture *fixture = *state;
        struct sigaction action;

        assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
        assert_ptr_equal(action.sa_handler, SIG_IGN);
        client_tear_down(state);
        signal(SIGPIPE, SIG_DFL);
        client_set_up(state);
        assert_int_equal(sigaction(SIGPIPE, NULL, &action), 0);
        assert_ptr_equal(action.sa_handler, SIG_IGN);
        assert_non_null(fixture->client);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, client_set_up, client_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(get_hands_over_status_type_and_body),
                TEST(get_sends_no_more_than_it_must),
                TEST(post_sends_form_authorization_and_accept),
                TEST(the_spec_may_go_as_soon_as_the_request_is_made),
                TEST(header_lines_cannot_be_smuggled_in),
                TEST(rfc8628_2_only_https_addresses_are_taken),
                TEST(an_error_status_is_an_answer),
                TEST(the_content_type_comes_without_control_characters),
                TEST(redirects_are_answers_and_are_not_followed),
                TEST(http2_is_spoken_where_offered),
                TEST(a_connection_is_kept_and_used_again),
                TEST(a_kept_connection_that_the_server_closed_is_replaced),
                TEST(what_is_sent_once_never_comes_twice),
                TEST(what_is_sent_once_has_a_connection_of_its_own),
                TEST(an_idle_client_sleeps),
                TEST(freeing_the_request_cancels_it),
                TEST(freeing_the_client_cancels_all_of_it),
                TEST(a_callback_may_free_every_request),
                TEST(a_callback_may_free_the_client),
                TEST(a_callback_may_start_the_next_request),
                TEST(a_server_that_leaves_is_asked_once_more),
                TEST(warm_requests_are_cheap),
                TEST(many_at_once_are_all_answered),
                TEST(sigpipe_is_ignored_but_never_taken_over),
        };

        return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
