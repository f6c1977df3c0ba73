/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge-text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/challenge.h"
#include "common/text-lines.h"
#include "common/text.h"

#define CODE         "WDJB-MJHT"
#define ADDRESS      "https://sso.example.com/device"
#define MESSAGE      "42/sshd/web01"
#define PROMPT       "Press Enter after approving: "
#define WHO          "Sign in as"
#define WARNING      "Nobody"
#define PICTURE_LINE "█▀▄ █▀▄ █▀▄ █▀▄ █▀▄ █▀▄ █▀▄ █▀▄ █▀▄ █"
#define PICTURE_ROWS 19
#define CLEAN        "a?[2J?b??c"

/* As wide and high as a picture of 54 to 78 bytes. */
static char *picture_new(void)
{
        _cleanup_lines_ struct text_lines lines = {0};
        char *picture = NULL;

        for (size_t i = 0; i < PICTURE_ROWS; i++)
                assert_int_equal(text_lines_add(&lines, "%s", PICTURE_LINE), 0);
        assert_int_equal(text_lines_join(&lines, &picture), 0);
        return picture;
}

static char *address_new(size_t size)
{
        char *address = malloc(size + 1);

        assert_non_null(address);
        memset(address, 'x', size);
        memcpy(address, "https://", strlen("https://"));
        address[size] = '\0';
        return address;
}

static const struct challenge_view alice = {
        .host = "web01.example.com",
        .service = "sshd",
        .account = "alice",
        .origin = "192.0.2.7",
};

/* Fills in what a case leaves out, and frees nothing that it was given. */
static char *text_new(struct challenge challenge, const struct challenge_view *view)
{
        char *text = NULL;

        challenge.user_code = challenge.user_code ? challenge.user_code : (char[]){CODE};
        challenge.verification_uri = challenge.verification_uri ? challenge.verification_uri
                                                                : (char[]){ADDRESS};
        assert_int_equal(challenge_text_new(&challenge, view, &text), 0);
        return text;
}

static size_t count_rows(const char *text, size_t columns)
{
        _cleanup_lines_ struct text_lines lines = {0};

        assert_int_equal(text_lines_add_text(&lines, text), 0);
        return text_lines_rows(&lines, columns);
}

static void assert_ends_with(const char *text, const char *end)
{
        assert_true(strlen(text) >= strlen(end));
        assert_string_equal(text + strlen(text) - strlen(end), end);
}

/* Of the newline at the start and of address, code and prompt. */
static size_t rows_of_last_lines(const char *address, const struct challenge_view *view)
{
        _cleanup_lines_ struct text_lines lines = {0};

        assert_int_equal(text_lines_add(&lines, "%s", ""), 0);
        assert_int_equal(text_lines_add(&lines, "Address: %s", address), 0);
        assert_int_equal(text_lines_add(&lines, "%s", "Code:    " CODE), 0);
        if (view->prompt)
                assert_int_equal(text_lines_add(&lines, "%s", PROMPT), 0);
        return text_lines_rows(&lines, view->columns);
}

