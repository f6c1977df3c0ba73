/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The digest that chains the journal's entries. The values come from another implementation:
 * hashlib.blake2b(text, digest_size=32, person=b"badged decision"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/decision-chain.h"

#define ALICE_GRANTED "4479ca45c6352a443817c685e59aeef56905150d04cc7e849890c05ba52ffa39"
#define FIELD(n, v)                                              \
        {                                                        \
                .name = (n), .value = (v), .size = sizeof(v) - 1 \
        }

static void assert_digest(const struct decision_field *fields, size_t n, const char *expected)
{
        char digest[DECISION_DIGEST_DIGITS + 1];

        assert_int_equal(decision_digest(fields, n, digest), 0);
        assert_string_equal(digest, expected);
}

static void digest_is_that_of_another_implementation(void **state)
{
        const struct decision_field fields[] = {FIELD("ACCOUNT", "alice"),
                                                FIELD("OUTCOME", "granted")};

        assert_digest(fields, 2, ALICE_GRANTED);
        assert_digest(NULL, 0, "1ea04c8bb5fe8ed267d67597d4684151405b2e2473e9ab3c36b97cc4ca0e4845");
}

static void order_of_fields_does_not_count(void **state)
{
        const struct decision_field fields[] = {FIELD("OUTCOME", "granted"),
                                                FIELD("ACCOUNT", "alice")};
        const struct decision_field twice[] = {FIELD("B", ""), FIELD("A", "xy"), FIELD("A", "x")};

        assert_digest(fields, 2, ALICE_GRANTED);
        assert_digest(twice, 3, "9c3fcf32ca5b3f992c74cba0dd51179d17ed6d868894af54266cc4aaa27f4098");
}

static void fields_of_the_journal_and_the_digest_itself_do_not_count(void **state)
{
        const struct decision_field fields[] = {
                FIELD("_UID", "0"), FIELD("OUTCOME", "granted"), FIELD("__REALTIME_TIMESTAMP", "1"),
                FIELD("DIGEST", ALICE_GRANTED), FIELD("ACCOUNT", "alice")};

        assert_digest(fields, ELEMENTSOF(fields), ALICE_GRANTED);
}

/* Bytes cannot move from one value, name or field to another. */
static void every_byte_counts_where_it_stands(void **state)
{
        static const struct decision_field others[][2] = {
                {FIELD("ACCOUNT", "alice"), FIELD("OUTCOME", "grante")},
                {FIELD("ACCOUNT", "alice"), FIELD("OUTCOME", "granteD")},
                {FIELD("ACCOUNT", "alice"), FIELD("OUTCOME", "granted\0")},
                {FIELD("ACCOUNT", "alice\n"), FIELD("OUTCOME", "granted")},
                {FIELD("ACCOUNT", "alice\nOUTCOME=7:granted"), FIELD("_", "")},
                {FIELD("ACCOUN", "T=5:alice"), FIELD("OUTCOME", "granted")},
                {FIELD("ACCOUNT", "alice"), FIELD("OUTCOME_", "granted")},
                {FIELD("ACCOUNT", "granted"), FIELD("OUTCOME", "alice")},
                {FIELD("ACCOUNT", "alice"), FIELD("_OUTCOME", "granted")},
        };
        char digests[ELEMENTSOF(others)][DECISION_DIGEST_DIGITS + 1];

        for (size_t i = 0; i < ELEMENTSOF(others); i++) {
                assert_int_equal(decision_digest(others[i], 2, digests[i]), 0);
                assert_string_not_equal(digests[i], ALICE_GRANTED);
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(digests[i], digests[j]);
        }
        assert_string_equal(digests[0],
                            "b5bc2a97ce2f2fece5ead4116b6b2c8769c17281718d544b300345ca45848a7e");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(digest_is_that_of_another_implementation),
                cmocka_unit_test(order_of_fields_does_not_count),
                cmocka_unit_test(fields_of_the_journal_and_the_digest_itself_do_not_count),
                cmocka_unit_test(every_byte_counts_where_it_stands),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
