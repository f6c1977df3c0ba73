/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of each request, for each way of client authentication. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/oauth-request.h"
#include "freed-memory.h"

/* RFC 6749 appendix B: " %&+" and the signs of pound and euro. */
#define APPENDIX_B         " %&+\xC2\xA3\xE2\x82\xAC"
#define APPENDIX_B_ENCODED "+%25%26%2B%C2%A3%E2%82%AC"

#define GRANT "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"

static void check_request(struct oauth_request *request, const char *form, const char *header)
{
        assert_string_equal(secret_bytes(request->form), form);
        if (header)
                assert_string_equal(secret_bytes(request->authorization), header);
        else
                assert_null(request->authorization);
        oauth_request_finish(request);
        assert_null(request->form);
        assert_null(request->authorization);
}

static void rfc8628_1_public_client_sends_id_and_scope(void **state)
{
        const struct oauth_client client = {"1406020730", CLIENT_AUTH_NONE, NULL};
        struct oauth_request request;

        assert_int_equal(oauth_request_device_authorization(&client, "example_scope", &request), 0);
        check_request(&request, "client_id=1406020730&scope=example_scope", NULL);
        assert_int_equal(oauth_request_device_authorization(&client, "openid profile", &request),
                         0);
        check_request(&request, "client_id=1406020730&scope=openid+profile", NULL);
}

static void rfc8628_3_empty_scope_is_left_out(void **state)
{
        static const char *const scopes[] = {NULL, ""};
        const struct oauth_client client = {"c", CLIENT_AUTH_NONE, NULL};

        for (size_t i = 0; i < ELEMENTSOF(scopes); i++) {
                struct oauth_request request;
                assert_int_equal(oauth_request_device_authorization(&client, scopes[i], &request),
                                 0);
                check_request(&request, "client_id=c", NULL);
        }
}

