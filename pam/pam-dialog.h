/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the module says to the person, and what it can learn about the person's screen. Everything
 * goes through the application's conversation; nothing is ever printed. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "common/secret.h"
#include "pam/pam-options.h"

struct window {
        unsigned columns, lines; /* 0: not known */
};

/* PAM_SUCCESS or the application's error. PAM_SILENT is not looked at: the code must be seen. */
int dialog_show(pam_handle_t *pamh, const char *text);
int dialog_complain(pam_handle_t *pamh, const char *sentence);

/* Shows the text and waits for Enter. What was typed is not shown, whoever is asked for what, and
 * erased: people type tickets and passwords at any prompt, and one that hides only where it is
 * answered with a secret would tell who has one. PAM_CONV_ERR when the application cannot ask, or
 * came back without an answer. */
int dialog_prompt(pam_handle_t *pamh, const char *text);

/* Likewise, but *ret_typed is what was typed, or NULL when that was nothing but blanks. PAM_BUF_ERR
 * when memory is short. */
int dialog_ask(pam_handle_t *pamh, const char *text, struct secret **ret_typed);

/* The window of the first terminal among descriptors 0 to 2. */
struct window dialog_window(void);

/* The word for the kind of picture to ask for. Static. */
const char *dialog_qr_word(const struct options *options, const char *service);
