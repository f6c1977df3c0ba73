/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of each request, what each must and must not have, and the headers for a resource. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/form.h"
#include "core/oauth-request.h"
#include "core/text-pairs.h"
#include "freed-memory.h"

#define DEVICE_GRANT "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
#define CIBA_GRANT   "grant_type=urn%3Aopenid%3Aparams%3Agrant-type%3Aciba"
#define CHALLENGE    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

#define EVERY_KIND 11

static void check_form(const struct oauth_question *question, const char *expected)
{
        _cleanup_secret_ struct secret *form = NULL;

        assert_int_equal(oauth_form_new(question, &form), 0);
        assert_string_equal(secret_bytes(form), expected);
}

static void check_refused(const struct oauth_question *question, int error)
{
        struct secret *form = NULL;

        assert_int_equal(oauth_form_new(question, &form), error);
        assert_null(form);
}

static void rfc8628_1_asking_for_a_code_takes_a_scope(void **state)
{
        check_form(&(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE}, "");
        check_form(
                &(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE, .scope = "openid profile"},
                "scope=openid+profile");
        check_form(&(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE,
                                            .scope = "openid",
                                            .login_hint = "a@b.example"},
                   "scope=openid&login_hint=a%40b.example");
}

static void rfc7636_4_3_a_challenge_names_its_method(void **state)
{
        check_form(&(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE,
                                            .code_challenge = CHALLENGE},
                   "code_challenge=" CHALLENGE "&code_challenge_method=S256");
}

static void rfc8628_3_what_is_empty_is_left_out(void **state)
{
        _cleanup_secret_ struct secret *empty = secret_new_text("");

        check_form(&(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE,
                                            .scope = "",
                                            .login_hint = "",
                                            .binding_message = "",
                                            .code_challenge = "",
                                            .redirect_uri = "",
                                            .token = empty,
                                            .code_verifier = empty,
                                            .token_type_hint = ""},
                   "");
}

static void rfc8628_10_the_code_is_exchanged_for_tokens(void **state)
{
        _cleanup_secret_ struct secret *code = secret_new_text("GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNh");
        _cleanup_secret_ struct secret *verifier = secret_new_text("dBjftJeZ4CVP");

        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_DEVICE_CODE, .token = code},
                   DEVICE_GRANT "&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNh");
        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_DEVICE_CODE,
                                            .token = code,
                                            .code_verifier = verifier},
                   DEVICE_GRANT "&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNh"
                                "&code_verifier=dBjftJeZ4CVP");
}

static void ciba_7_1_the_person_is_named_and_gets_a_message(void **state)
{
        check_form(&(struct oauth_question){.kind = OAUTH_ASK_BACKCHANNEL,
                                            .scope = "openid",
                                            .login_hint = "alice"},
                   "scope=openid&login_hint=alice");
        check_form(&(struct oauth_question){.kind = OAUTH_ASK_BACKCHANNEL,
                                            .scope = "openid",
                                            .login_hint = "alice",
                                            .binding_message = "host ssh 42",
                                            .requested_expiry_sec = UINT64_MAX},
                   "scope=openid&login_hint=alice&binding_message=host+ssh+42"
                   "&requested_expiry=18446744073709551615");
}

static void ciba_10_1_the_request_id_is_exchanged_for_tokens(void **state)
{
        _cleanup_secret_ struct secret *id = secret_new_text("1c266114-a1be-4252-8ad1");

        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_BACKCHANNEL, .token = id},
                   CIBA_GRANT "&auth_req_id=1c266114-a1be-4252-8ad1");
}

static void rfc6749_4_1_3_the_code_goes_with_address_and_verifier(void **state)
{
        _cleanup_secret_ struct secret *code = secret_new_text("SplxlOBeZQQYbYS6WxSbIA");
        _cleanup_secret_ struct secret *verifier = secret_new_text("v");

        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_AUTHORIZATION_CODE,
                                            .redirect_uri = "http://127.0.0.1:1234/",
                                            .token = code,
                                            .code_verifier = verifier},
                   "grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&code_verifier=v"
                   "&redirect_uri=http%3A%2F%2F127.0.0.1%3A1234%2F");
}

static void rfc6749_6_a_refresh_may_ask_for_less(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("tGzv3JOkF0XG5Qx2TlKWIA");

        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_REFRESH, .token = token},
                   "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA");
        check_form(
                &(struct oauth_question){.kind = OAUTH_GRANT_REFRESH, .token = token, .scope = "s"},
                "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&scope=s");
}