/* Each text begins with a newline, ends with address, code and prompt, and stays in its window. */
static void every_window_shows_address_and_code_last(void **state)
{
        static const struct {
                unsigned columns, lines;
                size_t address_size; /* 0: ADDRESS */
                bool prompt, picture, who, warning;
        } cases[] = {
                {80, 24, 0, true, true, true, true},
                {80, 24, 0, false, true, true, true},
                {80, 23, 0, true, true, true, true},
                {80, 22, 0, true, false, true, true},
                {80, 23, 0, false, true, true, true},
                {80, 22, 0, false, false, true, true},
                {0, 0, 0, true, true, true, true},
                {0, 24, 0, true, true, true, true},
                {80, 0, 0, true, true, true, true},
                {120, 40, 0, true, true, true, true},
                {120, 40, 0, false, true, true, true},
                {400, 100, 0, true, true, true, true},
                {67, 24, 0, true, false, true, true}, /* no room beside, none above */
                {67, 33, 0, true, true, true, true},
                {40, 40, 0, true, true, true, true},
                {37, 40, 0, true, true, true, true},
                {36, 40, 0, true, false, true, true},
                {36, 100, 0, true, false, true, true}, /* a wrapped picture would not scan */
                {40, 28, 0, true, true, true, true},
                {40, 27, 0, true, false, true, true},
                {40, 12, 0, true, false, true, true},
                {40, 12, 0, false, false, true, true},
                {40, 9, 0, true, false, true, true},
                {40, 8, 0, true, false, false, true},
                {40, 6, 0, true, false, false, false},
                {20, 5, 0, true, false, false, false}, /* the first newline scrolls away */
                {20, 5, 0, false, false, false, false},
                {1, 1, 0, true, false, false, false},
                {80, 24, 71, true, true, true, true},
                {80, 24, 151, true, true, true, true},
                {80, 24, 152, true, false, true, true}, /* the address wraps once more */
                {80, 24, 500, true, false, true, true},
                {80, 24, 500, false, false, true, true},
                {80, 24, 1400, true, false, true, true},
                {80, 24, 2048, true, false, false, false},
                {80, 60, 2048, true, true, true, true},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *picture = picture_new();
                _cleanup_free_ char *address = cases[i].address_size > 0
                                                       ? address_new(cases[i].address_size)
                                                       : strdup(ADDRESS);
                struct challenge_view view = alice;
                view.columns = cases[i].columns;
                view.lines = cases[i].lines;
                view.prompt = cases[i].prompt;
                _cleanup_free_ char *text = text_new(
                        (struct challenge){.qr = picture, .verification_uri = address}, &view);

                print_message("# %ux%u, address of %zu, prompt %d\n", view.columns, view.lines,
                              strlen(address), view.prompt);
                assert_true(text[0] == '\n');
                assert_non_null(strstr(text, address));
                assert_ends_with(text,
                                 view.prompt ? "\nCode:    " CODE "\n" PROMPT : "\nCode:    " CODE);
                assert_int_equal(strstr(text, PICTURE_LINE) != NULL, cases[i].picture);
                assert_int_equal(strstr(text, WHO) != NULL, cases[i].who);
                assert_int_equal(strstr(text, WARNING) != NULL, cases[i].warning);

                size_t rows = count_rows(text, view.columns > 0 ? view.columns : 80);
                if (cases[i].warning)
                        assert_in_range(rows + !view.prompt, 1, view.lines > 0 ? view.lines : 24);
                else
                        assert_int_equal(rows, rows_of_last_lines(address, &view));
        }
}

static void words_go_beside_the_picture_where_there_is_room(void **state)
{
        static const struct {
                unsigned columns;
                bool beside;
        } cases[] = {{80, true}, {68, true}, {67, false}, {40, false}};

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *picture = picture_new();
                struct challenge_view view = alice;
                view.columns = cases[i].columns;
                view.lines = 50;
                _cleanup_free_ char *text = text_new((struct challenge){.qr = picture}, &view);
                assert_int_equal(strstr(text, PICTURE_LINE "   " WHO) != NULL, cases[i].beside);
                assert_int_equal(strstr(text, "\n" WHO) != NULL, !cases[i].beside);
        }
}

static void rfc8628_18_whole_text_at_80x24_warns(void **state)
{
        struct challenge_view view = alice;
        view.prompt = true;
        _cleanup_free_ char *text = text_new((struct challenge){0}, &view);

        assert_string_equal(text,
                            "\n"
                            "Sign in as alice on web01.example.com (sshd), from 192.0.2.7.\n"
                            "\n"
                            "Only approve if you started this yourself. Nobody will ever send you\n"
                            "such a code.\n"
                            "\n"
                            "Open the address on your phone or another device and enter the code.\n"
                            "\n"
                            "Address: https://sso.example.com/device\n"
                            "Code:    WDJB-MJHT\n"
                            "Press Enter after approving: ");
}

