/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each way of client authentication adds to a body, and what it puts into the header. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/client-authentication.h"
#include "core/form.h"
#include "freed-memory.h"

#define JWT_BEARER "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
#define EVERY_AUTH 7

struct expected {
        struct oauth_client client;
        const char *form, *header;
};

static void check(const struct expected *expected)
{
        _cleanup_secret_ struct secret *form = secret_new_text("a=1");
        _cleanup_secret_ struct secret *header = NULL;

        assert_int_equal(client_authenticate(&expected->client, form, &header), 0);
        assert_string_equal(secret_bytes(form), expected->form);
        if (expected->header)
                assert_string_equal(secret_bytes(header), expected->header);
        else
                assert_null(header);
}

static void check_refused(struct oauth_client client)
{
        _cleanup_secret_ struct secret *form = secret_new_text("a=1");
        struct secret *header = NULL;

        assert_int_equal(client_authenticate(&client, form, &header), -EINVAL);
        assert_string_equal(secret_bytes(form), "a=1");
        assert_null(header);
}

static void rfc6749_3_2_1_public_client_sends_its_id(void **state)
{
        check(&(struct expected){{.client_id = "s6BhdRkqt3", .auth = CLIENT_AUTH_NONE},
                                 "a=1&client_id=s6BhdRkqt3",
                                 NULL});
}

static void rfc6749_2_3_1_basic_is_a_header_alone(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("7Fjfp0ZBr1KtDRbnfVdmIw");

        check(&(struct expected){
                {.client_id = "s6BhdRkqt3", .auth = CLIENT_AUTH_SECRET_BASIC, .secret = secret},
                "a=1",
                "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"});
}

static void rfc6749_2_3_1_basic_encodes_id_and_secret_first(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(" %&+\xC2\xA3\xE2\x82\xAC");

        /* base64 of "https%3A%2F%2Fa%3Ab:+%25%26%2B%C2%A3%E2%82%AC" */
        check(&(struct expected){
                {.client_id = "https://a:b", .auth = CLIENT_AUTH_SECRET_BASIC, .secret = secret},
                "a=1",
                "Basic aHR0cHMlM0ElMkYlMkZhJTNBYjorJTI1JTI2JTJCJUMyJUEzJUUyJTgyJUFD"});
}

static void plain_basic_encodes_neither(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("p+ /:=");
        const struct oauth_client plain = {.client_id = "a/b c",
                                           .auth = CLIENT_AUTH_SECRET_BASIC,
                                           .secret = secret,
                                           .plain_basic = true};

        check(&(struct expected){plain, "a=1", "Basic YS9iIGM6cCsgLzo9"});
}

static void rfc7617_2_plain_basic_takes_no_colon_in_the_id(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("s");

        check_refused((struct oauth_client){.client_id = "a:b",
                                            .auth = CLIENT_AUTH_SECRET_BASIC,
                                            .secret = secret,
                                            .plain_basic = true});
}

static void rfc6749_2_3_1_post_sends_id_and_secret(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("s&t");

        check(&(struct expected){
                {.client_id = "c", .auth = CLIENT_AUTH_SECRET_POST, .secret = secret},
                "a=1&client_id=c&client_secret=s%26t",
                NULL});
}

static void rfc7521_4_2_an_assertion_stands_for_the_secret(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("hush");
        _cleanup_secret_ struct secret *assertion = secret_new_text("h.c.s");
        static const char form[] = "a=1&client_id=c&client_assertion_type=" JWT_BEARER
                                   "&client_assertion=h.c.s";

        check(&(struct expected){
                {.client_id = "c", .auth = CLIENT_AUTH_PRIVATE_KEY_JWT, .assertion = assertion},
                form,
                NULL});
        check(&(struct expected){
                {.client_id = "c", .auth = CLIENT_AUTH_SECRET_JWT, .assertion = assertion},
                form,
                NULL});
        /* What made the assertion is not sent along (RFC 6749 section 2.3). */
        check(&(struct expected){{.client_id = "c",
                                  .auth = CLIENT_AUTH_SECRET_JWT,
                                  .secret = secret,
                                  .assertion = assertion},
                                 form,
                                 NULL});
}

static void rfc8705_2_a_certificate_needs_the_id_in_the_body(void **state)
{
        check(&(struct expected){
                {.client_id = "c", .auth = CLIENT_AUTH_TLS}, "a=1&client_id=c", NULL});
        check(&(struct expected){
                {.client_id = "c", .auth = CLIENT_AUTH_SELF_SIGNED_TLS}, "a=1&client_id=c", NULL});
}

/* For each: is a secret, and is an assertion, refused (-1), ignored (0) or needed (1)? */
static const struct {
        int secret, assertion;
} wants[EVERY_AUTH] = {
        [CLIENT_AUTH_NONE] = {-1, -1},
        [CLIENT_AUTH_SECRET_BASIC] = {1, -1},
        [CLIENT_AUTH_SECRET_POST] = {1, -1},
        [CLIENT_AUTH_SECRET_JWT] = {0, 1},
        [CLIENT_AUTH_PRIVATE_KEY_JWT] = {-1, 1},
        [CLIENT_AUTH_TLS] = {-1, -1},
        [CLIENT_AUTH_SELF_SIGNED_TLS] = {-1, -1},
};

