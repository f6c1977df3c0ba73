/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jwks.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/jwk.h"

#define X32     "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC      "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\",\"y\":\"" X32 "\""
#define UNKNOWN "{\"kty\":\"OKP\",\"kid\":\"ed\"}"

static struct jwks *keys_of(const char *text)
{
        struct jwks *jwks = NULL;
        const char *why = NULL;
        assert_int_equal(jwks_parse(text, strlen(text), &jwks, &why), 0);
        return jwks;
}

static void assert_choice(const char *text, const char *kid, enum jws_algorithm algorithm,
                          enum jwks_choice expected, const char *expected_why)
{
        _cleanup_jwks_ struct jwks *jwks = keys_of(text);
        const struct jwk *key = NULL;
        const char *why = NULL;

        assert_int_equal(jwks_choose(jwks, kid, algorithm, &key, &why), expected);
        if (expected == JWKS_FOUND) {
                assert_true(key->algorithms & algorithm);
                return;
        }
        assert_null(key);
        assert_string_equal(why, expected_why);
}

static void what_is_no_key_set_is_refused(void **state)
{
        static const struct {
                const char *text, *why;
        } cases[] = {
                {"{}", "the key set has no keys array"},
                {"{\"keys\":null}", "the key set has no keys array"},
                {"{\"keys\":{}}", "the key set has no keys array"},
                {"{\"keys\":[7]}", "a key of the key set is not an object"},
                {"{\"keys\":[null]}", "a key of the key set is not an object"},
                {"{\"keys\":[],\"keys\":[]}", "duplicate member names"},
                {"{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", "duplicate member names"},
                {"[]", "not a JSON object"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct jwks *jwks = NULL;
                const char *why = NULL;
                assert_int_equal(jwks_parse(cases[i].text, strlen(cases[i].text), &jwks, &why),
                                 -EBADMSG);
                assert_null(jwks);
                assert_string_equal(why, cases[i].why);
        }
}

static int parse_many(size_t n, struct jwks **ret_jwks, const char **ret_why)
{
        char text[4096] = "{\"keys\":[";

        for (size_t i = 0; i < n; i++)
                strcat(text, i ? "," UNKNOWN : UNKNOWN);
        strcat(text, "]}");
        return jwks_parse(text, strlen(text), ret_jwks, ret_why);
}

static void at_most_100_keys(void **state)
{
        _cleanup_jwks_ struct jwks *jwks = NULL;
        struct jwks *more = NULL;
        const struct jwk *keys;
        const char *why = NULL;

        assert_int_equal(parse_many(100, &jwks, &why), 0);
        assert_int_equal(jwks_keys(jwks, &keys), 100);
        assert_string_equal(keys[99].kid, "ed");
        assert_int_equal(parse_many(101, &more, &why), -EBADMSG);
        assert_null(more);
        assert_string_equal(why, "the key set holds more than 100 keys");
}

static void at_most_512_kib(void **state)
{
        static const char set[] = "{\"keys\":[]}";
        _cleanup_free_ char *text = malloc(JWKS_MAX_BYTES + 1);
        _cleanup_jwks_ struct jwks *jwks = NULL;
        struct jwks *more = NULL;
        const char *why = NULL;

        memset(text, ' ', JWKS_MAX_BYTES + 1);
        memcpy(text, set, strlen(set));
        assert_int_equal(jwks_parse(text, JWKS_MAX_BYTES, &jwks, &why), 0);
        assert_int_equal(jwks_parse(text, JWKS_MAX_BYTES + 1, &more, &why), -EBADMSG);
        assert_string_equal(why, "the key set is larger than 512 KiB");
}

static void unknown_kinds_are_kept_but_never_chosen(void **state)
{
        static const char set[] = "{\"keys\":[" UNKNOWN ",{" EC ",\"kid\":\"e\"}]}";
        _cleanup_jwks_ struct jwks *jwks = keys_of(set);

        assert_true(jwks_has_key(jwks, "ed"));
        assert_true(jwks_has_key(jwks, "e"));
        assert_false(jwks_has_key(jwks, "E"));
        assert_false(jwks_has_key(jwks, ""));
        assert_choice(set, "ed", JWS_ES256, JWKS_REFUSED,
                      "the key is of a kind that is not supported");
        assert_choice(set, NULL, JWS_ES256, JWKS_FOUND, NULL);
}

static void the_kid_chooses(void **state)
{
        static const char set[] = "{\"keys\":[{" EC "},{" EC ",\"kid\":\"e\"},{" EC
                                  ",\"kid\":\"E\"},{" EC ",\"kid\":\"t\"},{" EC ",\"kid\":\"t\"}]}";

        assert_choice(set, "e", JWS_ES256, JWKS_FOUND, NULL);
        assert_choice(set, "e", JWS_RS256, JWKS_REFUSED,
                      "the token's algorithm does not fit its key");
        assert_choice(set, "x", JWS_ES256, JWKS_UNKNOWN,
                      "the provider publishes no key with the token's kid");
        assert_choice(set, "", JWS_ES256, JWKS_UNKNOWN,
                      "the provider publishes no key with the token's kid");
        assert_choice(set, "t", JWS_ES256, JWKS_REFUSED,
                      "several keys of the provider share the token's kid");
        assert_choice(set, NULL, JWS_ES256, JWKS_REFUSED,
                      "the token names no key and several keys of the provider fit");
        assert_choice(set, NULL, JWS_ES384, JWKS_UNKNOWN,
                      "the token names no key and no key of the provider fits");
}

static void nothing_is_freed_gladly(void **state)
{
        assert_null(jwks_free(NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_no_key_set_is_refused),
                cmocka_unit_test(at_most_100_keys),
                cmocka_unit_test(at_most_512_kib),
                cmocka_unit_test(unknown_kinds_are_kept_but_never_chosen),
                cmocka_unit_test(the_kid_chooses),
                cmocka_unit_test(nothing_is_freed_gladly),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
