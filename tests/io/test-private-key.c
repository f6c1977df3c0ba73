/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "freed-memory.h"
#include "io/private-key.h"
#include "own-folder.h"
#include "soft-token.h"

/* In the folder of the tests, to which all names are relative. */
static int folder_set_up(void **state)
{
        static char folder[] = "/tmp/private-key-XXXXXX";

        if (!own_folder_make(folder) || chdir(folder) < 0)
                return -1;
        *state = folder;
        umask(077);
        return system("exec 2>/dev/null; "
                      "openssl ecparam -name prime256v1 -genkey -noout -out sec1.pem && "
                      "openssl pkcs8 -topk8 -nocrypt -in sec1.pem -out ec.pem && "
                      "openssl genpkey -algorithm RSA -out rsa.pem && "
                      "openssl rsa -traditional -in rsa.pem -out pkcs1.pem && "
                      "openssl pkcs8 -topk8 -passout pass:word -in ec.pem -out locked.pem && "
                      "openssl rsa -traditional -aes128 -passout pass:word -in rsa.pem "
                      "-out locked-old.pem && "
                      "openssl pkey -in ec.pem -pubout -out public.pem && "
                      "openssl pkey -in ec.pem -outform DER -out ec.der && "
                      "openssl req -x509 -key ec.pem -subj /CN=x -out certificate.pem && "
                      "cat certificate.pem ec.pem >both.pem && : >empty.pem && "
                      "head -c 70000 /dev/zero | tr '\\0' x >large.pem");
}

static int folder_tear_down(void **state)
{
        own_folder_remove(*state);
        return 0;
}

static void assert_signs(const struct private_key *signer, const struct private_key *checker)
{
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        unsigned char signature[512];
        size_t size = sizeof(signature);
        static const unsigned char text[] = "text";

        assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL,
                                               private_key_evp(signer), NULL),
                         1);
        assert_int_equal(EVP_DigestSign(ctx, signature, &size, text, sizeof(text)), 1);
        EVP_MD_CTX_reset(ctx);
        assert_int_equal(EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL,
                                                 private_key_evp(checker), NULL),
                         1);
        assert_int_equal(EVP_DigestVerify(ctx, signature, size, text, sizeof(text)), 1);
        EVP_MD_CTX_free(ctx);
}

static struct private_key *load(const char *place)
{
        struct private_key *key = NULL;
        const char *why = NULL;

        int r = private_key_load(place, &key, &why);
        if (r < 0)
                fail_msg("%s: %s", place, why);
        assert_non_null(private_key_evp(key));
        return key;
}

static void every_form_of_pem_is_read(void **state)
{
        static const char *const pairs[][2] = {
                {"ec.pem", "sec1.pem"}, {"rsa.pem", "pkcs1.pem"}, {"ec.pem", "both.pem"}};

        for (size_t i = 0; i < ELEMENTSOF(pairs); i++) {
                _cleanup_(private_key_freep) struct private_key *one = load(pairs[i][0]),
                                                                *other = load(pairs[i][1]);

                assert_signs(one, other);
        }
}

static void a_credential_is_a_place(void **state)
{
        _cleanup_(private_key_freep) struct private_key *file = load("ec.pem"), *credential = NULL;
        const char *why = NULL;

        assert_int_equal(private_key_load("credential:ec.pem", &credential, &why), -ENXIO);
        assert_non_null(why);
        setenv("CREDENTIALS_DIRECTORY", *state, 1);
        credential = load("credential:ec.pem");
        unsetenv("CREDENTIALS_DIRECTORY");
        assert_signs(credential, file);
}

static void assert_refused(const char *place, int error, const char *expected_why)
{
        struct private_key *key = NULL;
        const char *why = NULL;

        assert_int_equal(private_key_load(place, &key, &why), error);
        assert_null(key);
        assert_string_equal(why, expected_why);
        assert_int_equal(ERR_peek_error(), 0);
}

static void what_is_not_one_open_key_is_refused(void **state)
{
        static const char no_key[] = "it is not a private key in PEM";
        static const char locked[] = "it is locked with a passphrase";

        assert_refused("locked.pem", -EBADMSG, locked);
        assert_refused("locked-old.pem", -EBADMSG, locked);
        assert_refused("public.pem", -EBADMSG, no_key);
        assert_refused("certificate.pem", -EBADMSG, no_key);
        assert_refused("ec.der", -EBADMSG, "it contains a NUL byte");
        assert_refused("empty.pem", -ENODATA, "it is empty");
        assert_refused("large.pem", -EFBIG, "it is too large");
        assert_refused("nowhere.pem", -ENOENT, "it cannot be opened");
}

