/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/base64url.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

/* libsodium 1.0.18 takes every byte from 0x80 up for a digit. */
static bool is_alphabet(const char *text, size_t size)
{
        static const char alphabet[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

        for (size_t i = 0; i < size; i++)
                if (!memchr(alphabet, text[i], sizeof(alphabet) - 1))
                        return false;
        return true;
}

int base64url_decode(const char *text, size_t size, unsigned char **ret_bytes, size_t *ret_size)
{
        size_t decoded = 0;

        if (!is_alphabet(text, size))
                return -EBADMSG;
        _cleanup_free_ unsigned char *bytes = calloc(1, size / 4 * 3 + 4);
        if (!bytes)
                return -ENOMEM;

        /* Without an end pointer every character must have been used; trailing bits that are not
         * zero are refused: two texts never mean the same bytes. */
        if (sodium_base642bin(bytes, size / 4 * 3 + 3, text, size, NULL, &decoded, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
                return -EBADMSG;
        *ret_bytes = TAKE_PTR(bytes);
        *ret_size = decoded;
        return 0;
}

char *base64url_encode(const void *bytes, size_t size)
{
        size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        char *text = malloc(room);
        if (!text)
                return NULL;
        return sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
