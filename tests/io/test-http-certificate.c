/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mutual TLS (RFC 8705): who is let in with which certificate and key, what happens to the others,
 * and that nobody borrows another request's connection. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "https-fixture.h"
#include "soft-token.h"

struct shown {
        char certificate[256], key[256];
};

static void show(const struct https_fixture *fixture, const char *certificate, const char *key,
                 struct shown *ret_shown)
{
        (void)snprintf(ret_shown->certificate, sizeof(ret_shown->certificate), "%s/%s.pem",
                       fixture->folder, certificate);
        (void)snprintf(ret_shown->key, sizeof(ret_shown->key), "%s/%s.key", fixture->folder, key);
}

static struct http_request_spec spec_for(const struct shown *shown)
{
        return (struct http_request_spec){.client_certificate_file = shown->certificate,
                                          .client_key_file = shown->key};
}

static void fetch_as(struct https_fixture *fixture, const char *port, const char *certificate,
                     const char *key, struct fetch *ret_fetch)
{
        struct shown shown = {};

        show(fixture, certificate, key, &shown);
        fetch_page(fixture, port, "/whoami", spec_for(&shown), ret_fetch);
}

static void rfc8705_2_the_certificate_says_who_asks(void **state)
{
        static const char *const ports[] = {"asking", "asking-1.2"};

        for (size_t i = 0; i < ELEMENTSOF(ports); i++) {
                _cleanup_fetch_ struct fetch fetch = {};

                fetch_as(*state, ports[i], "client", "client", &fetch);
                assert_int_equal(fetch.failure, HTTP_ANSWERED);
                assert_string_equal(fetch.body, "host.example");
        }
}

static void without_or_with_a_strange_certificate_nobody_is_let_in(void **state)
{
        static const struct {
                const char *port;
                enum http_failure missing; /* in TLS 1.2 no alert says why */
        } rows[] = {{"asking", HTTP_UNTRUSTED}, {"asking-1.2", HTTP_UNREACHABLE}};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_fetch_ struct fetch missing = {}, strange = {};

                fetch_page(*state, rows[i].port, "/whoami", (struct http_request_spec){}, &missing);
                assert_int_equal(missing.failure, rows[i].missing);
                assert_non_null(strstr(missing.failure_text, " alert "));
                fetch_as(*state, rows[i].port, "strange-client", "strange-client", &strange);
                assert_int_equal(strange.failure, HTTP_UNTRUSTED);
                assert_non_null(strange.failure_text);
        }
}

static void a_key_of_another_certificate_is_not_used(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_as(*state, "asking", "client", "other-client", &fetch);
        assert_int_equal(fetch.failure, HTTP_UNTRUSTED);
        assert_non_null(fetch.failure_text);
}

static void what_is_no_certificate_or_key_is_not_used(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch first = {}, second = {};
        struct shown shown = {};

        show(fixture, "client", "client", &shown);
        fetch_page(fixture, "asking", "/whoami",
                   (struct http_request_spec){.client_certificate_file = shown.key,
                                              .client_key_file = shown.key},
                   &first);
        assert_int_equal(first.failure, HTTP_UNTRUSTED);
        fetch_page(fixture, "asking", "/whoami",
                   (struct http_request_spec){.client_certificate_file = "/nonexistent",
                                              .client_key_file = shown.key},
                   &second);
        assert_int_equal(second.failure, HTTP_UNTRUSTED);
}

static void assert_refused(struct https_fixture *fixture, const char *certificate, const char *key,
                           int error)
{
        struct http_request *request = NULL;
        struct http_request_spec spec = {.url = "https://localhost/",
                                         .client_certificate_file = certificate,
                                         .client_key_file = key};

        assert_int_equal(http_request_new(fixture->client, &spec, NULL, NULL, &request), error);
        assert_null(request);
}

/* OpenSSL would wait for somebody at the terminal to type the passphrase. */
static void a_locked_key_is_not_used_and_nobody_is_asked(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch fetch = {};
        _cleanup_free_ char *command = NULL;

        assert_true(asprintf(&command,
                             "cd %s && openssl ec -aes128 -passout pass:word -in client.key "
                             "-out locked.key 2>/dev/null && chmod 600 locked.key",
                             fixture->folder) > 0);
        assert_int_equal(system(command), 0);
        fetch_as(fixture, "asking", "client", "locked", &fetch);
        assert_int_equal(fetch.failure, HTTP_UNTRUSTED);
}