static void a_key_that_others_may_read_is_refused(void **state)
{
        assert_int_equal(chmod("ec.pem", 0644), 0);
        assert_refused("ec.pem", -EPERM, "others have access to it");
        assert_int_equal(chmod("ec.pem", 0620), 0);
        assert_refused("ec.pem", -EPERM, "its group may write it");
        assert_int_equal(chmod("ec.pem", 0640), 0);
        private_key_free(load("ec.pem"));
        assert_int_equal(symlink("ec.pem", "link.pem"), 0);
        assert_refused("link.pem", -ELOOP, "it is a symbolic link");
}

static void text_from_elsewhere_is_bounded(void **state)
{
        _cleanup_free_ char *text = calloc(1, 70000);
        struct private_key *key = NULL;
        const char *why = NULL;

        _cleanup_secret_ struct secret *large = secret_new(text, 70000);
        assert_int_equal(private_key_from_secret(large, &key, &why), -EFBIG);
        assert_null(key);
}

static void made_keys_are_on_p256_and_differ(void **state)
{
        _cleanup_(private_key_freep) struct private_key *one = NULL, *other = NULL;

        assert_int_equal(private_key_generate_p256(&one), 0);
        assert_int_equal(private_key_generate_p256(&other), 0);
        assert_true(EVP_PKEY_is_a(private_key_evp(one), "EC"));
        assert_int_equal(EVP_PKEY_get_bits(private_key_evp(one)), 256);
        assert_int_not_equal(EVP_PKEY_eq(private_key_evp(one), private_key_evp(other)), 1);
        assert_signs(one, one);
}

static void a_key_survives_being_written(void **state)
{
        _cleanup_(private_key_freep) struct private_key *made = NULL, *again = NULL;
        _cleanup_secret_ struct secret *pem = NULL;
        const char *why;

        assert_int_equal(private_key_generate_p256(&made), 0);
        assert_int_equal(private_key_to_secret(made, &pem), 0);
        assert_int_equal(private_key_from_secret(pem, &again, &why), 0);
        assert_signs(made, again);
        assert_signs(again, made);
}

/* The second line of a PEM text holds bytes of the key. */
static void second_line(const struct secret *pem, char ret_line[65])
{
        const char *line = strchr(secret_bytes(pem), '\n');

        assert_non_null(line);
        memcpy(ret_line, line + 1, 64);
        ret_line[64] = '\0';
}

static void the_text_of_a_key_does_not_stay_behind(void **state)
{
        static char line[65];
        _cleanup_secret_ struct secret *pem = NULL;
        const char *why;

        assert_int_equal(private_key_read_pem("rsa.pem", &pem, &why), 0);
        second_line(pem, line);
        freed_memory_watch(line);
        for (int i = 0; i < 2; i++) {
                struct private_key *key = load("rsa.pem");
                struct secret *written = NULL;

                assert_int_equal(private_key_to_secret(key, &written), 0);
                assert_non_null(strstr(secret_bytes(written), line));
                secret_free(written);
                private_key_free(key);
        }
        assert_int_equal(freed_memory_count(), 0);
        secret_erase(line, sizeof(line));
}

static void rfc7512_a_key_signs_and_stays_in_its_token(void **state)
{
        static const char none[] = "no token gives exactly one private key for it";
        struct secret *pem = NULL;

        if (!soft_token_make(*state, "rsa.pem"))
                skip();
        /* First: once logged in, a process stays so. */
        assert_refused("pkcs11:", -ENOENT, none);
        assert_refused(SOFT_TOKEN_NO_PIN, -ENOENT, none);
        assert_refused(SOFT_TOKEN_WRONG_PIN, -ENOENT, none);
        assert_refused(SOFT_TOKEN_NO_KEY, -ENOENT, none);
        _cleanup_(private_key_freep) struct private_key *key = load(SOFT_TOKEN_KEY),
                                                        *file = load("rsa.pem");
        assert_int_equal(ERR_peek_error(), 0);
        assert_signs(key, file);
        assert_int_equal(private_key_to_secret(key, &pem), -EPERM);
        assert_null(pem);
}

static void nothing_is_freed_for_nothing(void **state)
{
        assert_null(private_key_free(NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_form_of_pem_is_read),
                cmocka_unit_test(a_credential_is_a_place),
                cmocka_unit_test(what_is_not_one_open_key_is_refused),
                cmocka_unit_test(a_key_that_others_may_read_is_refused),
                cmocka_unit_test(text_from_elsewhere_is_bounded),
                cmocka_unit_test(made_keys_are_on_p256_and_differ),
                cmocka_unit_test(a_key_survives_being_written),
                cmocka_unit_test(the_text_of_a_key_does_not_stay_behind),
                cmocka_unit_test(rfc7512_a_key_signs_and_stays_in_its_token),
                cmocka_unit_test(nothing_is_freed_for_nothing),
        };

        return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
