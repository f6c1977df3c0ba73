/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arguments of the module's line in a PAM service file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum dialog_mode {
        DIALOG_PROMPT, /* all of the text inside one prompt, polling starts after Enter */
        DIALOG_WAIT,   /* text, then hands-free; Ctrl-C ends it */
        DIALOG_TEXT,   /* one short line, for graphical agents */
};

enum qr_choice {
        QR_CHOICE_AUTO,
        QR_CHOICE_UTF8,
        QR_CHOICE_INVERSE,
        QR_CHOICE_ASCII,
        QR_CHOICE_NONE
};

struct options {
        const char *provider; /* borrowed from the arguments; NULL: the daemon chooses */
        enum dialog_mode dialog;
        enum qr_choice qr;
        uint64_t timeout_sec; /* 0: only the code's own expiry */
        uid_t min_uid;
        bool allow_root, require_publickey, debug;
};

/* Defaults for the service, then the arguments; a later one wins. 0, or -EINVAL and *ret_bad points
 * to the argument that is unknown or has a bad value (foreign bytes). */
int options_parse(int argc, const char **argv, const char *service, struct options *ret_options,
                  const char **ret_bad);
