/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address that ends a browser's session at the provider. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/end-session-url.h"

#define ENDPOINT "https://a.example/logout"

static void check_url(const char *endpoint, const char *token, const char *expected)
{
        _cleanup_secret_ struct secret *id_token = token ? secret_new_text(token) : NULL;
        _cleanup_secret_ struct secret *url = NULL;

        assert_int_equal(end_session_url_new(endpoint, "linux login", id_token, &url), 0);
        assert_string_equal(secret_bytes(url), expected);
}

static void logout_2_the_client_is_named(void **state)
{
        check_url(ENDPOINT, NULL, ENDPOINT "?client_id=linux+login");
}

static void logout_2_the_id_token_is_the_hint(void **state)
{
        check_url(ENDPOINT, "e30.e30.c2ln",
                  ENDPOINT "?client_id=linux+login&id_token_hint=e30.e30.c2ln");
        check_url(ENDPOINT, "a&b=c", ENDPOINT "?client_id=linux+login&id_token_hint=a%26b%3Dc");
}

static void a_query_of_the_endpoint_stays(void **state)
{
        check_url(ENDPOINT "?tenant=1", NULL, ENDPOINT "?tenant=1&client_id=linux+login");
}

static void what_is_no_endpoint_or_client_gives_no_address(void **state)
{
        const struct {
                const char *endpoint, *client_id;
        } rows[] = {
                {"http://a.example/logout", "c"},
                {"", "c"},
                {ENDPOINT, NULL},
                {ENDPOINT, ""},
                {ENDPOINT " x", "c"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct secret *url = NULL;
                assert_int_equal(
                        end_session_url_new(rows[i].endpoint, rows[i].client_id, NULL, &url),
                        -EINVAL);
                assert_null(url);
        }
}

static void an_address_that_no_server_would_read_is_none(void **state)
{
        static const size_t sizes[] = {END_SESSION_URL_MAX_BYTES, (size_t)200 * 1024};

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_free_ char *long_text = malloc(sizes[i] + 1);
                assert_non_null(long_text);
                memset(long_text, 'x', sizes[i]);
                long_text[sizes[i]] = '\0';
                _cleanup_secret_ struct secret *token = secret_new_text(long_text);
                struct secret *url = NULL;
                assert_int_equal(end_session_url_new(ENDPOINT, "c", token, &url), -E2BIG);
                assert_null(url);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(logout_2_the_client_is_named),
                cmocka_unit_test(logout_2_the_id_token_is_the_hint),
                cmocka_unit_test(a_query_of_the_endpoint_stays),
                cmocka_unit_test(what_is_no_endpoint_or_client_gives_no_address),
                cmocka_unit_test(an_address_that_no_server_would_read_is_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