static void rfc6749_2_3_nothing_missing_and_never_two_ways_at_once(void **state)
{
        _cleanup_secret_ struct secret *given = secret_new_text("x"), *empty = secret_new_text("");
        const struct secret *const values[] = {NULL, empty, given};

        for (unsigned auth = 0; auth < EVERY_AUTH; auth++)
                for (unsigned i = 0; i < 9; i++) {
                        const struct oauth_client client = {.client_id = "c",
                                                            .auth = (enum client_auth)auth,
                                                            .secret = values[i / 3],
                                                            .assertion = values[i % 3]};
                        /* Where it must not be, an empty one is a mistake as well. */
                        bool good = (wants[auth].secret < 0   ? i / 3 == 0
                                     : wants[auth].secret > 0 ? i / 3 == 2
                                                              : true) &&
                                    (wants[auth].assertion < 0 ? i % 3 == 0 : i % 3 == 2);
                        if (!good) {
                                check_refused(client);
                                continue;
                        }
                        _cleanup_secret_ struct secret *form = secret_new(NULL, 0), *header = NULL;
                        assert_int_equal(client_authenticate(&client, form, &header), 0);
                }
}

static void a_client_has_a_name_and_a_known_way(void **state)
{
        for (unsigned auth = 0; auth < EVERY_AUTH; auth++) {
                _cleanup_secret_ struct secret *x = secret_new_text("x");
                struct oauth_client client = {.auth = (enum client_auth)auth,
                                              .secret = wants[auth].secret > 0 ? x : NULL,
                                              .assertion = wants[auth].assertion > 0 ? x : NULL};
                check_refused(client);
                client.client_id = "";
                check_refused(client);
        }
        check_refused((struct oauth_client){.client_id = "c", .auth = (enum client_auth)99});
}

static void what_is_too_long_is_refused(void **state)
{
        _cleanup_free_ char *text = calloc(1, FORM_MAX_BYTES + 1);
        memset(text, 'x', FORM_MAX_BYTES);
        _cleanup_secret_ struct secret *huge = secret_new_text(text);
        _cleanup_secret_ struct secret *large = secret_new(text, (size_t)48 * 1024);
        _cleanup_secret_ struct secret *small = secret_new_text("s");
        const struct oauth_client clients[] = {
                {.client_id = text, .auth = CLIENT_AUTH_NONE},
                {.client_id = "c", .auth = CLIENT_AUTH_SECRET_BASIC, .secret = huge},
                {.client_id = "c", .auth = CLIENT_AUTH_SECRET_BASIC, .secret = large},
                {.client_id = text, .auth = CLIENT_AUTH_SECRET_BASIC, .secret = small},
                {.client_id = text,
                 .auth = CLIENT_AUTH_SECRET_BASIC,
                 .secret = small,
                 .plain_basic = true},
                {.client_id = "c", .auth = CLIENT_AUTH_SECRET_POST, .secret = huge},
                {.client_id = "c", .auth = CLIENT_AUTH_PRIVATE_KEY_JWT, .assertion = huge},
        };

        for (size_t i = 0; i < ELEMENTSOF(clients); i++) {
                _cleanup_secret_ struct secret *form = secret_new(NULL, 0);
                struct secret *header = NULL;
                assert_int_equal(client_authenticate(&clients[i], form, &header), -E2BIG);
                assert_null(header);
        }
        /* No room for the type of the assertion. */
        _cleanup_secret_ struct secret *full = secret_new(text, FORM_MAX_BYTES - 30);
        const struct oauth_client jwt = {
                .client_id = "c", .auth = CLIENT_AUTH_PRIVATE_KEY_JWT, .assertion = small};
        struct secret *header = NULL;
        assert_int_equal(client_authenticate(&jwt, full, &header), -E2BIG);
}

static void no_secret_stays_on_the_heap(void **state)
{
        /* The second is base64 of the first behind "c:". */
        static const char *const needles[] = {"c0rrect-horse", "YzpjMHJyZWN0LWhvcnNl"};

        for (size_t i = 0; i < ELEMENTSOF(needles) * 2; i++) {
                struct secret *secret = secret_new_text(needles[0]);
                const struct oauth_client client = {.client_id = "c",
                                                    .auth = i % 2 ? CLIENT_AUTH_SECRET_BASIC
                                                                  : CLIENT_AUTH_SECRET_POST,
                                                    .secret = secret,
                                                    .plain_basic = true};
                struct secret *form = secret_new(NULL, 0), *header = NULL;
                freed_memory_watch(needles[i / 2]);
                assert_int_equal(client_authenticate(&client, form, &header), 0);
                (void)secret_free(header);
                (void)secret_free(form);
                (void)secret_free(secret);
                assert_int_equal(freed_memory_count(), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc6749_3_2_1_public_client_sends_its_id),
                cmocka_unit_test(rfc6749_2_3_1_basic_is_a_header_alone),
                cmocka_unit_test(rfc6749_2_3_1_basic_encodes_id_and_secret_first),
                cmocka_unit_test(plain_basic_encodes_neither),
                cmocka_unit_test(rfc7617_2_plain_basic_takes_no_colon_in_the_id),
                cmocka_unit_test(rfc6749_2_3_1_post_sends_id_and_secret),
                cmocka_unit_test(rfc7521_4_2_an_assertion_stands_for_the_secret),
                cmocka_unit_test(rfc8705_2_a_certificate_needs_the_id_in_the_body),
                cmocka_unit_test(rfc6749_2_3_nothing_missing_and_never_two_ways_at_once),
                cmocka_unit_test(a_client_has_a_name_and_a_known_way),
                cmocka_unit_test(what_is_too_long_is_refused),
                cmocka_unit_test(no_secret_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("client-authentication", tests, NULL, NULL);
}
