/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/secret.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Whatever a caller allows: the arithmetic below stays far from wrapping. */
#define SECRET_MAX_BYTES (SIZE_MAX / 4)

struct secret {
        char *bytes; /* capacity bytes, of which size are used and one more is NUL */
        size_t size;
        size_t capacity;
};

void secret_erase(void *bytes, size_t size)
{
        if (bytes && size > 0)
                explicit_bzero(bytes, size);
}

/* Not realloc(): it would leave the old bytes behind on the heap. */
static int secret_reserve(struct secret *secret, size_t needed)
{
        if (needed <= secret->capacity)
                return 0;

        size_t capacity = needed < 64 ? 64 : needed + needed / 2;
        char *bytes = calloc(1, capacity);
        if (!bytes)
                return -ENOMEM;
        if (secret->bytes) {
                memcpy(bytes, secret->bytes, secret->size);
                secret_erase(secret->bytes, secret->capacity);
                free(secret->bytes);
        }
        secret->bytes = bytes;
        secret->capacity = capacity;
        return 0;
}

struct secret *secret_new(const void *bytes, size_t size)
{
        _cleanup_secret_ struct secret *secret = calloc(1, sizeof(*secret));
        if (!secret || secret_append(secret, bytes, size, size) < 0)
                return NULL;
        return TAKE_PTR(secret);
}

struct secret *secret_new_text(const char *text)
{
        return secret_new(text, strlen(text));
}

struct secret *secret_free(struct secret *secret)
{
        if (!secret)
                return NULL;
        secret_erase(secret->bytes, secret->capacity);
        free(secret->bytes);
        free(secret);
        return NULL;
}

const char *secret_bytes(const struct secret *secret)
{
        return secret->bytes;
}

size_t secret_size(const struct secret *secret)
{
        return secret->size;
}

int secret_append(struct secret *secret, const void *bytes, size_t size, size_t max)
{
        if (max > SECRET_MAX_BYTES)
                max = SECRET_MAX_BYTES;
        if (size > max || secret->size > max - size)
                return -E2BIG;

        int r = secret_reserve(secret, secret->size + size + 1);
        if (r < 0)
                return r;
        assert(secret->bytes);
        if (size > 0)
                memcpy(secret->bytes + secret->size, bytes, size);
        secret->size += size;
        secret->bytes[secret->size] = '\0';
        return 0;
}

int secret_append_text(struct secret *secret, const char *text, size_t max)
{
        return secret_append(secret, text, strlen(text), max);
}