static void names_that_are_not_known_are_left_out(void **state)
{
        static const struct {
                struct challenge_view view;
                const char *who;
        } cases[] = {
                {{0}, "\nSign in.\n"},
                {{.account = "alice"}, "\nSign in as alice.\n"},
                {{.host = "web01", .service = ""}, "\nSign in on web01.\n"},
                {{.account = "alice", .service = "sudo"}, "\nSign in as alice (sudo).\n"},
                {{.account = "alice", .origin = "tty1"}, "\nSign in as alice, from tty1.\n"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = text_new((struct challenge){0}, &cases[i].view);
                assert_non_null(strstr(text, cases[i].who));
        }
}

static void names_from_outside_are_sanitised(void **state)
{
        static const char evil[] = "a\033[2J\nb\xFF\xE2\x80\xAE"
                                   "c";
        const struct challenge_view view = {
                .host = evil, .service = evil, .account = evil, .origin = evil};
        _cleanup_free_ char *text = text_new((struct challenge){0}, &view);

        assert_non_null(
                strstr(text, "\nSign in as " CLEAN " on " CLEAN " (" CLEAN "), from " CLEAN ".\n"));
        assert_null(strchr(text, '\033'));

        _cleanup_free_ char *address = address_new(2048);
        const struct challenge_view long_view = {.host = address, .lines = 100};
        _cleanup_free_ char *bounded = text_new((struct challenge){0}, &long_view);
        assert_true(strlen(bounded) < 800);
}

static void rfc8628_21_user_code_is_shown_verbatim(void **state)
{
        static char codes[][65] = {
                "wdjb-mjht",
                "WDJBMJHT",
                "123 456 789",
                "0",
                "ÄÖ-ÜÉ",
                "<&>\"'\\%s",
                "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
        };

        for (size_t i = 0; i < ELEMENTSOF(codes); i++) {
                _cleanup_free_ char *text = text_new((struct challenge){.user_code = codes[i]},
                                                     &alice);
                const char *last = strrchr(text, '\n');
                assert_memory_equal(last, "\nCode:    ", 10);
                assert_string_equal(last + 10, codes[i]);
        }
}

static void rfc8628_9_verification_uri_is_text_though_the_picture_has_the_code(void **state)
{
        _cleanup_free_ char *picture = picture_new();
        const struct challenge challenge = {
                .verification_uri_complete = (char[]){ADDRESS "?user_code=" CODE},
                .qr = picture,
        };
        _cleanup_free_ char *text = text_new(challenge, &alice);
        assert_non_null(strstr(text, "\nAddress: " ADDRESS "\nCode:    " CODE));
        assert_null(strstr(text, "?user_code="));
        assert_non_null(strstr(text, "compare the code"));

        _cleanup_free_ char *plain = text_new((struct challenge){.qr = picture}, &alice);
        assert_null(strstr(plain, "compare the code"));
        assert_non_null(strstr(plain, "Scan the picture"));
}

static void rfc8628_8_another_device_is_told_to_open_the_address(void **state)
{
        _cleanup_free_ char *text = text_new((struct challenge){0}, &alice);

        assert_non_null(strstr(text, "Open the address on your phone or another device"));
        assert_null(strstr(text, "Scan"));
}

static void pictures_with_controls_are_left_out(void **state)
{
        static char pictures[][16] = {"\033[31m█", "█\r", "█\a\n█", "\xE2\x96", ""};

        for (size_t i = 0; i < ELEMENTSOF(pictures); i++) {
                _cleanup_free_ char *text = text_new((struct challenge){.qr = pictures[i]}, &alice);
                assert_null(strstr(text, "█"));
                assert_null(strstr(text, "Scan"));
                assert_true(count_rows(text, 80) < 24);
        }
}

static void codes_and_addresses_that_cannot_be_shown_are_refused(void **state)
{
        _cleanup_free_ char *long_address = address_new(2049);
        const struct {
                const char *code, *address;
        } cases[] = {
                {NULL, ADDRESS},
                {"", ADDRESS},
                {"A\nB", ADDRESS},
                {"A\033[8m", ADDRESS},
                {"A\xFF", ADDRESS},
                {"A\xE2\x80\xAE", ADDRESS},
                {"AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDE", ADDRESS},
                {CODE, NULL},
                {CODE, ""},
                {CODE, "http://sso.example.com/device"},
                {CODE, "https://sso.example.com/de\nvice"},
                {CODE, "https://sso.example.com/de\033vice"},
                {CODE, "https://sso.example.com/ü"},
                {CODE, "https://sso.example.com@evil.example/"},
                {CODE, "https://sso.example.com/a b"},
                {CODE, long_address},
        };

        for (size_t i = 0; i < 2 * ELEMENTSOF(cases); i++) {
                const struct challenge challenge = {
                        .user_code = (char *)cases[i / 2].code,
                        .verification_uri = (char *)cases[i / 2].address,
                };
                struct challenge_view view = alice;
                char *text = NULL;
                view.one_line = i % 2;
                assert_int_equal(challenge_text_new(&challenge, &view, &text), -EBADMSG);
                assert_null(text);
        }
}

static void one_line_is_one_line(void **state)
{
        _cleanup_free_ char *picture = picture_new();
        const struct challenge_view view = {.account = "alice", .prompt = true, .one_line = true};
        _cleanup_free_ char *text = text_new((struct challenge){.qr = picture}, &view);

        assert_string_equal(text, "Open https://sso.example.com/device and enter WDJB-MJHT");
}

/* Neither code nor address, and no picture. */
static char *ring_text_new(const struct challenge_view *view)
{
        const struct challenge challenge = {.binding_message = (char[]){MESSAGE}};
        char *text = NULL;

        assert_int_equal(challenge_text_new(&challenge, view, &text), 0);
        return text;
}

static void ciba_7_1_whole_text_at_80x24_shows_what_the_phone_must_show(void **state)
{
        struct challenge_view view = alice;
        view.prompt = true;
        _cleanup_free_ char *text = ring_text_new(&view);

        assert_string_equal(
                text, "\n"
                      "Sign in as alice on web01.example.com (sshd), from 192.0.2.7.\n"
                      "\n"
                      "Only approve if you started this yourself. Nobody will ever ask you to\n"
                      "approve it for them.\n"
                      "\n"
                      "Your phone is asking. Approve only if it shows\n"
                      "  42/sshd/web01\n"
                      "Press Enter after approving: ");
}

static void ciba_7_1_message_stands_last_in_every_window(void **state)
{
        static const struct {
                unsigned columns, lines;
                bool prompt, who, warning;
        } cases[] = {
                {80, 24, true, true, true},  {80, 24, false, true, true},
                {80, 9, true, true, true},   {80, 7, true, true, true},
                {80, 6, true, false, true},  {80, 5, false, false, false},
                {40, 12, true, true, true},  {40, 24, false, true, true},
                {20, 6, true, false, false}, {1, 1, true, false, false},
                {0, 0, true, true, true},    {400, 100, false, true, true},
        };
        static const char end[] = "\nYour phone is asking. Approve only if it shows\n  " MESSAGE;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct challenge_view view = alice;
                view.columns = cases[i].columns;
                view.lines = cases[i].lines;
                view.prompt = cases[i].prompt;
                _cleanup_free_ char *text = ring_text_new(&view);
                char *last = strstr(text, end);

                print_message("# %ux%u, prompt %d\n", view.columns, view.lines, view.prompt);
                assert_true(text[0] == '\n');
                assert_non_null(last);
                assert_string_equal(last + strlen(end), view.prompt ? "\n" PROMPT : "");
                assert_int_equal(strstr(text, WHO) != NULL, cases[i].who);
                assert_int_equal(strstr(text, WARNING) != NULL, cases[i].warning);
                assert_null(strstr(text, "Code:"));
                if (cases[i].warning)
                        assert_in_range(count_rows(text, view.columns > 0 ? view.columns : 80) +
                                                !view.prompt,
                                        1, view.lines > 0 ? view.lines : 24);
        }
}

