/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/token-seal.h"

#define KEY_A   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B   "FFEEDDCCBBAA99887766554433221100ffeeddccbbaa99887766554433221100"
#define KEY_C   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY_D   "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define KEY_E   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define REFRESH "a refresh token"

static const struct seal_place place = {"session", "4f", "refresh_token"};

static struct token_seal *seal_of(const char *keys)
{
        _cleanup_secret_ struct secret *text = secret_new_text(keys);
        struct token_seal *seal = NULL;
        const char *why = NULL;

        assert_int_equal(token_seal_new(text, &seal, &why), 0);
        assert_null(why);
        return seal;
}

static struct secret *lock(const struct token_seal *seal, const char *text)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(text);
        struct secret *sealed = NULL;

        assert_int_equal(token_seal_lock(seal, &place, secret, &sealed), 0);
        return sealed;
}

static int unlock(const struct token_seal *seal, const struct seal_place *at,
                  const struct secret *sealed, const char *expected)
{
        _cleanup_secret_ struct secret *secret = NULL;

        int r = token_seal_unlock(seal, at, secret_bytes(sealed), secret_size(sealed), &secret);
        if (r < 0)
                assert_null(secret);
        else
                assert_string_equal(secret_bytes(secret), expected);
        return r;
}

static void what_is_sealed_opens_in_its_place(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *same = seal_of(KEY_A);
        static const char *const texts[] = {"", "x", REFRESH};

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                _cleanup_secret_ struct secret *sealed = lock(seal, texts[i]);
                assert_int_equal(unlock(same, &place, sealed, texts[i]), 0);
        }
}

static void one_secret_never_looks_the_same_twice(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_secret_ struct secret *one = lock(seal, REFRESH), *two = lock(seal, REFRESH);

        assert_int_equal(secret_size(one), secret_size(two));
        assert_memory_not_equal(secret_bytes(one) + TOKEN_SEAL_HEAD_BYTES,
                                secret_bytes(two) + TOKEN_SEAL_HEAD_BYTES, 24);
        assert_null(memmem(secret_bytes(one), secret_size(one), REFRESH, strlen(REFRESH)));
}

static void another_place_opens_nothing(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_secret_ struct secret *sealed = lock(seal, REFRESH);
        static const struct seal_place places[] = {
                {"factor", "4f", "refresh_token"},   {"session", "4e", "refresh_token"},
                {"session", "4f", "dpop_key"},       {"session", "", "refresh_token"},
                {"s", "ession4f", "refresh_token"},  {"session4", "f", "refresh_token"},
                {"session", "4frefresh_token", ""},  {"", "session4frefresh_token", ""},
                {"session", "4f", "refresh_token "},
        };

        for (size_t i = 0; i < ELEMENTSOF(places); i++)
                assert_int_equal(unlock(seal, &places[i], sealed, NULL), -EBADMSG);
}

static void a_flipped_bit_anywhere_is_seen(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_secret_ struct secret *sealed = lock(seal, REFRESH);

        for (size_t i = 0; i < secret_size(sealed) * 8; i++) {
                _cleanup_secret_ struct secret *bad = secret_new(secret_bytes(sealed),
                                                                 secret_size(sealed));
                ((char *)(uintptr_t)secret_bytes(bad))[i / 8] ^= (char)(1 << i % 8);
                int expected = i < 8                             ? -EPROTONOSUPPORT
                               : i < TOKEN_SEAL_HEAD_BYTES * 8UL ? -ENOKEY
                                                                 : -EBADMSG;
                assert_int_equal(unlock(seal, &place, bad, NULL), expected);
        }
}

static void what_was_cut_or_grew_is_refused(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_secret_ struct secret *sealed = lock(seal, REFRESH), *longer = NULL;
        struct secret *secret = NULL;

        for (size_t size = 0; size < secret_size(sealed); size++) {
                /* of its own, so that a sanitizer sees a byte too many */
                char *cut = malloc(size ? size : 1);
                assert_non_null(cut);
                memcpy(cut, secret_bytes(sealed), size);
                assert_int_equal(token_seal_unlock(seal, &place, cut, size, &secret), -EBADMSG);
                free(cut);
        }
        assert_null(secret);
        longer = secret_new(secret_bytes(sealed), secret_size(sealed));
        assert_int_equal(secret_append(longer, "", 1, SIZE_MAX), 0);
        assert_int_equal(unlock(seal, &place, longer, NULL), -EBADMSG);
}

static void other_versions_are_said_to_be_that(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_secret_ struct secret *sealed = lock(seal, REFRESH);
        static const char versions[] = {0, 2, 127, (char)255};

        for (size_t i = 0; i < ELEMENTSOF(versions); i++) {
                *(char *)(uintptr_t)secret_bytes(sealed) = versions[i];
                assert_int_equal(unlock(seal, &place, sealed, NULL), -EPROTONOSUPPORT);
        }
}

static void a_key_that_is_not_here_is_said(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *other = seal_of(KEY_B);
        _cleanup_secret_ struct secret *sealed = lock(seal, REFRESH);

        assert_int_equal(unlock(other, &place, sealed, NULL), -ENOKEY);
        /* and with the id of the other key in front, it is not its either */
        _cleanup_secret_ struct secret *others = lock(other, REFRESH);
        memcpy((char *)(uintptr_t)secret_bytes(sealed), secret_bytes(others),
               TOKEN_SEAL_HEAD_BYTES);
        assert_int_equal(unlock(other, &place, sealed, NULL), -EBADMSG);
}