static void rfc8628_4_device_endpoint_gets_the_same_authentication(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("7Fjfp0ZBr1KtDRbnfVdmIw");
        const struct oauth_client basic = {"s6BhdRkqt3", CLIENT_AUTH_SECRET_BASIC, secret};
        const struct oauth_client post = {"s6BhdRkqt3", CLIENT_AUTH_SECRET_POST, secret};
        struct oauth_request request;

        /* The header is the example of RFC 6749 section 2.3.1. */
        assert_int_equal(oauth_request_device_authorization(&basic, "openid", &request), 0);
        check_request(&request, "scope=openid",
                      "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
        assert_int_equal(oauth_request_device_authorization(&post, "openid", &request), 0);
        check_request(&request,
                      "client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw&scope=openid",
                      NULL);
}

static void rfc8628_10_token_request_of_a_public_client(void **state)
{
        _cleanup_secret_ struct secret *code = secret_new_text("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNh");
        const struct oauth_client client = {"1406020730", CLIENT_AUTH_NONE, NULL};
        struct oauth_request request;

        assert_int_equal(oauth_request_device_token(&client, code, &request), 0);
        check_request(&request,
                      GRANT "&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNh&client_id=1406020730",
                      NULL);
}

static void rfc8628_10_client_with_credentials_authenticates(void **state)
{
        _cleanup_secret_ struct secret *code = secret_new_text("d");
        _cleanup_secret_ struct secret *secret = secret_new_text("s");
        const struct oauth_client basic = {"c", CLIENT_AUTH_SECRET_BASIC, secret};
        const struct oauth_client post = {"c", CLIENT_AUTH_SECRET_POST, secret};
        struct oauth_request request;

        assert_int_equal(oauth_request_device_token(&basic, code, &request), 0);
        check_request(&request, GRANT "&device_code=d", "Basic Yzpz");
        assert_int_equal(oauth_request_device_token(&post, code, &request), 0);
        check_request(&request, GRANT "&device_code=d&client_id=c&client_secret=s", NULL);
}

static void rfc6749_b_values_are_form_encoded(void **state)
{
        static const char bytes[] = "a\0b=c~d*e-f.g_h/";
        _cleanup_secret_ struct secret *code = secret_new(bytes, sizeof(bytes) - 1);
        const struct oauth_client client = {APPENDIX_B, CLIENT_AUTH_NONE, NULL};
        struct oauth_request request;

        assert_int_equal(oauth_request_device_token(&client, code, &request), 0);
        check_request(&request,
                      GRANT "&device_code=a%00b%3Dc%7Ed*e-f.g_h%2F&client_id=" APPENDIX_B_ENCODED,
                      NULL);
}

static void rfc6749_2_3_1_basic_encodes_id_and_secret_first(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(APPENDIX_B);
        const struct oauth_client client = {"https://a:b", CLIENT_AUTH_SECRET_BASIC, secret};
        struct oauth_request request;

        /* base64 of "https%3A%2F%2Fa%3Ab:" APPENDIX_B_ENCODED */
        assert_int_equal(oauth_request_device_authorization(&client, NULL, &request), 0);
        check_request(&request, "",
                      "Basic aHR0cHMlM0ElMkYlMkZhJTNBYjorJTI1JTI2JTJCJUMyJUEzJUUyJTgyJUFD");
}

static void rfc6749_2_3_at_most_one_authentication(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("hush");
        _cleanup_secret_ struct secret *code = secret_new_text("d");
        static const enum client_auth auths[] = {CLIENT_AUTH_NONE, CLIENT_AUTH_SECRET_BASIC,
                                                 CLIENT_AUTH_SECRET_POST};

        for (size_t i = 0; i < ELEMENTSOF(auths); i++) {
                const struct oauth_client client = {"c", auths[i],
                                                    auths[i] == CLIENT_AUTH_NONE ? NULL : secret};
                struct oauth_request requests[2];
                assert_int_equal(oauth_request_device_authorization(&client, "s", &requests[0]), 0);
                assert_int_equal(oauth_request_device_token(&client, code, &requests[1]), 0);
                for (size_t j = 0; j < 2; j++) {
                        bool in_body = strstr(secret_bytes(requests[j].form), "hush");
                        assert_int_equal(in_body + !!requests[j].authorization,
                                         auths[i] == CLIENT_AUTH_NONE ? 0 : 1);
                        oauth_request_finish(&requests[j]);
                }
        }
}

static void what_is_missing_or_too_much_is_refused(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("s");
        _cleanup_secret_ struct secret *empty = secret_new_text("");
        const struct oauth_client clients[] = {
                {NULL, CLIENT_AUTH_NONE, NULL},         {"", CLIENT_AUTH_NONE, NULL},
                {"c", CLIENT_AUTH_NONE, secret},        {"c", CLIENT_AUTH_SECRET_BASIC, NULL},
                {"c", CLIENT_AUTH_SECRET_BASIC, empty}, {"c", CLIENT_AUTH_SECRET_POST, NULL},
                {"c", CLIENT_AUTH_SECRET_POST, empty},  {"c", (enum client_auth)99, secret},
        };
        const struct oauth_client good = {"c", CLIENT_AUTH_NONE, NULL};
        struct oauth_request request;

        for (size_t i = 0; i < ELEMENTSOF(clients); i++) {
                assert_int_equal(oauth_request_device_authorization(&clients[i], "s", &request),
                                 -EINVAL);
                assert_int_equal(oauth_request_device_token(&clients[i], secret, &request),
                                 -EINVAL);
        }
        assert_int_equal(oauth_request_device_token(&good, NULL, &request), -EINVAL);
        assert_int_equal(oauth_request_device_token(&good, empty, &request), -EINVAL);
}

static void a_form_ends_at_16_kib(void **state)
{
        char scope[16 * 1024 + 1] = {0};
        const struct oauth_client client = {"c", CLIENT_AUTH_NONE, NULL};
        struct oauth_request request;

        memset(scope, 's', sizeof(scope) - 1);
        assert_int_equal(oauth_request_device_authorization(&client, scope, &request), -E2BIG);
        scope[16 * 1024 - strlen("client_id=c&scope=")] = '\0';
        assert_int_equal(oauth_request_device_authorization(&client, scope, &request), 0);
        oauth_request_finish(&request);
}

static void rfc6750_2_1_bearer_is_a_header_value(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("mF_9.B5f-4.1JqM~+/==");
        _cleanup_secret_ struct secret *header = NULL;

        assert_int_equal(oauth_request_bearer(token, &header), 0);
        assert_string_equal(secret_bytes(header), "Bearer mF_9.B5f-4.1JqM~+/==");
}

static void bearer_does_not_break_out_of_the_header(void **state)
{
        static const char *const tokens[] = {"",   "a b",   "a\r\nX-Evil: 1", "a\n",
                                             "\t", "a\x7F", "\xC3\xA9"};

        for (size_t i = 0; i < ELEMENTSOF(tokens); i++) {
                _cleanup_secret_ struct secret *token = secret_new_text(tokens[i]);
                struct secret *header = NULL;
                assert_int_equal(oauth_request_bearer(token, &header), -EINVAL);
                assert_null(header);
        }
        struct secret *header = NULL;
        _cleanup_secret_ struct secret *nul = secret_new("a\0b", 3);
        assert_int_equal(oauth_request_bearer(nul, &header), -EINVAL);
        assert_int_equal(oauth_request_bearer(NULL, &header), -EINVAL);
        assert_null(header);
}

static void no_secret_stays_on_the_heap(void **state)
{
        /* The second is base64 of the first behind "c:". */
        static const char *const needles[] = {"c0rrect-horse", "YzpjMHJyZWN0LWhvcnNl"};

        for (size_t i = 0; i < ELEMENTSOF(needles); i++) {
                struct secret *secret = secret_new_text(needles[0]);
                const struct oauth_client basic = {"c", CLIENT_AUTH_SECRET_BASIC, secret};
                const struct oauth_client post = {"c", CLIENT_AUTH_SECRET_POST, secret};
                struct oauth_request request;
                freed_memory_watch(needles[i]);
                assert_int_equal(oauth_request_device_token(&basic, secret, &request), 0);
                oauth_request_finish(&request);
                assert_int_equal(oauth_request_device_token(&post, secret, &request), 0);
                oauth_request_finish(&request);
                (void)secret_free(secret);
                assert_int_equal(freed_memory_count(), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_1_public_client_sends_id_and_scope),
                cmocka_unit_test(rfc8628_3_empty_scope_is_left_out),
                cmocka_unit_test(rfc8628_4_device_endpoint_gets_the_same_authentication),
                cmocka_unit_test(rfc8628_10_token_request_of_a_public_client),
                cmocka_unit_test(rfc8628_10_client_with_credentials_authenticates),
                cmocka_unit_test(rfc6749_b_values_are_form_encoded),
                cmocka_unit_test(rfc6749_2_3_1_basic_encodes_id_and_secret_first),
                cmocka_unit_test(rfc6749_2_3_at_most_one_authentication),
                cmocka_unit_test(what_is_missing_or_too_much_is_refused),
                cmocka_unit_test(a_form_ends_at_16_kib),
                cmocka_unit_test(rfc6750_2_1_bearer_is_a_header_value),
                cmocka_unit_test(bearer_does_not_break_out_of_the_header),
                cmocka_unit_test(no_secret_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("oauth-request", tests, NULL, NULL);
}
