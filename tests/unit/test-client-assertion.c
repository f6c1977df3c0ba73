/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/client-assertion.h"
#include "core/jws-algorithm.h"
#include "jwt-reader.h"
#include "token-forge.h"

#define NOW_SEC UINT64_C(1800000000)

static struct client_assertion_spec spec_with(EVP_PKEY *key, const struct secret *secret)
{
        return (struct client_assertion_spec){
                .client_id = "linux-login",
                .audience = "https://id.example/realms/corp",
                .key = key,
                .secret = secret,
                .jti = "4cfe9b2c1d",
                .now_sec = NOW_SEC,
        };
}

static void rfc7523_3_the_claims_say_who_for_whom_and_how_long(void **state)
{
        _cleanup_secret_ struct secret *assertion = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};
        EVP_PKEY *key = forge_ec("P-256");
        struct client_assertion_spec spec = spec_with(key, NULL);

        spec.kid = "host-1";
        assert_int_equal(client_assertion_new(&spec, &assertion), 0);
        jwt_assert_signed(assertion, key);
        jwt_read(assertion, &parts);
        assert_string_equal(json_object_to_json_string_ext(parts.header, JSON_C_TO_STRING_PLAIN),
                            "{\"typ\":\"JWT\",\"kid\":\"host-1\",\"alg\":\"ES256\"}");
        assert_string_equal(json_object_to_json_string_ext(parts.claims,
                                                           JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE),
                            "{\"iss\":\"linux-login\",\"sub\":\"linux-login\","
                            "\"aud\":\"https://id.example/realms/corp\",\"jti\":\"4cfe9b2c1d\","
                            "\"iat\":1800000000,\"exp\":1800000120}");
        EVP_PKEY_free(key);
}

static void a_key_without_an_identifier_names_none(void **state)
{
        _cleanup_secret_ struct secret *assertion = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};
        EVP_PKEY *key = forge_rsa(2048);
        struct client_assertion_spec spec = spec_with(key, NULL);

        spec.algorithm = JWS_PS256;
        assert_int_equal(client_assertion_new(&spec, &assertion), 0);
        jwt_assert_signed(assertion, key);
        jwt_read(assertion, &parts);
        assert_null(jwt_member(parts.header, "kid"));
        assert_string_equal(jwt_member(parts.header, "alg"), "PS256");
        EVP_PKEY_free(key);
}

static void oidc_9_a_client_secret_proves_itself_by_a_mac(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(
                "a secret of thirty-two bytes \xc3\xa4\xc3\xb6");
        _cleanup_secret_ struct secret *assertion = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};
        struct client_assertion_spec spec = spec_with(NULL, secret);

        assert_int_equal(client_assertion_new(&spec, &assertion), 0);
        jwt_assert_mac(assertion, secret);
        jwt_read(assertion, &parts);
        assert_string_equal(jwt_member(parts.header, "alg"), "HS256");
        assert_string_equal(jwt_member(parts.claims, "aud"), "https://id.example/realms/corp");
}

static void assert_refused(struct client_assertion_spec spec)
{
        struct secret *assertion = NULL;

        assert_int_equal(client_assertion_new(&spec, &assertion), -EINVAL);
        assert_null(assertion);
}

static void rfc7523_2_1_a_service_account_asks_in_a_name(void **state)
{
        _cleanup_secret_ struct secret *assertion = NULL, *plain = NULL, *none = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0}, own = {0};
        EVP_PKEY *key = forge_rsa(2048);
        struct grant_assertion_spec spec = {
                .client_id = "badged@corp.example",
                .subject = "admin@corp.example",
                .audience = "https://id.example/token",
                .scope = "groups.readonly",
                .key = key,
                .jti = "1",
                .now_sec = NOW_SEC,
        };

        assert_int_equal(grant_assertion_new(&spec, &assertion), 0);
        jwt_assert_signed(assertion, key);
        jwt_read(assertion, &parts);
        assert_string_equal(jwt_member(parts.claims, "iss"), "badged@corp.example");
        assert_string_equal(jwt_member(parts.claims, "sub"), "admin@corp.example");
        assert_string_equal(jwt_member(parts.claims, "aud"), "https://id.example/token");
        assert_string_equal(jwt_member(parts.claims, "scope"), "groups.readonly");

        spec.subject = spec.scope = NULL;
        assert_int_equal(grant_assertion_new(&spec, &plain), 0);
        jwt_read(plain, &own);
        assert_string_equal(jwt_member(own.claims, "sub"), "badged@corp.example");
        assert_null(jwt_member(own.claims, "scope"));

        spec.key = NULL;
        assert_int_equal(grant_assertion_new(&spec, &none), -EINVAL);
        spec.key = key;
        spec.jti = "";
        assert_int_equal(grant_assertion_new(&spec, &none), -EINVAL);
        spec.jti = "1";
        spec.audience = NULL;
        assert_int_equal(grant_assertion_new(&spec, &none), -EINVAL);
        spec.audience = "https://id.example/token";
        spec.client_id = "";
        assert_int_equal(grant_assertion_new(&spec, &none), -EINVAL);
        EVP_PKEY_free(key);
}

static void half_a_client_asserts_nothing(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        struct client_assertion_spec whole = spec_with(key, NULL), part;

        part = whole, part.client_id = NULL, assert_refused(part);
        part = whole, part.client_id = "", assert_refused(part);
        part = whole, part.audience = NULL, assert_refused(part);
        part = whole, part.audience = "", assert_refused(part);
        part = whole, part.jti = NULL, assert_refused(part);
        part = whole, part.jti = "", assert_refused(part);
        EVP_PKEY_free(key);
}

static void a_client_has_a_key_or_a_secret(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(
                "0123456789abcdef0123456789abcdef");
        _cleanup_secret_ struct secret *brief = secret_new_text("0123456789abcdef0123456789abcde");
        EVP_PKEY *key = forge_ec("P-256");
        struct client_assertion_spec of_secret = spec_with(NULL, secret);
        struct client_assertion_spec of_key = spec_with(key, NULL);

        assert_refused(spec_with(NULL, NULL));
        assert_refused(spec_with(key, secret));
        assert_refused(spec_with(NULL, brief));
        of_secret.algorithm = JWS_ES256;
        assert_refused(of_secret);
        of_key.algorithm = JWS_RS256;
        assert_refused(of_key);
        EVP_PKEY_free(key);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7523_3_the_claims_say_who_for_whom_and_how_long),
                cmocka_unit_test(a_key_without_an_identifier_names_none),
                cmocka_unit_test(oidc_9_a_client_secret_proves_itself_by_a_mac),
                cmocka_unit_test(rfc7523_2_1_a_service_account_asks_in_a_name),
                cmocka_unit_test(half_a_client_asserts_nothing),
                cmocka_unit_test(a_client_has_a_key_or_a_secret),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