static void older_keys_open_and_the_first_one_seals(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *old = seal_of(KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *both = seal_of(KEY_B "\n" KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *new = seal_of(KEY_B);
        _cleanup_secret_ struct secret *before = lock(old, REFRESH), *after = lock(both, REFRESH);

        assert_int_equal(unlock(both, &place, before, REFRESH), 0);
        assert_int_equal(unlock(both, &place, after, REFRESH), 0);
        assert_int_equal(unlock(new, &place, after, REFRESH), 0);
        assert_int_equal(unlock(old, &place, after, NULL), -ENOKEY);
        assert_false(token_seal_is_current(both, secret_bytes(before), secret_size(before)));
        assert_true(token_seal_is_current(both, secret_bytes(after), secret_size(after)));
        assert_false(token_seal_is_current(both, secret_bytes(after), TOKEN_SEAL_HEAD_BYTES - 1));
}

static void keys_are_lines_of_64_hexadecimal_digits(void **state)
{
        static const char *const refused[] = {
                "",
                "\n",
                KEY_A "\n",
                "\n" KEY_A,
                KEY_A "\n\n" KEY_B,
                KEY_A "0",
                KEY_A " ",
                " " KEY_A,
                KEY_A "\r",
                KEY_A "\n" KEY_A,
                KEY_A "\n" KEY_B "\n" KEY_C "\n" KEY_D "\n" KEY_E,
                "0011:2233445566778899aabbccddeeff00112233445566778899aabbccddeef",
                "0g112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                "\xb0\xb0"
                "112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                "00112233445566778899aabbccddeeff00112233445566778899aabbccddeef",
        };

        for (size_t i = 0; i < ELEMENTSOF(refused); i++) {
                _cleanup_secret_ struct secret *keys = secret_new_text(refused[i]);
                struct token_seal *seal = NULL;
                const char *why = NULL;

                assert_int_equal(token_seal_new(keys, &seal, &why), -EBADMSG);
                assert_null(seal);
                assert_non_null(why);
        }
        _cleanup_(token_seal_freep) struct token_seal *four = seal_of(KEY_A "\n" KEY_B "\n" KEY_C
                                                                            "\n" KEY_D);
}

static void a_made_key_is_one_and_new_each_time(void **state)
{
        _cleanup_secret_ struct secret *one = NULL, *two = NULL;

        assert_int_equal(token_seal_make_key(&one), 0);
        assert_int_equal(token_seal_make_key(&two), 0);
        assert_string_not_equal(secret_bytes(one), secret_bytes(two));
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(secret_bytes(one));
}

static void a_proof_holds_for_its_bytes_alone(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_B "\n" KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *old = seal_of(KEY_A);
        _cleanup_(token_seal_freep) struct token_seal *other = seal_of(KEY_C);
        _cleanup_secret_ struct secret *row = secret_new_text("a row");
        _cleanup_secret_ struct secret *changed = secret_new_text("a rov");
        unsigned char proof[TOKEN_SEAL_PROOF_BYTES + 1] = {0};

        assert_int_equal(token_seal_prove(seal, row, proof), 0);
        assert_int_equal(token_seal_check(seal, row, proof, TOKEN_SEAL_PROOF_BYTES), 0);
        assert_int_equal(token_seal_check(seal, changed, proof, TOKEN_SEAL_PROOF_BYTES), -EBADMSG);
        assert_int_equal(token_seal_check(other, row, proof, TOKEN_SEAL_PROOF_BYTES), -ENOKEY);
        assert_int_equal(token_seal_check(seal, row, proof, TOKEN_SEAL_PROOF_BYTES + 1), -EBADMSG);
        for (size_t size = 0; size < TOKEN_SEAL_PROOF_BYTES; size++)
                assert_int_equal(token_seal_check(seal, row, proof, size), -EBADMSG);
        for (size_t i = 0; i < TOKEN_SEAL_PROOF_BYTES * 8UL; i++) {
                proof[i / 8] ^= (unsigned char)(1 << i % 8);
                assert_true(token_seal_check(seal, row, proof, TOKEN_SEAL_PROOF_BYTES) < 0);
                proof[i / 8] ^= (unsigned char)(1 << i % 8);
        }
        assert_int_equal(token_seal_prove(old, row, proof), 0);
        assert_int_equal(token_seal_check(seal, row, proof, TOKEN_SEAL_PROOF_BYTES), 0);
        assert_false(token_seal_is_current(seal, proof, TOKEN_SEAL_PROOF_BYTES));
}

static void what_is_too_large_is_not_sealed(void **state)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = seal_of(KEY_A);
        size_t size = (size_t)1024 * 1024 + 1;
        _cleanup_free_ char *zeros = calloc(1, size);
        _cleanup_secret_ struct secret *large = secret_new(zeros, size);
        _cleanup_secret_ struct secret *largest = secret_new(zeros, size - 1);
        _cleanup_secret_ struct secret *sealed = NULL;

        assert_int_equal(token_seal_lock(seal, &place, large, &sealed), -E2BIG);
        assert_null(sealed);
        assert_int_equal(token_seal_lock(seal, &place, largest, &sealed), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_sealed_opens_in_its_place),
                cmocka_unit_test(one_secret_never_looks_the_same_twice),
                cmocka_unit_test(another_place_opens_nothing),
                cmocka_unit_test(a_flipped_bit_anywhere_is_seen),
                cmocka_unit_test(what_was_cut_or_grew_is_refused),
                cmocka_unit_test(other_versions_are_said_to_be_that),
                cmocka_unit_test(a_key_that_is_not_here_is_said),
                cmocka_unit_test(older_keys_open_and_the_first_one_seals),
                cmocka_unit_test(keys_are_lines_of_64_hexadecimal_digits),
                cmocka_unit_test(a_made_key_is_one_and_new_each_time),
                cmocka_unit_test(a_proof_holds_for_its_bytes_alone),
                cmocka_unit_test(what_is_too_large_is_not_sealed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
