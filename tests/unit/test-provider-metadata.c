/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the metadata document is, and which documents are believed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/provider-metadata.h"

#define ISSUER       "https://sso.example.com/realms/corp"
#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

#define NEEDED                                                                        \
        (ENDPOINT_BIT(ENDPOINT_DEVICE_AUTHORIZATION) | ENDPOINT_BIT(ENDPOINT_TOKEN) | \
         ENDPOINT_BIT(ENDPOINT_KEYS))

#define BODY(issuer, more)                                                 \
        "{\"issuer\":\"" issuer "\","                                      \
        "\"device_authorization_endpoint\":\"https://sso.example.com/d\"," \
        "\"token_endpoint\":\"https://sso.example.com/t\","                \
        "\"jwks_uri\":\"https://sso.example.com/k\"" more "}"

static void check_refused(const char *body, const char *expected_why)
{
        struct provider_metadata metadata = {0};
        const char *why = NULL;

        if (provider_metadata_parse(body, strlen(body), ISSUER, NEEDED, &metadata, &why) !=
            -EBADMSG)
                fail_msg("%s", body);
        assert_string_equal(why, expected_why);
        assert_null(metadata.issuer);
        assert_null(metadata.endpoints[ENDPOINT_TOKEN]);
}

static void check_url(const char *issuer, enum metadata_kind kind, const char *expected)
{
        _cleanup_free_ char *url = NULL;

        assert_int_equal(provider_metadata_url(issuer, kind, &url), expected ? 0 : -EINVAL);
        if (expected)
                assert_string_equal(url, expected);
        else
                assert_null(url);
}

