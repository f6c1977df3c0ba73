/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/claim-address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <json-c/json.h>

#include "common/cleanup.h"
#include "core/identity.h"
#include "core/strict-json.h"

static struct identity *new_identity(const char *claims)
{
        _cleanup_json_ struct json_object *object = json_tokener_parse(claims);
        struct identity *identity = NULL;
        const char *why = NULL;

        assert_non_null(object);
        assert_int_equal(identity_new("corp", object, &identity, &why), 0);
        return identity;
}

static void an_address_has_the_claims_in_it(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\",\"oid\":\"0-9_z.~\",\"id\":583231,"
                "\"deep\":{\"n\":-7}}");
        static const struct {
                const char *form, *expected;
        } rows[] = {
                {"https://a/users/{oid}", "https://a/users/0-9_z.~"},
                {"https://a/u?x={oid}&y={oid}#", "https://a/u?x=0-9_z.~&y=0-9_z.~#"},
                {"https://a/fixed", "https://a/fixed"},
                {"https://a/user/{id}", "https://a/user/583231"},
                {"https://a/user/{/deep/n}", "https://a/user/-7"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *url = NULL;
                assert_int_equal(claim_address_new(rows[i].form, identity, &url), 0);
                assert_string_equal(url, rows[i].expected);
        }
}

/* A claim must not lead the question elsewhere. */
static void rfc3986_2_1_a_claim_is_encoded(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\",\"x\":\"..c/b ?#&%\xC3\xBC\"}");
        _cleanup_free_ char *url = NULL;

        assert_int_equal(claim_address_new("https://a/u/{x}/y", identity, &url), 0);
        assert_string_equal(url, "https://a/u/..c%2Fb%20%3F%23%26%25%C3%BC/y");
}

static void an_address_that_cannot_be_made_is_refused(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\",\"n\":7.5,\"l\":[7],"
                "\"big\":99999999999999999999,\"yes\":true,\"e\":\"\","
                "\"q\":\"o'x\",\"d\":\"a\\\"b\",\"b\":\"a\\\\b\"}");
        static const char *const forms[] = {
                "https://a/{oid}", /* no such claim */
                "https://a/{n}",   /* no text, nor a whole number */
                "https://a/{l}",   "https://a/{big}", "https://a/{yes}", "https://a/{e}",
                "https://a/{q}", /* would end a text */
                "https://a/{d}",   "https://a/{b}",   "https://a/{sub",  "https://a/{}",
        };

        for (size_t i = 0; i < ELEMENTSOF(forms); i++) {
                char *url = NULL;
                assert_int_equal(claim_address_new(forms[i], identity, &url), -EINVAL);
                assert_null(url);
        }
}

/* A dot needs no encoding, and where it is encoded it means the same. */
static void rfc3986_5_2_4_a_claim_climbs_no_path(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\",\"p\":\".\",\"pp\":\"..\","
                "\"ppp\":\"...\",\"px\":\".x\"}");
        static const struct {
                const char *form;
                int expected;
        } rows[] = {
                {"https://a/u/{pp}", -EINVAL},     {"https://a/u/{p}", -EINVAL},
                {"https://a/{pp}/u", -EINVAL},     {"https://a/{p}{p}/u", -EINVAL},
                {"https://a/u/.{p}?x=1", -EINVAL}, {"https://a/u/{pp}?x=1", -EINVAL},
                {"https://a/u/{pp}#x", -EINVAL},   {"https://a/u/{ppp}/x", 0},
                {"https://a/u/{px}/x", 0},         {"https://a/u/x{pp}", 0},
                {"https://a/u/{pp}x", 0},          {"https://a/u?x=/{pp}/", 0},
                {"https://a/u//{sub}", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *url = NULL;
                assert_int_equal(claim_address_new(rows[i].form, identity, &url), rows[i].expected);
                assert_int_equal(url != NULL, rows[i].expected == 0);
        }
}

/* A server may decode the slashes of a claim before it takes the dots out. */
static void rfc3986_5_2_4_slashes_in_a_claim_climb_no_path(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\",\"up\":\"../../groups\","
                "\"mid\":\"x/../y\",\"end\":\"x/..\",\"dot\":\"x/./y\",\"slash\":\"x/\","
                "\"pp\":\"..\",\"good\":\"x/y../.z\"}");
        static const struct {
                const char *form;
                int expected;
        } rows[] = {
                {"https://a/u/{up}/x", -EINVAL},
                {"https://a/u/{mid}", -EINVAL},
                {"https://a/u/{end}", -EINVAL},
                {"https://a/u/{end}?x=1", -EINVAL},
                {"https://a/u/{dot}", -EINVAL},
                {"https://a/u/{slash}{pp}", -EINVAL},
                {"https://a/u/{slash}../x", -EINVAL},
                {"https://a/u/{good}", 0},
                {"https://a/u?x={up}", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *url = NULL;
                assert_int_equal(claim_address_new(rows[i].form, identity, &url), rows[i].expected);
                assert_int_equal(url != NULL, rows[i].expected == 0);
        }
}

static void an_address_ends_at_2048_bytes(void **state)
{
        _cleanup_identity_ struct identity *identity = new_identity(
                "{\"iss\":\"https://i.example\",\"sub\":\"1\"}");
        char form[CLAIM_ADDRESS_MAX_BYTES + 100] = "https://a/";
        char *url = NULL;

        memset(form + strlen(form), 'x', CLAIM_ADDRESS_MAX_BYTES - 1 - strlen(form));
        memcpy(form + CLAIM_ADDRESS_MAX_BYTES - 1, "{sub}", sizeof("{sub}"));
        assert_int_equal(claim_address_new(form, identity, &url), 0);
        assert_int_equal(strlen(url), CLAIM_ADDRESS_MAX_BYTES);
        free(url);
        url = NULL;
        memcpy(form + CLAIM_ADDRESS_MAX_BYTES - 1, "x{sub}", sizeof("x{sub}"));
        assert_int_equal(claim_address_new(form, identity, &url), -EINVAL);
        memcpy(form + CLAIM_ADDRESS_MAX_BYTES - 1, "xx{sub}", sizeof("xx{sub}"));
        assert_int_equal(claim_address_new(form, identity, &url), -EINVAL);
        assert_null(url);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_address_has_the_claims_in_it),
                cmocka_unit_test(rfc3986_2_1_a_claim_is_encoded),
                cmocka_unit_test(an_address_that_cannot_be_made_is_refused),
                cmocka_unit_test(rfc3986_5_2_4_a_claim_climbs_no_path),
                cmocka_unit_test(rfc3986_5_2_4_slashes_in_a_claim_climb_no_path),
                cmocka_unit_test(an_address_ends_at_2048_bytes),
        };
        return cmocka_run_group_tests_name("claim-address", tests, NULL, NULL);
}
