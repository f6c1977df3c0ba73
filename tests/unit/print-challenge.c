/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints a challenge as a person would see it, or the picture alone, for test_qr_scans.py:
 *   print-challenge picture STYLE COLUMNS LINES ADDRESS
 *   print-challenge text STYLE COLUMNS LINES prompt|wait ADDRESS [COMPLETE-ADDRESS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/challenge-text.h"
#include "common/challenge.h"
#include "core/qr-text.h"

static int print_picture(enum qr_style style, unsigned columns, unsigned lines, const char *address)
{
        _cleanup_free_ char *picture = NULL;

        if (qr_text_new(address, style, columns, lines, &picture) < 0 || !picture)
                return EXIT_FAILURE;
        puts(picture);
        return EXIT_SUCCESS;
}

static int print_text(enum qr_style style, const struct challenge_view *view, char *address,
                      char *complete)
{
        struct challenge challenge = {
                .user_code = (char[]){"WDJB-MJHT"},
                .verification_uri = address,
                .verification_uri_complete = complete,
        };
        _cleanup_free_ char *picture = NULL, *text = NULL;

        if (qr_text_new(complete ? complete : address, style, view->columns, view->lines,
                        &picture) < 0)
                return EXIT_FAILURE;
        challenge.qr = picture;
        if (challenge_text_new(&challenge, view, &text) < 0)
                return EXIT_FAILURE;
        printf("%s%s", text, view->prompt ? "" : "\n");
        return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
        enum qr_style style;

        if (argc < 6 || qr_style_from_word(argv[2], &style) < 0)
                return 2;
        struct challenge_view view = {
                .host = "web01.example.com",
                .service = "sshd",
                .account = "alice",
                .origin = "192.0.2.7",
                .columns = (unsigned)atoi(argv[3]),
                .lines = (unsigned)atoi(argv[4]),
                .prompt = strcmp(argv[5], "prompt") == 0,
        };

        if (strcmp(argv[1], "picture") == 0)
                return print_picture(style, view.columns, view.lines, argv[5]);
        if (argc < 7)
                return 2;
        return print_text(style, &view, argv[6], argc > 7 ? argv[7] : NULL);
}