static void oidc_discovery_4_1_appends(void **state)
{
        static const char *const rows[][2] = {
                {"https://example.com", "https://example.com/.well-known/openid-configuration"},
                {"https://example.com/", "https://example.com/.well-known/openid-configuration"},
                {"https://example.com/issuer1",
                 "https://example.com/issuer1/.well-known/openid-configuration"},
                {"https://example.com/issuer1/",
                 "https://example.com/issuer1/.well-known/openid-configuration"},
                {"https://example.com/a//",
                 "https://example.com/a//.well-known/openid-configuration"},
                {"https://example.com:8443/a/b",
                 "https://example.com:8443/a/b/.well-known/openid-configuration"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                check_url(rows[i][0], METADATA_OIDC_DISCOVERY, rows[i][1]);
}

static void rfc8414_3_1_inserts(void **state)
{
        static const char *const rows[][2] = {
                {"https://example.com",
                 "https://example.com/.well-known/oauth-authorization-server"},
                {"https://example.com/",
                 "https://example.com/.well-known/oauth-authorization-server"},
                {"https://example.com/issuer1",
                 "https://example.com/.well-known/oauth-authorization-server/issuer1"},
                {"https://example.com/issuer1/",
                 "https://example.com/.well-known/oauth-authorization-server/issuer1"},
                {"https://[2001:db8::1]:8443/a/b",
                 "https://[2001:db8::1]:8443/.well-known/oauth-authorization-server/a/b"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                check_url(rows[i][0], METADATA_RFC8414, rows[i][1]);
}

static void rfc8414_2_issuer_is_https_without_query_or_fragment(void **state)
{
        static const char *const issuers[] = {
                "",
                "http://example.com",
                "https://",
                "https:///a",
                "https://example.com?x=1",
                "https://example.com/?",
                "https://example.com/#a",
                "https://user@example.com/",
                "example.com",
        };

        for (size_t i = 0; i < ELEMENTSOF(issuers); i++) {
                check_url(issuers[i], METADATA_OIDC_DISCOVERY, NULL);
                check_url(issuers[i], METADATA_RFC8414, NULL);
        }
}

static void by_hand_has_no_document(void **state)
{
        check_url(ISSUER, METADATA_BY_HAND, NULL);
}

static void endpoints_are_read(void **state)
{
        static const char body[] = BODY(
                ISSUER, ",\"userinfo_endpoint\":\"https://sso.example.com/u\","
                        "\"grant_types_supported\":[\"authorization_code\",\"" DEVICE_GRANT
                        "\"],\"unknown\":{\"a\":[1,2.5,null]}");
        struct provider_metadata metadata;
        const char *why = NULL;

        assert_int_equal(
                provider_metadata_parse(body, strlen(body), ISSUER, NEEDED, &metadata, &why), 0);
        assert_string_equal(metadata.issuer, ISSUER);
        assert_string_equal(metadata.endpoints[ENDPOINT_DEVICE_AUTHORIZATION],
                            "https://sso.example.com/d");
        assert_string_equal(metadata.endpoints[ENDPOINT_TOKEN], "https://sso.example.com/t");
        assert_string_equal(metadata.endpoints[ENDPOINT_USERINFO], "https://sso.example.com/u");
        assert_string_equal(metadata.endpoints[ENDPOINT_KEYS], "https://sso.example.com/k");
        provider_metadata_finish(&metadata);
        assert_null(metadata.issuer);
}

static void rfc8628_16_grants_and_userinfo_are_optional(void **state)
{
        static const char *const bodies[] = {
                BODY(ISSUER, ""),
                BODY(ISSUER, ",\"grant_types_supported\":null,\"userinfo_endpoint\":null"),
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct provider_metadata metadata;
                const char *why = NULL;
                assert_int_equal(provider_metadata_parse(bodies[i], strlen(bodies[i]), ISSUER,
                                                         NEEDED, &metadata, &why),
                                 0);
                assert_null(metadata.endpoints[ENDPOINT_USERINFO]);
                provider_metadata_finish(&metadata);
        }
}

static void rfc8414_3_3_issuer_is_the_same_string(void **state)
{
        static const char *const bodies[] = {
                BODY(ISSUER "/", ""),
                BODY("https://SSO.example.com/realms/corp", ""),
                BODY("https://sso.example.com:443/realms/corp", ""),
                BODY("https://sso.example.com/realms/%63orp", ""),
                BODY("https://sso.example.com/realms/cor", ""),
                BODY("http://sso.example.com/realms/corp", ""),
                BODY("https://sso.example.com/realms/{tenantid}", ""), /* Entra's template */
                BODY("", ""),
                "{\"issuer\":[\"" ISSUER "\"]}",
                "{}",
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++)
                check_refused(bodies[i], "issuer is not the one that was asked");
}

static void rfc8628_16_listed_grants_must_have_the_device_grant(void **state)
{
        static const char *const bodies[] = {
                BODY(ISSUER, ",\"grant_types_supported\":[]"),
                BODY(ISSUER, ",\"grant_types_supported\":[null]"),
                BODY(ISSUER, ",\"grant_types_supported\":[\"authorization_code\",7]"),
                BODY(ISSUER, ",\"grant_types_supported\":\"" DEVICE_GRANT "\""),
                BODY(ISSUER, ",\"grant_types_supported\":[\"" DEVICE_GRANT "s\"]"),
                BODY(ISSUER, ",\"grant_types_supported\":[[\"" DEVICE_GRANT "\"]]"),
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++)
                check_refused(bodies[i], "grant_types_supported does not list the device grant");
}

static void endpoints_are_needed_and_https(void **state)
{
        static const struct {
                const char *body;
                const char *why;
        } rows[] = {
                {"{\"issuer\":\"" ISSUER "\"}",
                 "device_authorization_endpoint is missing or not https"},
                {"{\"issuer\":\"" ISSUER "\",\"device_authorization_endpoint\":\"http://a/d\"}",
                 "device_authorization_endpoint is missing or not https"},
                {"{\"issuer\":\"" ISSUER "\",\"device_authorization_endpoint\":\"https://a/d\"}",
                 "token_endpoint is missing or not https"},
                {"{\"issuer\":\"" ISSUER "\",\"device_authorization_endpoint\":\"https://a/d\","
                 "\"token_endpoint\":\"file:///etc/passwd\"}",
                 "token_endpoint is missing or not https"},
                {"{\"issuer\":\"" ISSUER "\",\"device_authorization_endpoint\":\"https://a/d\","
                 "\"token_endpoint\":\"https://a/t\",\"jwks_uri\":17}",
                 "jwks_uri is missing or not https"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                check_refused(rows[i].body, rows[i].why);
}

static void read_well(const char *body, unsigned needed, struct provider_metadata *ret_metadata)
{
        const char *why = NULL;

        if (provider_metadata_parse(body, strlen(body), ISSUER, needed, ret_metadata, &why) != 0)
                fail_msg("%s: %s", body, why);
}

static void an_endpoint_without_need_that_is_not_https_is_as_none(void **state)
{
        static const char *const bodies[] = {
                BODY(ISSUER, ",\"userinfo_endpoint\":\"http://sso.example.com/u\""),
                BODY(ISSUER, ",\"userinfo_endpoint\":{}"),
                BODY(ISSUER, ",\"userinfo_endpoint\":\"\""),
        };

        for (size_t i = 0; i < ELEMENTSOF(bodies); i++) {
                struct provider_metadata metadata;
                read_well(bodies[i], NEEDED, &metadata);
                assert_null(metadata.endpoints[ENDPOINT_USERINFO]);
                provider_metadata_finish(&metadata);
        }
}

/* What the settings name need not stand in the document. */
static void only_what_is_needed_must_be_there(void **state)
{
        struct provider_metadata metadata;

        read_well("{\"issuer\":\"" ISSUER "\",\"grant_types_supported\":[]}", 0, &metadata);
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++)
                assert_null(metadata.endpoints[i]);
        assert_false(metadata.names_issuer);
        assert_false(metadata.binds_tokens);
        provider_metadata_finish(&metadata);
}

static void ciba_4_needs_its_grant_and_poll_mode(void **state)
{
#define CIBA(more)                                                                                \
        "{\"issuer\":\"" ISSUER "\",\"backchannel_authentication_endpoint\":\"https://a/b\"" more \
        "}"
#define GRANT ",\"grant_types_supported\":[\"urn:openid:params:grant-type:ciba\"]"
#define MODES ",\"backchannel_token_delivery_modes_supported\":"
        static const struct {
                const char *body, *why;
        } rows[] = {
                {CIBA(""), NULL},
                {CIBA(GRANT MODES "[\"ping\",\"poll\"]"), NULL},
                {CIBA(GRANT MODES "[\"ping\",\"push\"]"),
                 "backchannel_token_delivery_modes_supported does not list poll"},
                {CIBA(",\"grant_types_supported\":[\"" DEVICE_GRANT "\"]"),
                 "grant_types_supported does not list the CIBA grant"},
                {"{\"issuer\":\"" ISSUER "\"}",
                 "backchannel_authentication_endpoint is missing or not https"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct provider_metadata metadata = {0};
                const char *why = NULL;
                int r = provider_metadata_parse(rows[i].body, strlen(rows[i].body), ISSUER,
                                                ENDPOINT_BIT(ENDPOINT_BACKCHANNEL_AUTHENTICATION),
                                                &metadata, &why);
                assert_int_equal(r, rows[i].why ? -EBADMSG : 0);
                if (rows[i].why)
                        assert_string_equal(why, rows[i].why);
                provider_metadata_finish(&metadata);
        }
}

static void rfc8705_5_aliases_are_read(void **state)
{
        struct provider_metadata metadata;

        read_well(BODY(ISSUER, ",\"mtls_endpoint_aliases\":{\"token_endpoint\":"
                               "\"https://mtls.example.com/t\",\"jwks_uri\":\"http://a/\"}"),
                  NEEDED, &metadata);
        assert_string_equal(metadata.mtls_endpoints[ENDPOINT_TOKEN], "https://mtls.example.com/t");
        assert_null(metadata.mtls_endpoints[ENDPOINT_KEYS]);
        assert_null(metadata.mtls_endpoints[ENDPOINT_DEVICE_AUTHORIZATION]);
        provider_metadata_finish(&metadata);
        read_well(BODY(ISSUER, ",\"mtls_endpoint_aliases\":null"), NEEDED, &metadata);
        assert_null(metadata.mtls_endpoints[ENDPOINT_TOKEN]);
        provider_metadata_finish(&metadata);
        check_refused(BODY(ISSUER, ",\"mtls_endpoint_aliases\":[]"),
                      "mtls_endpoint_aliases is not an object");
}

static void rfc9207_3_and_rfc9449_5_1_promises_are_read(void **state)
{
        struct provider_metadata metadata;

        read_well(BODY(ISSUER, ",\"authorization_response_iss_parameter_supported\":true,"
                               "\"dpop_signing_alg_values_supported\":[\"RS256\",\"ES256\"]"),
                  NEEDED, &metadata);
        assert_true(metadata.names_issuer);
        assert_true(metadata.binds_tokens);
        provider_metadata_finish(&metadata);
        read_well(BODY(ISSUER, ",\"authorization_response_iss_parameter_supported\":7,"
                               "\"dpop_signing_alg_values_supported\":[\"RS256\"]"),
                  NEEDED, &metadata);
        assert_false(metadata.names_issuer);
        assert_false(metadata.binds_tokens);
        provider_metadata_finish(&metadata);
}

static void an_endpoint_has_the_name_of_its_member(void **state)
{
        assert_string_equal(provider_endpoint_name(ENDPOINT_KEYS), "jwks_uri");
        assert_string_equal(provider_endpoint_name(ENDPOINT_END_SESSION), "end_session_endpoint");
}

static void addresses_end_at_2048_bytes(void **state)
{
        for (int size = 2048; size <= 2049; size++) {
                char body[4000];
                struct provider_metadata metadata = {0};
                (void)snprintf(body, sizeof(body),
                               BODY(ISSUER, ",\"userinfo_endpoint\":\"https://a/%0*d\""),
                               size - (int)strlen("https://a/"), 0);
                read_well(body, NEEDED, &metadata);
                assert_int_equal(metadata.endpoints[ENDPOINT_USERINFO] != NULL, size == 2048);
                provider_metadata_finish(&metadata);
        }
}

static void documents_are_read_strictly(void **state)
{
        check_refused("", "empty");
        check_refused("<html>", "not a word of JSON");
        check_refused(BODY(ISSUER, ",\"issuer\":\"https://evil.example\""),
                      "duplicate member names");
        check_refused(BODY(ISSUER, ",\"token_endpoint\":\"https://evil.example\""),
                      "duplicate member names");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(oidc_discovery_4_1_appends),
                cmocka_unit_test(rfc8414_3_1_inserts),
                cmocka_unit_test(rfc8414_2_issuer_is_https_without_query_or_fragment),
                cmocka_unit_test(by_hand_has_no_document),
                cmocka_unit_test(endpoints_are_read),
                cmocka_unit_test(rfc8628_16_grants_and_userinfo_are_optional),
                cmocka_unit_test(rfc8414_3_3_issuer_is_the_same_string),
                cmocka_unit_test(rfc8628_16_listed_grants_must_have_the_device_grant),
                cmocka_unit_test(endpoints_are_needed_and_https),
                cmocka_unit_test(an_endpoint_without_need_that_is_not_https_is_as_none),
                cmocka_unit_test(only_what_is_needed_must_be_there),
                cmocka_unit_test(ciba_4_needs_its_grant_and_poll_mode),
                cmocka_unit_test(rfc8705_5_aliases_are_read),
                cmocka_unit_test(rfc9207_3_and_rfc9449_5_1_promises_are_read),
                cmocka_unit_test(an_endpoint_has_the_name_of_its_member),
                cmocka_unit_test(addresses_end_at_2048_bytes),
                cmocka_unit_test(documents_are_read_strictly),
        };
        return cmocka_run_group_tests_name("provider-metadata", tests, NULL, NULL);
}
