/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/qr-text.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"

#define QUIET_MODULES  2
#define CELL_MAX_BYTES 3

/* How a style draws: cells[upper * 2 + lower], each 1 for a light module. A pen with one module a
 * line looks at the upper one only. */
struct pen {
        const char *cells[4];
        unsigned columns_per_module;
        unsigned modules_per_line;
};

static inline void code_freep(QRcode **code)
{
        QRcode_free(*code);
}

static const struct pen *style_pen(enum qr_style style)
{
        static const struct pen utf8 = {{" ", "▄", "▀", "█"}, 1, 2};
        static const struct pen utf8_inverse = {{"█", "▀", "▄", " "}, 1, 2};
        static const struct pen ascii = {{"  ", "  ", "@@", "@@"}, 2, 1};

        switch (style) {
        case QR_NONE:
                return NULL;
        case QR_UTF8:
                return &utf8;
        case QR_UTF8_INVERSE:
                return &utf8_inverse;
        case QR_ASCII:
                return &ascii;
        }
        return NULL;
}

/* Modules of one side, quiet zone included. */
static unsigned code_side(const QRcode *code)
{
        return (unsigned)code->width + 2 * QUIET_MODULES;
}

/* Everything around the code is light: the quiet zone, and below it the other half of a line. */
static bool module_is_light(const QRcode *code, unsigned x, unsigned y)
{
        unsigned width = (unsigned)code->width;

        if (x < QUIET_MODULES || y < QUIET_MODULES)
                return true;
        x -= QUIET_MODULES;
        y -= QUIET_MODULES;
        return x >= width || y >= width || !(code->data[y * width + x] & 1);
}

static bool picture_fits(unsigned side, const struct pen *pen, unsigned columns, unsigned lines)
{
        unsigned height = (side + pen->modules_per_line - 1) / pen->modules_per_line;

        return side * pen->columns_per_module <= columns && lines > QR_RESERVED_LINES &&
               height <= lines - QR_RESERVED_LINES;
}

static char *picture_new(const QRcode *code, const struct pen *pen)
{
        unsigned side = code_side(code);
        char *text = malloc((size_t)side * (side * CELL_MAX_BYTES + 1));
        if (!text)
                return NULL;

        char *end = text;
        for (unsigned y = 0; y < side; y += pen->modules_per_line) {
                for (unsigned x = 0; x < side; x++) {
                        unsigned upper = module_is_light(code, x, y);
                        unsigned lower = module_is_light(code, x, y + 1);
                        end = stpcpy(end, pen->cells[upper * 2 + lower]);
                }
                *end++ = '\n';
        }
        end[-1] = '\0';
        return text;
}

int qr_style_from_word(const char *word, enum qr_style *ret_style)
{
        static const struct {
                const char *word;
                enum qr_style style;
        } words[] = {
                {"none", QR_NONE},
                {"utf8", QR_UTF8},
                {"utf8-inverse", QR_UTF8_INVERSE},
                {"ascii", QR_ASCII},
        };

        for (size_t i = 0; word && i < ELEMENTSOF(words); i++) {
                if (strcmp(word, words[i].word) == 0) {
                        *ret_style = words[i].style;
                        return 0;
                }
        }
        return -EINVAL;
}

int qr_text_new(const char *address, enum qr_style style, unsigned columns, unsigned lines,
                char **ret_text)
{
        const struct pen *pen = style_pen(style);
        size_t size = strnlen(address, QR_ADDRESS_MAX_BYTES + 1);
        _cleanup_(code_freep) QRcode *code = NULL;

        if (pen && size <= QR_ADDRESS_MAX_BYTES) {
                code = QRcode_encodeString(address, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
                if (!code && errno == ENOMEM)
                        return -ENOMEM;
        }
        if (!code || !picture_fits(code_side(code), pen, columns, lines)) {
                *ret_text = NULL;
                return 0;
        }

        char *text = picture_new(code, pen);
        if (!text)
                return -ENOMEM;
        *ret_text = text;
        return 0;
}