static void a_certificate_and_a_key_belong_together(void **state)
{
        struct shown shown = {};

        show(*state, "client", "client", &shown);
        assert_refused(*state, shown.certificate, NULL, -EINVAL);
        assert_refused(*state, NULL, shown.key, -EINVAL);
}

static void a_key_that_others_may_read_is_not_used(void **state)
{
        struct shown shown = {};

        show(*state, "client", "client", &shown);
        assert_refused(*state, shown.certificate, "/nonexistent", -ENOENT);
        assert_int_equal(chmod(shown.key, 0644), 0);
        assert_refused(*state, shown.certificate, shown.key, -EPERM);
        assert_int_equal(chmod(shown.key, 0600), 0);
}

static void a_connection_serves_only_who_made_it(void **state)
{
        static const char *const who[] = {"client", "other-client", "client"};
        static const char *const names[] = {"host.example", "other-host.example", "host.example"};

        for (size_t i = 0; i < ELEMENTSOF(who); i++) {
                _cleanup_fetch_ struct fetch named = {}, nameless = {};

                fetch_as(*state, "asking", who[i], who[i], &named);
                assert_string_equal(named.body, names[i]);
                fetch_page(*state, "asking", "/whoami", (struct http_request_spec){}, &nameless);
                assert_int_equal(nameless.failure, HTTP_UNTRUSTED);
        }
}

static void a_server_that_does_not_ask_is_told_nothing(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_as(*state, "good", "client", "client", &fetch);
        assert_int_equal(fetch.failure, HTTP_ANSWERED);
        assert_string_equal(fetch.body, "nobody");
}

static void renewed_files_count_from_the_next_connection_on(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch first = {}, second = {};
        _cleanup_free_ char *command = NULL;

        assert_true(asprintf(&command, "cd %s && cp client.pem own.pem && cp -p client.key own.key",
                             fixture->folder) > 0);
        assert_int_equal(system(command), 0);
        fetch_as(fixture, "asking", "own", "own", &first);
        assert_string_equal(first.body, "host.example");
        client_tear_down(state);
        client_set_up(state);
        free(TAKE_PTR(command));
        assert_true(asprintf(&command,
                             "cd %s && cp other-client.pem own.pem && "
                             "cp -p other-client.key own.key",
                             fixture->folder) > 0);
        assert_int_equal(system(command), 0);
        fetch_as(fixture, "asking", "own", "own", &second);
        assert_string_equal(second.body, "other-host.example");
}

static void rfc7512_the_key_may_stay_in_its_token(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch good = {}, wrong_pin = {};
        struct shown shown = {};

        show(fixture, "client", "client", &shown);
        if (!soft_token_make(fixture->folder, shown.key))
                skip();
        /* The wrong PIN first: once logged in, a process stays so. */
        fetch_page(fixture, "asking", "/whoami",
                   (struct http_request_spec){.client_certificate_file = shown.certificate,
                                              .client_key_file = SOFT_TOKEN_WRONG_PIN},
                   &wrong_pin);
        assert_int_equal(wrong_pin.failure, HTTP_UNTRUSTED);
        assert_null(strstr(wrong_pin.failure_text, "9999"));
        client_tear_down(state);
        client_set_up(state);
        fetch_page(fixture, "asking", "/whoami",
                   (struct http_request_spec){.client_certificate_file = shown.certificate,
                                              .client_key_file = SOFT_TOKEN_KEY},
                   &good);
        assert_int_equal(good.failure, HTTP_ANSWERED);
        assert_string_equal(good.body, "host.example");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, client_set_up, client_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(rfc8705_2_the_certificate_says_who_asks),
                TEST(without_or_with_a_strange_certificate_nobody_is_let_in),
                TEST(a_key_of_another_certificate_is_not_used),
                TEST(what_is_no_certificate_or_key_is_not_used),
                TEST(a_locked_key_is_not_used_and_nobody_is_asked),
                TEST(a_certificate_and_a_key_belong_together),
                TEST(a_key_that_others_may_read_is_not_used),
                TEST(a_connection_serves_only_who_made_it),
                TEST(a_server_that_does_not_ask_is_told_nothing),
                TEST(renewed_files_count_from_the_next_connection_on),
                TEST(rfc7512_the_key_may_stay_in_its_token),
        };

        return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