static void rfc6749_4_4_2_the_client_asks_for_itself(void **state)
{
        check_form(&(struct oauth_question){.kind = OAUTH_GRANT_CLIENT_CREDENTIALS, .scope = "d"},
                   "grant_type=client_credentials&scope=d");
}

static void rfc7523_2_1_an_assertion_is_exchanged(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("a.b.c");

        check_form(
                &(struct oauth_question){.kind = OAUTH_GRANT_JWT_BEARER, .token = token},
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c");
}

static void rfc7009_2_1_revoking_names_token_and_type(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("45ghiukldjahdnhzdauz");

        check_form(&(struct oauth_question){.kind = OAUTH_REVOKE,
                                            .token = token,
                                            .token_type_hint = "refresh_token"},
                   "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token");
}

static void rfc7662_2_1_introspection_names_token_and_type(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("mF_9.B5f-4.1JqM");

        check_form(&(struct oauth_question){.kind = OAUTH_INTROSPECT, .token = token},
                   "token=mF_9.B5f-4.1JqM");
        check_form(&(struct oauth_question){.kind = OAUTH_INTROSPECT,
                                            .token = token,
                                            .token_type_hint = "access_token"},
                   "token=mF_9.B5f-4.1JqM&token_type_hint=access_token");
}

/* Members in the order of set_member(): n needed, t taken, - refused. */
static const char *const members[EVERY_KIND] = {
        /* scope hint message challenge redirect token verifier type expiry */
        [OAUTH_ASK_DEVICE_CODE] = "tt-t-----",   [OAUTH_ASK_BACKCHANNEL] = "nnt-----t",
        [OAUTH_ASK_AUTHORIZATION] = "tt-nn----", [OAUTH_GRANT_DEVICE_CODE] = "-----nt--",
        [OAUTH_GRANT_BACKCHANNEL] = "-----n---", [OAUTH_GRANT_AUTHORIZATION_CODE] = "----nnn--",
        [OAUTH_GRANT_REFRESH] = "t----n---",     [OAUTH_GRANT_CLIENT_CREDENTIALS] = "t--------",
        [OAUTH_GRANT_JWT_BEARER] = "t----n---",  [OAUTH_REVOKE] = "-----n-t-",
        [OAUTH_INTROSPECT] = "-----n-t-",
};

static void set_member(struct oauth_question *question, unsigned i, const struct secret *secret)
{
        const char **texts[] = {&question->scope,
                                &question->login_hint,
                                &question->binding_message,
                                &question->code_challenge,
                                &question->redirect_uri,
                                NULL,
                                NULL,
                                &question->token_type_hint};

        if (i == 5)
                question->token = secret;
        else if (i == 6)
                question->code_verifier = secret;
        else if (i == 8)
                question->requested_expiry_sec = 60;
        else
                *texts[i] = "x";
}

static void each_kind_has_what_it_needs_and_nothing_foreign(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("x");

        for (unsigned kind = 0; kind < EVERY_KIND; kind++)
                for (unsigned odd = 0; odd < 9; odd++) {
                        /* Without `odd` where it is needed; with it, besides the needed, else. */
                        struct oauth_question question = {.kind = (enum oauth_question_kind)kind};
                        struct secret *form = NULL;
                        for (unsigned i = 0; i < 9; i++)
                                if ((i == odd) != (members[kind][i] == 'n'))
                                        set_member(&question, i, secret);
                        assert_int_equal(oauth_form_new(&question, &form),
                                         members[kind][odd] == 't' ? 0 : -EINVAL);
                        form = secret_free(form);
                }
        check_refused(&(struct oauth_question){.kind = (enum oauth_question_kind)EVERY_KIND},
                      -EINVAL);
}

static void further_parameters_come_last(void **state)
{
        _cleanup_pairs_ struct text_pairs more = {0};
        const struct oauth_question question = {
                .kind = OAUTH_ASK_DEVICE_CODE, .scope = "s", .more = &more};

        check_form(&question, "scope=s");
        assert_int_equal(text_pairs_add(&more, "audience", "https://a.example/?b c"), 0);
        assert_int_equal(text_pairs_add(&more, "empty", ""), 0);
        assert_int_equal(text_pairs_add(&more, "prompt", "login"), 0);
        check_form(&question, "scope=s&audience=https%3A%2F%2Fa.example%2F%3Fb+c&prompt=login");
}

static void further_parameters_replace_none_of_ours(void **state)
{
        static const char *const names[] = {
                "",
                "grant_type",
                "device_code",
                "auth_req_id",
                "code",
                "refresh_token",
                "token",
                "code_verifier",
                "redirect_uri",
                "token_type_hint",
                "scope",
                "login_hint",
                "binding_message",
                "code_challenge",
                "code_challenge_method",
                "response_type",
                "requested_expiry",
                "state",
                "nonce",
                "client_id",
                "client_secret",
                "client_assertion",
                "client_assertion_type",
                "login_hint_token",
                "id_token_hint",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                _cleanup_pairs_ struct text_pairs more = {0};
                assert_int_equal(text_pairs_add(&more, "prompt", "login"), 0);
                assert_int_equal(text_pairs_add(&more, names[i], "x"), 0);
                check_refused(
                        &(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE, .more = &more},
                        -EINVAL);
                assert_true(i == 0 || oauth_parameter_is_reserved(names[i]));
        }
        assert_false(oauth_parameter_is_reserved("prompt"));
}

static void rfc6749_3_2_no_parameter_stands_there_twice(void **state)
{
        _cleanup_pairs_ struct text_pairs more = {0};

        assert_int_equal(text_pairs_add(&more, "audience", "a"), 0);
        assert_int_equal(text_pairs_add(&more, "audience", "a"), 0);
        check_refused(&(struct oauth_question){.kind = OAUTH_ASK_DEVICE_CODE, .more = &more},
                      -EINVAL);
}

static void a_form_that_is_too_large_is_refused(void **state)
{
        _cleanup_free_ char *text = calloc(1, FORM_MAX_BYTES + 1);
        memset(text, 'x', FORM_MAX_BYTES);
        _cleanup_secret_ struct secret *huge = secret_new_text(text);
        _cleanup_pairs_ struct text_pairs more = {0};
        assert_int_equal(text_pairs_add(&more, "n", text), 0);
        const struct oauth_question questions[] = {
                {.kind = OAUTH_GRANT_DEVICE_CODE, .token = huge},
                {.kind = OAUTH_ASK_DEVICE_CODE, .scope = text},
                {.kind = OAUTH_ASK_DEVICE_CODE, .more = &more},
        };

        for (size_t i = 0; i < ELEMENTSOF(questions); i++)
                check_refused(&questions[i], -E2BIG);
}

static void rfc6749_2_3_a_request_authenticates_once(void **state)
{
        _cleanup_secret_ struct secret *code = secret_new_text("d"), *hush = secret_new_text("s");
        _cleanup_secret_ struct secret *form = NULL;
        const struct oauth_client none = {.client_id = "c", .auth = CLIENT_AUTH_NONE};
        const struct oauth_client basic = {
                .client_id = "c", .auth = CLIENT_AUTH_SECRET_BASIC, .secret = hush};
        const struct oauth_client wrong = {.client_id = "c", .auth = CLIENT_AUTH_SECRET_BASIC};
        const struct oauth_question question = {.kind = OAUTH_GRANT_DEVICE_CODE, .token = code};
        struct oauth_request request = {0};

        assert_int_equal(oauth_form_new(&question, &form), 0);
        for (unsigned i = 0; i < 2; i++) { /* the form is as before */
                assert_int_equal(oauth_request_new(&none, form, &request), 0);
                assert_string_equal(secret_bytes(request.form),
                                    DEVICE_GRANT "&device_code=d&client_id=c");
                assert_null(request.authorization);
                oauth_request_finish(&request);
                assert_null(request.form);
        }
        assert_int_equal(oauth_request_new(&basic, form, &request), 0);
        assert_string_equal(secret_bytes(request.form), DEVICE_GRANT "&device_code=d");
        assert_string_equal(secret_bytes(request.authorization), "Basic Yzpz");
        oauth_request_finish(&request);
        assert_null(request.authorization);
        assert_int_equal(oauth_request_new(&wrong, form, &request), -EINVAL);
        assert_null(request.form);
}

static void rfc8628_4_the_device_endpoint_gets_the_same_authentication(void **state)
{
        _cleanup_secret_ struct secret *hush = secret_new_text("s"), *form = NULL;
        const struct oauth_client post = {
                .client_id = "c", .auth = CLIENT_AUTH_SECRET_POST, .secret = hush};
        const struct oauth_question question = {.kind = OAUTH_ASK_DEVICE_CODE, .scope = "openid"};
        struct oauth_request request = {0};

        assert_int_equal(oauth_form_new(&question, &form), 0);
        assert_int_equal(oauth_request_new(&post, form, &request), 0);
        assert_string_equal(secret_bytes(request.form), "scope=openid&client_id=c&client_secret=s");
        assert_null(request.authorization);
        oauth_request_finish(&request);
}

static void rfc6750_2_1_bearer_is_a_header_value(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("mF_9.B5f-4.1JqM~+/==");
        _cleanup_secret_ struct secret *header = NULL;

        assert_int_equal(oauth_request_bearer(token, &header), 0);
        assert_string_equal(secret_bytes(header), "Bearer mF_9.B5f-4.1JqM~+/==");
}

static void rfc9449_7_1_a_bound_token_has_a_scheme_of_its_own(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp");
        _cleanup_secret_ struct secret *header = NULL;

        assert_int_equal(oauth_request_dpop(token, &header), 0);
        assert_string_equal(secret_bytes(header), "DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp");
}

static void a_token_does_not_break_out_of_the_header(void **state)
{
        static const char *const tokens[] = {"",   "a b",   "a\r\nX-Evil: 1", "a\n",
                                             "\t", "a\x7F", "\xC3\xA9"};
        struct secret *header = NULL;

        for (size_t i = 0; i < ELEMENTSOF(tokens); i++) {
                _cleanup_secret_ struct secret *token = secret_new_text(tokens[i]);
                assert_int_equal(oauth_request_bearer(token, &header), -EINVAL);
                assert_int_equal(oauth_request_dpop(token, &header), -EINVAL);
                assert_null(header);
        }
        _cleanup_secret_ struct secret *nul = secret_new("a\0b", 3);
        assert_int_equal(oauth_request_bearer(nul, &header), -EINVAL);
        assert_int_equal(oauth_request_bearer(NULL, &header), -EINVAL);
        assert_null(header);
}

static void a_header_ends_at_48_kib(void **state)
{
        static char text[48 * 1024 + 1];
        memset(text, 'x', sizeof(text) - 1);
        _cleanup_secret_ struct secret *token = secret_new_text(text);
        struct secret *header = NULL;

        assert_int_equal(oauth_request_bearer(token, &header), -E2BIG);
        assert_null(header);
}

static void no_secret_stays_on_the_heap(void **state)
{
        struct secret *secret = secret_new_text("c0rrect-horse");
        const struct oauth_client post = {
                .client_id = "c", .auth = CLIENT_AUTH_SECRET_POST, .secret = secret};
        const struct oauth_question question = {
                .kind = OAUTH_GRANT_DEVICE_CODE, .token = secret, .code_verifier = secret};
        struct oauth_request request;
        struct secret *form = NULL, *header = NULL;

        freed_memory_watch("c0rrect-horse");
        assert_int_equal(oauth_form_new(&question, &form), 0);
        assert_int_equal(oauth_request_new(&post, form, &request), 0);
        assert_int_equal(oauth_request_dpop(secret, &header), 0);
        oauth_request_finish(&request);
        (void)secret_free(header);
        (void)secret_free(form);
        (void)secret_free(secret);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8628_1_asking_for_a_code_takes_a_scope),
                cmocka_unit_test(rfc7636_4_3_a_challenge_names_its_method),
                cmocka_unit_test(rfc8628_3_what_is_empty_is_left_out),
                cmocka_unit_test(rfc8628_10_the_code_is_exchanged_for_tokens),
                cmocka_unit_test(ciba_7_1_the_person_is_named_and_gets_a_message),
                cmocka_unit_test(ciba_10_1_the_request_id_is_exchanged_for_tokens),
                cmocka_unit_test(rfc6749_4_1_3_the_code_goes_with_address_and_verifier),
                cmocka_unit_test(rfc6749_6_a_refresh_may_ask_for_less),
                cmocka_unit_test(rfc6749_4_4_2_the_client_asks_for_itself),
                cmocka_unit_test(rfc7523_2_1_an_assertion_is_exchanged),
                cmocka_unit_test(rfc7009_2_1_revoking_names_token_and_type),
                cmocka_unit_test(rfc7662_2_1_introspection_names_token_and_type),
                cmocka_unit_test(each_kind_has_what_it_needs_and_nothing_foreign),
                cmocka_unit_test(further_parameters_come_last),
                cmocka_unit_test(further_parameters_replace_none_of_ours),
                cmocka_unit_test(rfc6749_3_2_no_parameter_stands_there_twice),
                cmocka_unit_test(a_form_that_is_too_large_is_refused),
                cmocka_unit_test(rfc6749_2_3_a_request_authenticates_once),
                cmocka_unit_test(rfc8628_4_the_device_endpoint_gets_the_same_authentication),
                cmocka_unit_test(rfc6750_2_1_bearer_is_a_header_value),
                cmocka_unit_test(rfc9449_7_1_a_bound_token_has_a_scheme_of_its_own),
                cmocka_unit_test(a_token_does_not_break_out_of_the_header),
                cmocka_unit_test(a_header_ends_at_48_kib),
                cmocka_unit_test(no_secret_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("oauth-request", tests, NULL, NULL);
}
