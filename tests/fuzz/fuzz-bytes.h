/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign bytes taken one value at a time, for the targets that make more than one text of them.
 * Whoever reads past the end gets zeros and empty texts. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct fuzz_bytes {
        char *copy; /* ends with a NUL that is not part of the input */
        size_t next, size;
};

void fuzz_bytes_init(struct fuzz_bytes *bytes, const uint8_t *data, size_t size);
void fuzz_bytes_finish(struct fuzz_bytes *bytes);

size_t fuzz_bytes_left(const struct fuzz_bytes *bytes);
uint8_t fuzz_byte(struct fuzz_bytes *bytes);
/* Three bytes, from 0 up: 16 bits, shifted by what the third says; UINT64_MAX when too large. */
uint64_t fuzz_number(struct fuzz_bytes *bytes);
/* Up to the next NUL, which is taken too. Lives as long as bytes. */
const char *fuzz_text(struct fuzz_bytes *bytes);
/* size bytes, or as many as there are: *ret_size. Lives as long as bytes. */
const uint8_t *fuzz_piece(struct fuzz_bytes *bytes, size_t size, size_t *ret_size);