static void ciba_7_1_one_line_names_the_message(void **state)
{
        const struct challenge_view view = {.account = "alice", .prompt = true, .one_line = true};
        _cleanup_free_ char *text = ring_text_new(&view);

        assert_string_equal(text, "Approve on your phone; it must show " MESSAGE);
}

#define CODE_PROMPT "After approving, type the code of your authenticator app: "

static void a_code_beside_the_approval_is_asked_for_on_the_last_line(void **state)
{
        const struct challenge challenge = {
                .binding_message = (char[]){MESSAGE},
                .wants_code = true,
        };
        static const struct {
                bool prompt, one_line;
                const char *end;
        } cases[] = {
                {true, false, "\n  " MESSAGE "\n" CODE_PROMPT},
                {false, false, "\n  " MESSAGE "\n" CODE_PROMPT},
                {false, true, "it must show " MESSAGE ". " CODE_PROMPT},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct challenge_view view = alice;
                _cleanup_free_ char *text = NULL;
                view.prompt = cases[i].prompt;
                view.one_line = cases[i].one_line;
                assert_int_equal(challenge_text_new(&challenge, &view, &text), 0);
                assert_true(strlen(text) > strlen(cases[i].end));
                assert_string_equal(text + strlen(text) - strlen(cases[i].end), cases[i].end);
        }
}

