/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ticket-secret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define COUNTED "008J4-CT4AN-K7F24-SNAXW-SQFEZW"

static const unsigned char none[TICKET_SECRET_BYTES] = {0};
static const unsigned char all[TICKET_SECRET_BYTES] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                       0xff, 0xff, 0xff, 0xff};
static const unsigned char counted[TICKET_SECRET_BYTES] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
                                                           0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
                                                           0xcc, 0xdd, 0xee, 0xff};

static void assert_reads(const char *typed, const unsigned char *bytes)
{
        _cleanup_secret_ struct secret *text = secret_new_text(typed);
        _cleanup_secret_ struct secret *found = NULL;
        const char *why = NULL;

        assert_int_equal(ticket_secret_parse(text, &found, &why), 0);
        assert_null(why);
        assert_int_equal(secret_size(found), TICKET_SECRET_BYTES);
        assert_memory_equal(secret_bytes(found), bytes, TICKET_SECRET_BYTES);
}

static void assert_refuses(const char *typed, size_t size, const char *fragment)
{
        _cleanup_secret_ struct secret *text = secret_new(typed, size);
        struct secret *found = NULL;
        const char *why = NULL;

        assert_int_equal(ticket_secret_parse(text, &found, &why), -EBADMSG);
        assert_null(found);
        assert_non_null(why);
        assert_non_null(strstr(why, fragment));
}

static void bytes_become_groups_of_letters(void **state)
{
        static const struct {
                const unsigned char *bytes;
                const char *text;
        } rows[] = {
                {none, "00000-00000-00000-00000-000000"},
                {all, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZW"},
                {counted, COUNTED},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_secret_ struct secret *text = NULL;
                assert_int_equal(ticket_secret_format(rows[i].bytes, &text), 0);
                assert_string_equal(secret_bytes(text), rows[i].text);
                assert_reads(rows[i].text, rows[i].bytes);
        }
}

static void every_bit_is_kept(void **state)
{
        for (unsigned bit = 0; bit < TICKET_SECRET_BYTES * 8; bit++) {
                _cleanup_secret_ struct secret *text = NULL;
                unsigned char bytes[TICKET_SECRET_BYTES] = {0};

                bytes[bit / 8] = (unsigned char)(0x80 >> bit % 8);
                assert_int_equal(ticket_secret_format(bytes, &text), 0);
                assert_reads(secret_bytes(text), bytes);
        }
}

static void what_people_make_of_it_reads_the_same(void **state)
{
        assert_reads("008J4CT4ANK7F24SNAXWSQFEZW", counted);
        assert_reads("008j4-ct4an-k7f24-snaxw-sqfezw", counted);
        assert_reads("OO8J4-cT4AN-K7F24-SNAXW-SQFEZW", counted);
        assert_reads("oo8J4 CT4AN K7F24 SNAXW SQFEZW", counted);
        assert_reads("  0-0-8J4CT4ANK7F24SNAXW--SQFEZW ", counted);
        assert_reads("iIlL1-00000-00000-00000-000000",
                     (const unsigned char[TICKET_SECRET_BYTES]){0x08, 0x42, 0x10, 0x80});
}

static void anything_else_is_no_ticket(void **state)
{
        static const struct {
                const char *typed, *fragment;
        } rows[] = {
                {"", "too few"},
                {"-----", "too few"},
                {"123456", "too few"},
                {"008J4-CT4AN-K7F24-SNAXW-SQFEZ", "too few"},
                {COUNTED "0", "too many"},
                {"U08J4-CT4AN-K7F24-SNAXW-SQFEZW", "a character"},
                {"008J4-CT4AN-K7F24-SNAXW-SQFEZ\n", "a character"},
                {"008J4_CT4AN_K7F24_SNAXW_SQFEZW", "a character"},
                {"correct horse battery staple!", "a character"},
                {"008J4-CT4AN-K7F24-SNAXW-SQFEZX", "its last letter"},
                {"008J4-CT4AN-K7F24-SNAXW-SQFEZZ", "its last letter"},
                {"008J4-CT4AN-K7F24-SNAXW-SQFE\xc5\xbd", "a character"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_refuses(rows[i].typed, strlen(rows[i].typed), rows[i].fragment);
        assert_refuses("008J4-CT4AN-K7F24-SNAXW-SQFEZ\0", 30, "a character");
}

static void length_is_bounded_whatever_it_is_made_of(void **state)
{
        char typed[TICKET_SECRET_MAX_BYTES + 1];

        memset(typed, '-', sizeof(typed));
        memcpy(typed, COUNTED, sizeof(COUNTED) - 1);
        assert_refuses(typed, sizeof(typed), "too long");
        typed[TICKET_SECRET_MAX_BYTES] = '\0';
        assert_reads(typed, counted);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(bytes_become_groups_of_letters),
                cmocka_unit_test(every_bit_is_kept),
                cmocka_unit_test(what_people_make_of_it_reads_the_same),
                cmocka_unit_test(anything_else_is_no_ticket),
                cmocka_unit_test(length_is_bounded_whatever_it_is_made_of),
        };
        return cmocka_run_group_tests_name("ticket-secret", tests, NULL, NULL);
}
