/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-bytes.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz-target.h"

void fuzz_bytes_init(struct fuzz_bytes *bytes, const uint8_t *data, size_t size)
{
        *bytes = (struct fuzz_bytes){.copy = malloc(size + 1), .size = size};
        FUZZ_EXPECT(bytes->copy);
        if (size > 0)
                memcpy(bytes->copy, data, size);
        bytes->copy[size] = '\0';
}

void fuzz_bytes_finish(struct fuzz_bytes *bytes)
{
        free(bytes->copy);
        *bytes = (struct fuzz_bytes){0};
}

size_t fuzz_bytes_left(const struct fuzz_bytes *bytes)
{
        return bytes->size - bytes->next;
}

uint8_t fuzz_byte(struct fuzz_bytes *bytes)
{
        return fuzz_bytes_left(bytes) > 0 ? (uint8_t)bytes->copy[bytes->next++] : 0;
}

uint64_t fuzz_number(struct fuzz_bytes *bytes)
{
        uint64_t number = fuzz_byte(bytes);

        number = number << 8 | fuzz_byte(bytes);
        unsigned shift = fuzz_byte(bytes) & 63;
        return shift > 48 && number >> (64 - shift) ? UINT64_MAX : number << shift;
}

const char *fuzz_text(struct fuzz_bytes *bytes)
{
        const char *text = bytes->copy + bytes->next;

        bytes->next += strlen(text) + 1;
        if (bytes->next > bytes->size)
                bytes->next = bytes->size;
        return text;
}

const uint8_t *fuzz_piece(struct fuzz_bytes *bytes, size_t size, size_t *ret_size)
{
        const char *piece = bytes->copy + bytes->next;

        *ret_size = size < fuzz_bytes_left(bytes) ? size : fuzz_bytes_left(bytes);
        bytes->next += *ret_size;
        return (const uint8_t *)piece;
}
