/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CODE    "WDJB-MJHT"
#define ADDRESS "https://sso.example.com/device"
#define MESSAGE "42/sshd/web01"
#define BROWSER "https://sso.example.com/authorize?client_id=badged&state=s"

struct case_row {
        enum challenge_kind kind;
        const char *code, *address, *complete, *qr, *message, *browser;
};

static void assert_kind(const struct case_row *row)
{
        const struct challenge challenge = {
                .user_code = (char *)row->code,
                .verification_uri = (char *)row->address,
                .verification_uri_complete = (char *)row->complete,
                .qr = (char *)row->qr,
                .binding_message = (char *)row->message,
                .authorization_url = (char *)row->browser,
                .expires_in_sec = 600,
        };

        assert_int_equal(challenge_kind(&challenge), row->kind);
        assert_int_equal(challenge_is_empty(&challenge), row->kind == CHALLENGE_EMPTY);
}

static void there_is_exactly_one_way_to_approve(void **state)
{
        static const struct case_row rows[] = {
                {CHALLENGE_EMPTY, NULL, NULL, NULL, NULL, NULL, NULL},
                {CHALLENGE_CODE, CODE, ADDRESS, NULL, NULL, NULL, NULL},
                {CHALLENGE_CODE, CODE, ADDRESS, ADDRESS, "█", NULL, NULL},
                {CHALLENGE_RING, NULL, NULL, NULL, NULL, MESSAGE, NULL},
                {CHALLENGE_BROWSER, NULL, NULL, NULL, NULL, NULL, BROWSER},
                {CHALLENGE_UNSOUND, CODE, ADDRESS, NULL, NULL, MESSAGE, NULL},
                {CHALLENGE_UNSOUND, CODE, ADDRESS, NULL, NULL, NULL, BROWSER},
                {CHALLENGE_UNSOUND, NULL, NULL, NULL, NULL, MESSAGE, BROWSER},
                {CHALLENGE_UNSOUND, CODE, ADDRESS, NULL, NULL, MESSAGE, BROWSER},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                print_message("# row %zu\n", i);
                assert_kind(&rows[i]);
        }
}

static void a_secret_is_wanted_alone_or_besides(void **state)
{
        struct challenge challenge = {.wants_secret = true, .expires_in_sec = 600};

        assert_int_equal(challenge_kind(&challenge), CHALLENGE_SECRET);
        assert_false(challenge_is_empty(&challenge));
        challenge.user_code = (char *)CODE;
        assert_int_equal(challenge_kind(&challenge), CHALLENGE_UNSOUND);
        challenge.verification_uri = (char *)ADDRESS;
        assert_int_equal(challenge_kind(&challenge), CHALLENGE_CODE);
}

static void parts_of_a_way_are_none(void **state)
{
        static const struct case_row rows[] = {
                {CHALLENGE_UNSOUND, CODE, NULL, NULL, NULL, NULL, NULL},
                {CHALLENGE_UNSOUND, NULL, ADDRESS, NULL, NULL, NULL, NULL},
                {CHALLENGE_UNSOUND, NULL, NULL, ADDRESS, NULL, NULL, NULL},
                {CHALLENGE_UNSOUND, NULL, NULL, NULL, "█", NULL, NULL},
                {CHALLENGE_UNSOUND, NULL, NULL, ADDRESS, NULL, MESSAGE, NULL},
                {CHALLENGE_UNSOUND, NULL, NULL, NULL, "█", MESSAGE, NULL},
                {CHALLENGE_UNSOUND, NULL, NULL, NULL, "█", NULL, BROWSER},
                {CHALLENGE_UNSOUND, CODE, NULL, NULL, NULL, MESSAGE, NULL},
                {CHALLENGE_UNSOUND, NULL, ADDRESS, NULL, NULL, NULL, BROWSER},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                print_message("# row %zu\n", i);
                assert_kind(&rows[i]);
        }
}

static char *text_of(const char *start, size_t size)
{
        char *text = malloc(size + 1);

        assert_non_null(text);
        memset(text, 'x', size);
        memcpy(text, start, strlen(start));
        text[size] = '\0';
        return text;
}

static void ciba_7_1_message_is_short_and_printable(void **state)
{
        static const char *const bad[] = {"", "42\n17", "42\033[2J", "42\xFF", "42\xE2\x80\xAE"};
        _cleanup_free_ char *longest = text_of("42/", CHALLENGE_MESSAGE_MAX_BYTES);
        _cleanup_free_ char *longer = text_of("42/", CHALLENGE_MESSAGE_MAX_BYTES + 1);

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                print_message("# bad %zu\n", i);
                assert_kind(&(struct case_row){.kind = CHALLENGE_UNSOUND, .message = bad[i]});
        }
        assert_kind(&(struct case_row){.kind = CHALLENGE_RING, .message = longest});
        assert_kind(&(struct case_row){.kind = CHALLENGE_UNSOUND, .message = longer});
        assert_kind(&(struct case_row){.kind = CHALLENGE_RING, .message = "Größe 42"});
}

static void rfc8252_address_for_a_browser_is_https_and_bounded(void **state)
{
        static const char *const bad[] = {
                "",
                "http://sso.example.com/authorize",
                "javascript:alert(1)",
                "file:///etc/passwd",
                "https://sso.example.com/\"x",
                "https://sso.example.com/`id`",
                "https://sso.example.com/a b",
                "https://sso.example.com/\033",
                "https://sso.example.com@evil.example/",
                "--help",
        };
        _cleanup_free_ char *longest = text_of("https://", CHALLENGE_BROWSER_MAX_BYTES);
        _cleanup_free_ char *longer = text_of("https://", CHALLENGE_BROWSER_MAX_BYTES + 1);

        for (size_t i = 0; i < ELEMENTSOF(bad); i++) {
                print_message("# bad %zu\n", i);
                assert_kind(&(struct case_row){.kind = CHALLENGE_UNSOUND, .browser = bad[i]});
        }
        assert_kind(&(struct case_row){.kind = CHALLENGE_BROWSER, .browser = longest});
        assert_kind(&(struct case_row){.kind = CHALLENGE_UNSOUND, .browser = longer});
}

static void finished_challenges_are_empty(void **state)
{
        struct challenge challenge = {
                .user_code = strdup(CODE),
                .verification_uri = strdup(ADDRESS),
                .verification_uri_complete = strdup(ADDRESS),
                .binding_message = strdup(MESSAGE),
                .authorization_url = strdup(BROWSER),
                .provider = strdup("corp"),
                .qr = strdup("█"),
                .expires_in_sec = 600,
                .interval_sec = 5,
        };

        challenge_finish(&challenge);
        assert_memory_equal(&challenge, &(struct challenge){0}, sizeof(challenge));
        challenge_finish(&challenge);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(there_is_exactly_one_way_to_approve),
                cmocka_unit_test(a_secret_is_wanted_alone_or_besides),
                cmocka_unit_test(parts_of_a_way_are_none),
                cmocka_unit_test(ciba_7_1_message_is_short_and_printable),
                cmocka_unit_test(rfc8252_address_for_a_browser_is_https_and_bounded),
                cmocka_unit_test(finished_challenges_are_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
