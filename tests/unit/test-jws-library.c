/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What core/jws makes of a libcjose that cannot read a token, or reads another header than we did:
 * its calls are wrapped. Our own checks come first, so that no token gets this far by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjose/cjose.h>
#include <cmocka.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/jwks.h"
#include "core/jws.h"
#include "token-forge.h"

enum library {
        LIBRARY_WORKS,
        LIBRARY_READS_NOTHING,
        LIBRARY_READS_OTHER,
        LIBRARY_READS_NO_ALG,
};

static enum library library;

cjose_jws_t *__real_cjose_jws_import(const char *compact, size_t size, cjose_err *error);
cjose_jws_t *__wrap_cjose_jws_import(const char *compact, size_t size, cjose_err *error);
const char *__real_cjose_header_get(cjose_header_t *header, const char *name, cjose_err *error);
const char *__wrap_cjose_header_get(cjose_header_t *header, const char *name, cjose_err *error);

cjose_jws_t *__wrap_cjose_jws_import(const char *compact, size_t size, cjose_err *error)
{
        if (library == LIBRARY_READS_NOTHING)
                return NULL;
        return __real_cjose_jws_import(compact, size, error);
}

const char *__wrap_cjose_header_get(cjose_header_t *header, const char *name, cjose_err *error)
{
        if (library == LIBRARY_READS_OTHER)
                return "HS256";
        if (library == LIBRARY_READS_NO_ALG)
                return NULL;
        return __real_cjose_header_get(header, name, error);
}

static enum jws_verdict verify(enum library how, const char **ret_why)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, ""), *set = forge_jwks(jwk, NULL);
        _cleanup_free_ char *token = forge_jws(key, "ES256", "{\"alg\":\"ES256\"}", "{}");
        _cleanup_(jwks_freep) struct jwks *jwks = NULL;
        _cleanup_jws_token_ struct jws_token parsed = {0};

        EVP_PKEY_free(key);
        assert_int_equal(jwks_parse(set, strlen(set), &jwks, ret_why), 0);
        library = how;
        enum jws_verdict verdict = jws_verify(token, strlen(token), jwks, JWS_DEFAULT_ALGORITHMS,
                                              &parsed, ret_why);
        library = LIBRARY_WORKS;
        assert_true((verdict == JWS_VALID) == (parsed.claims != NULL));
        return verdict;
}

static void the_token_is_good(void **state)
{
        const char *why = NULL;

        assert_int_equal(verify(LIBRARY_WORKS, &why), JWS_VALID);
}

static void what_the_library_cannot_read_is_invalid(void **state)
{
        const char *why = NULL;

        assert_int_equal(verify(LIBRARY_READS_NOTHING, &why), JWS_INVALID);
        assert_string_equal(why, "the token cannot be read");
}

static void two_readings_of_the_header_are_invalid(void **state)
{
        const char *why = NULL;

        assert_int_equal(verify(LIBRARY_READS_OTHER, &why), JWS_INVALID);
        assert_string_equal(why, "the token's header is ambiguous");
        assert_int_equal(verify(LIBRARY_READS_NO_ALG, &why), JWS_INVALID);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_token_is_good),
                cmocka_unit_test(what_the_library_cannot_read_is_invalid),
                cmocka_unit_test(two_readings_of_the_header_are_invalid),
        };
        return cmocka_run_group_tests_name("jws-library", tests, NULL, NULL);
}
