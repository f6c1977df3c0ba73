/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address as a QR picture made of characters: level L, the smallest version that holds it, a
 * quiet zone of two modules. It knows the window's size and nothing of the words around it. */
#pragma once

/* Lines of the window that a picture leaves free: the line it starts after, an address that may
 * wrap once, the code, the prompt. */
#define QR_RESERVED_LINES 5

/* The longest address that is drawn. */
#define QR_ADDRESS_MAX_BYTES 2048

enum qr_style {
        QR_NONE,
        QR_UTF8,         /* half blocks, light modules drawn: for dark terminals */
        QR_UTF8_INVERSE, /* half blocks, dark modules drawn: for light terminals */
        QR_ASCII, /* two '@' for a light module (the densest sign), two blanks for a dark one */
};

/* The style that "none", "utf8", "utf8-inverse" or "ascii" names; -EINVAL for any other word, NULL
 * included. */
int qr_style_from_word(const char *word, enum qr_style *ret_style);

/* The picture for a window of columns x lines: lines of equal width, each but the last ended by a
 * newline. The caller frees it. NULL with 0 when there is nothing to draw: QR_NONE, an address that
 * is empty or longer than QR_ADDRESS_MAX_BYTES, or a picture that does not fit into
 * columns x (lines - QR_RESERVED_LINES). -ENOMEM. */
int qr_text_new(const char *address, enum qr_style style, unsigned columns, unsigned lines,
                char **ret_text);
