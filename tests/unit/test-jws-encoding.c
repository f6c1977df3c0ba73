/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens whose form alone must get them refused: parts, alphabet, lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "token-forge.h"
#include "token-issuer.h"

/* CVE-2025-4658 */
static void other_numbers_of_parts_are_refused(void **state)
{
        static const char why[] = "the token does not have exactly three parts";
        struct issuer *issuer = *state;
        _cleanup_free_ char *good = forge_jws(issuer->rsa, "RS256", RS256, CLAIMS);
        _cleanup_free_ char *four = NULL, *jwe = NULL, *leading = NULL;

        assert_true(asprintf(&four, "%s.%s", good, strrchr(good, '.') + 1) > 0);
        assert_true(asprintf(&jwe, "%s.AAAA.AAAA", good) > 0);
        assert_true(asprintf(&leading, ".%s", good) > 0);
        issuer_refuses(issuer, four, why);
        issuer_refuses(issuer, jwe, why);
        issuer_refuses(issuer, leading, why);
        *strrchr(good, '.') = '\0';
        issuer_refuses(issuer, good, why);
        *strrchr(good, '.') = '\0';
        issuer_refuses(issuer, good, why);
        issuer_refuses(issuer, "", why);
        issuer_refuses(issuer, "..", why);
}

static char *insert(const char *token, size_t at, char byte)
{
        char *longer = malloc(strlen(token) + 2);
        memcpy(longer, token, at);
        longer[at] = byte;
        strcpy(longer + at + 1, token + at);
        return longer;
}

static void anything_but_strict_base64url_is_refused(void **state)
{
        static const char extra[] = "=\n\r \t+/\v\x80\xC1";
        static const char why[] = "the token is not strict base64url";
        struct issuer *issuer = *state;
        _cleanup_free_ char *good = forge_jws(issuer->rsa, "RS256", RS256, CLAIMS);
        size_t ends[] = {0,
                         strcspn(good, "."),
                         strcspn(good, ".") + 1,
                         (size_t)(strrchr(good, '.') - good),
                         (size_t)(strrchr(good, '.') - good) + 1,
                         strlen(good)};

        for (size_t i = 0; i < ELEMENTSOF(ends); i++)
                for (size_t j = 0; j < sizeof(extra); j++) { /* the NUL included */
                        _cleanup_free_ char *token = insert(good, ends[i], extra[j]);
                        const char *reason = NULL;
                        assert_int_equal(issuer_verify(issuer, token, strlen(good) + 1, &reason),
                                         JWS_INVALID);
                        assert_string_equal(reason, why);
                }
        /* 256 bytes leave four bits over at the end: they must be zero. */
        char *last = good + strlen(good) - 1;
        assert_non_null(strchr("AQgw", *last));
        *last = (char)(*last + 1);
        issuer_refuses(issuer, good, why);
}

/* libcjose 0.6.2.1 splits an EC signature in the middle, whatever its length. */
static void signatures_of_another_length_are_refused(void **state)
{
        static const char why[] = "the signature has the wrong length";
        struct issuer *issuer = *state;
        _cleanup_free_ char *good = forge_jws(issuer->ec, "ES256", ES256, CLAIMS);
        _cleanup_free_ unsigned char *bytes = NULL;
        char *dot = strrchr(good, '.');
        size_t size;

        assert_int_equal(base64url_decode(dot + 1, strlen(dot + 1), &bytes, &size), 0);
        assert_int_equal(size, 64);
        *dot = '\0';
        for (size_t n = 1; n <= 65; n++) { /* base64url_decode() leaves a NUL behind the bytes */
                _cleanup_free_ char *text = base64url_encode(bytes, n), *token = NULL;
                assert_true(asprintf(&token, "%s.%s", good, text) > 0);
                if (n != 64)
                        issuer_refuses(issuer, token, why);
        }
}

static void tokens_above_64_kib_are_refused(void **state)
{
        struct issuer *issuer = *state;
        unsigned at_limit = 0;

        for (size_t pad = 49040; pad < 49080; pad++) {
                _cleanup_free_ char *payload = NULL;
                const char *why = NULL;
                assert_true(asprintf(&payload, "{\"sub\":\"%*d\"}", (int)pad, 1) > 0);
                _cleanup_free_ char *token = forge_jws(issuer->ec, "ES256", ES256, payload);
                bool fits = strlen(token) <= JWS_MAX_BYTES;
                at_limit += strlen(token) == JWS_MAX_BYTES || strlen(token) == JWS_MAX_BYTES + 1;
                assert_int_equal(issuer_verify(issuer, token, strlen(token), &why),
                                 fits ? JWS_VALID : JWS_INVALID);
                if (!fits)
                        assert_string_equal(why, "the token is larger than 64 KiB");
        }
        assert_in_range(at_limit, 1, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(other_numbers_of_parts_are_refused),
                cmocka_unit_test(anything_but_strict_base64url_is_refused),
                cmocka_unit_test(signatures_of_another_length_are_refused),
                cmocka_unit_test(tokens_above_64_kib_are_refused),
        };
        return cmocka_run_group_tests(tests, issuer_setup, issuer_teardown);
}
