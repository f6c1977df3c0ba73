/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/text-width.h"

#include <limits.h>
#include <wchar.h>

/* The first character of the text: its bytes, and the columns that it takes. A locale that cannot
 * read it shows each byte sequence of UTF-8 as it can: one column. */
static size_t character(const char *text, size_t *ret_columns)
{
        mbstate_t state = {0};
        wchar_t wide;
        size_t bytes = mbrtowc(&wide, text, MB_LEN_MAX, &state);
        int columns = bytes > 0 && bytes <= MB_LEN_MAX ? wcwidth(wide) : -1;

        if (columns < 0) {
                for (bytes = 1; ((unsigned char)text[bytes] & 0xC0) == 0x80;)
                        bytes++;
                columns = 1;
        }
        *ret_columns = (size_t)columns;
        return bytes;
}

size_t text_width(const char *text)
{
        size_t width = 0, columns;

        while (*text) {
                text += character(text, &columns);
                width += columns;
        }
        return width;
}

size_t text_width_fit(const char *text, size_t most, size_t *ret_columns)
{
        size_t bytes = 0, taken = 0, columns;

        while (text[bytes]) {
                size_t step = character(text + bytes, &columns);
                if (taken + columns > most)
                        break;
                bytes += step;
                taken += columns;
        }
        *ret_columns = taken;
        return bytes;
}