static void a_code_beside_the_approval_is_asked_for_in_one_line(void **state)
{
        const struct challenge_view view = {.account = "alice", .one_line = true};
        _cleanup_free_ char *text = text_new((struct challenge){.wants_code = true}, &view);

        assert_string_equal(
                text, "Open https://sso.example.com/device and enter WDJB-MJHT. " CODE_PROMPT);
}

static void a_secret_is_asked_for_on_the_last_line(void **state)
{
        const struct challenge challenge = {.wants_secret = true};
        struct challenge_view view = alice;
        _cleanup_free_ char *text = NULL, *small = NULL, *line = NULL;

        assert_int_equal(challenge_text_new(&challenge, &view, &text), 0);
        assert_string_equal(text, "\n"
                                  "Sign in as alice on web01.example.com (sshd), from 192.0.2.7.\n"
                                  "\n"
                                  "The identity provider cannot be asked right now.\n"
                                  "\n"
                                  "Ticket: ");
        view.columns = 50;
        view.lines = 2;
        assert_int_equal(challenge_text_new(&challenge, &view, &small), 0);
        assert_string_equal(small, "\nTicket: ");
        view.one_line = true;
        assert_int_equal(challenge_text_new(&challenge, &view, &line), 0);
        assert_string_equal(line, "The identity provider cannot be asked right now. Ticket: ");
}

static void a_secret_may_be_a_code(void **state)
{
        const struct challenge challenge = {.wants_secret = true, .wants_code = true};
        static const char prompt[] = "Code of your authenticator app, or ticket: ";
        struct challenge_view view = alice;
        _cleanup_free_ char *text = NULL, *line = NULL;

        assert_int_equal(challenge_text_new(&challenge, &view, &text), 0);
        assert_true(strlen(text) > strlen(prompt));
        assert_string_equal(text + strlen(text) - strlen(prompt), prompt);
        view.one_line = true;
        assert_int_equal(challenge_text_new(&challenge, &view, &line), 0);
        assert_string_equal(line, "The identity provider cannot be asked right now. "
                                  "Code of your authenticator app, or ticket: ");
}

static void what_no_other_device_can_approve_is_refused(void **state)
{
        const struct challenge cases[] = {
                {0},
                {.authorization_url = (char[]){ADDRESS}},
                {.binding_message = (char[]){MESSAGE}, .authorization_url = (char[]){ADDRESS}},
                {.binding_message = (char[]){MESSAGE}, .user_code = (char[]){CODE}},
                {.binding_message = (char[]){"42\n17"}},
        };

        for (size_t i = 0; i < 2 * ELEMENTSOF(cases); i++) {
                struct challenge_view view = alice;
                char *text = NULL;
                view.one_line = i % 2;
                assert_int_equal(challenge_text_new(&cases[i / 2], &view, &text), -EBADMSG);
                assert_null(text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_window_shows_address_and_code_last),
                cmocka_unit_test(words_go_beside_the_picture_where_there_is_room),
                cmocka_unit_test(rfc8628_18_whole_text_at_80x24_warns),
                cmocka_unit_test(names_that_are_not_known_are_left_out),
                cmocka_unit_test(names_from_outside_are_sanitised),
                cmocka_unit_test(rfc8628_21_user_code_is_shown_verbatim),
                cmocka_unit_test(
                        rfc8628_9_verification_uri_is_text_though_the_picture_has_the_code),
                cmocka_unit_test(rfc8628_8_another_device_is_told_to_open_the_address),
                cmocka_unit_test(pictures_with_controls_are_left_out),
                cmocka_unit_test(codes_and_addresses_that_cannot_be_shown_are_refused),
                cmocka_unit_test(one_line_is_one_line),
                cmocka_unit_test(ciba_7_1_whole_text_at_80x24_shows_what_the_phone_must_show),
                cmocka_unit_test(ciba_7_1_message_stands_last_in_every_window),
                cmocka_unit_test(ciba_7_1_one_line_names_the_message),
                cmocka_unit_test(a_code_beside_the_approval_is_asked_for_on_the_last_line),
                cmocka_unit_test(a_code_beside_the_approval_is_asked_for_in_one_line),
                cmocka_unit_test(a_secret_is_asked_for_on_the_last_line),
                cmocka_unit_test(a_secret_may_be_a_code),
                cmocka_unit_test(what_no_other_device_can_approve_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
