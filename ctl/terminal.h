/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What standard output can show, and Ctrl-C as a descriptor. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct window {
        unsigned columns, lines; /* 0: unknown, or no terminal */
};

struct window terminal_window(void);

/* The word for the picture that suits: utf8, ascii, or none where standard output is no terminal.
 * The locale must be set. Static. */
const char *terminal_qr_word(void);

/* The name of the terminal that the person sits at, as PAM would name it; the caller frees it. NULL
 * when there is none, or memory is short. */
char *terminal_name_new(void);

/* From here on SIGINT, SIGTERM and SIGHUP end nothing: they make the descriptor readable. It is the
 * caller's to close; -errno when there is none. */
int terminal_interrupt_fd(void);

/* One line of standard input, without its end, as far as it fits; nothing behind it is read. 1, or
 * 0 at the end of the input, or -ECANCELED once interrupt_fd is readable (-1: none). */
int terminal_read_line(int interrupt_fd, char *line, size_t size);

/* Whether the window shows what is typed from now on; what was typed ahead is dropped. Returns
 * whether it did before. Without a window on standard input nothing happens. */
bool terminal_set_echo(bool is_on);
