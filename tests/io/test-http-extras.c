/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers beyond the common ones: what is sent with DPoP and by settings, which of it is not
 * let through, and what is handed over of the answer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "https-fixture.h"

static void rfc9449_4_1_the_proof_goes_into_one_header(void **state)
{
        _cleanup_fetch_ struct fetch with = {}, without = {};
        _cleanup_secret_ struct secret *dpop = secret_new_text("eyJ0.eyJq.c2ln");
        _cleanup_secret_ struct secret *authorization = secret_new_text("DPoP Kz~8mXK1EalYznwH");
        const char *first;

        fetch_page(*state, "good", "/echo",
                   (struct http_request_spec){.dpop = dpop, .authorization = authorization}, &with);
        first = strstr(with.body, "\r\nDPoP: eyJ0.eyJq.c2ln\r\n");
        assert_non_null(first);
        assert_null(strcasestr(first + 2, "\r\ndpop:"));
        assert_non_null(strstr(with.body, "\r\nAuthorization: DPoP Kz~8mXK1EalYznwH\r\n"));
        fetch_page(*state, "good", "/echo", (struct http_request_spec){}, &without);
        assert_null(strcasestr(without.body, "dpop"));
}

static void further_headers_are_sent_as_they_are_given(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};
        static const struct http_header headers[] = {
                {"X-GitHub-Api-Version", "2022-11-28"},
                {"x-tenant", "corp: one; \"two\""},
        };

        fetch_page(*state, "good", "/echo",
                   (struct http_request_spec){.headers = headers,
                                              .n_headers = ELEMENTSOF(headers),
                                              .accept = "application/json"},
                   &fetch);
        assert_non_null(strstr(fetch.body, "\r\nX-GitHub-Api-Version: 2022-11-28\r\n"));
        assert_non_null(strstr(fetch.body, "\r\nx-tenant: corp: one; \"two\"\r\n"));
        assert_non_null(strstr(fetch.body, "\r\nAccept: application/json\r\n"));
}

static void assert_refused(struct https_fixture *fixture, struct http_request_spec spec)
{
        struct http_request *request = NULL;

        spec.url = "https://localhost/";
        assert_int_equal(http_request_new(fixture->client, &spec, NULL, NULL, &request), -EINVAL);
        assert_null(request);
}

static void further_headers_replace_none_of_ours(void **state)
{
        static const char *const names[] = {
                "Authorization",  "authorization", "DPoP",       "dpop",   "Accept",
                "Content-Length", "Content-Type",  "Host",       "Cookie", "Transfer-Encoding",
                "Connection",     "User-Agent",    "Upgrade",    "Expect", "Accept-Encoding",
                "Range",          "Trailer",       "Keep-Alive", "TE",     "Proxy-Authorization",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                struct http_header header = {names[i], "x"};
                assert_refused(*state,
                               (struct http_request_spec){.headers = &header, .n_headers = 1});
        }
}

static void neither_name_nor_value_can_smuggle_in_another(void **state)
{
        static const struct http_header headers[] = {
                {"X-A\r\nX-Evil", "1"},
                {"X-A: 1\r\nX-Evil", "1"},
                {"X A", "1"},
                {"X-A:", "1"},
                {"", "1"},
                {"X-\xc3\xa4", "1"},
                {"X-A;", "1"},
                {"X-A", "1\r\nX-Evil: 1"},
                {"X-A", "1\n"},
                {"X-A", "\x7f"},
                {"X-A", "1\t2"},
                {"X-A", ""},
                {"X-A", "  "}, /* libcurl would drop the header */
        };

        for (size_t i = 0; i < ELEMENTSOF(headers); i++)
                assert_refused(*state,
                               (struct http_request_spec){.headers = &headers[i], .n_headers = 1});
}

static void a_proof_cannot_smuggle_in_a_header(void **state)
{
        _cleanup_secret_ struct secret *broken = secret_new_text("a.b.c\r\nX-Evil: 1");
        _cleanup_secret_ struct secret *cut = secret_new("a.b.c\0d", 7);

        assert_refused(*state, (struct http_request_spec){.dpop = broken});
        assert_refused(*state, (struct http_request_spec){.dpop = cut});
}

static void rfc9449_8_the_nonce_is_handed_over(void **state)
{
        static const struct {
                const char *header, *nonce;
        } rows[] = {
                {"", NULL},
                {"&DPoP-Nonce=eyJ7S_zG.eyJH0-Z", "eyJ7S_zG.eyJH0-Z"},
                {"&dpop-nonce=eyJ7S_zG.eyJH0-Z", "eyJ7S_zG.eyJH0-Z"},
                {"&DPoP-Nonce=a+b", NULL},
                {"&DPoP-Nonce=a%22b", NULL},
                {"&DPoP-Nonce=", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_fetch_ struct fetch fetch = {};
                char path[128];

                (void)snprintf(path, sizeof(path), "/header?status=400+Bad+Request%s",
                               rows[i].header);
                fetch_page(*state, "good", path, (struct http_request_spec){}, &fetch);
                assert_int_equal(fetch.status, 400);
                if (rows[i].nonce)
                        assert_string_equal(fetch.dpop_nonce, rows[i].nonce);
                else
                        assert_null(fetch.dpop_nonce);
        }
}

static void rfc8288_the_next_page_is_handed_over(void **state)
{
        static const struct {
                const char *headers, *next;
        } rows[] = {
                {"", NULL},
                {"&Link=%3Chttps://a.example/?p=2%3E;+rel%3Dnext", "https://a.example/?p=2"},
                {"&Link=%3Chttps://a.example/?p=9%3E;+rel%3Dlast"
                 "&link=%3Chttps://a.example/?p=2%3E;+rel%3Dnext",
                 "https://a.example/?p=2"},
                {"&Link=%3C/?p=2%3E;+rel%3Dnext", NULL},
                {"&Link=rubbish", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_fetch_ struct fetch fetch = {};
                char path[192];

                (void)snprintf(path, sizeof(path), "/header?status=200+OK%s", rows[i].headers);
                fetch_page(*state, "good", path, (struct http_request_spec){}, &fetch);
                assert_int_equal(fetch.failure, HTTP_ANSWERED);
                if (rows[i].next)
                        assert_string_equal(fetch.next_link, rows[i].next);
                else
                        assert_null(fetch.next_link);
        }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, client_set_up, client_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(rfc9449_4_1_the_proof_goes_into_one_header),
                TEST(further_headers_are_sent_as_they_are_given),
                TEST(further_headers_replace_none_of_ours),
                TEST(neither_name_nor_value_can_smuggle_in_another),
                TEST(a_proof_cannot_smuggle_in_a_header),
                TEST(rfc9449_8_the_nonce_is_handed_over),
                TEST(rfc8288_the_next_page_is_handed_over),
        };

        return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
