/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ticket-secret.h"

#include <errno.h>
#include <string.h>

#include "core/refuse.h"

#define LETTER_BITS 5
#define GROUP       5
#define N_DASHES    ((TICKET_SECRET_LETTERS - 1) / GROUP - 1)
#define TEXT_BYTES  (TICKET_SECRET_LETTERS + N_DASHES)

/* The place of a letter is its value. I, L, O and U are none of them. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The five bits that start at this bit; beyond the last byte there are zeroes. */
static unsigned bits_at(const unsigned char *bytes, size_t at)
{
        size_t first = at / 8;
        unsigned next = first + 1 < TICKET_SECRET_BYTES ? bytes[first + 1] : 0;
        unsigned both = (unsigned)bytes[first] << 8 | next;

        return both >> (16 - LETTER_BITS - at % 8) & ((1U << LETTER_BITS) - 1);
}

int ticket_secret_format(const unsigned char bytes[static TICKET_SECRET_BYTES],
                         struct secret **ret_text)
{
        char text[TEXT_BYTES], *end = text;

        for (size_t i = 0; i < TICKET_SECRET_LETTERS; i++) {
                if (i > 0 && i % GROUP == 0 && i / GROUP <= N_DASHES)
                        *end++ = '-';
                *end++ = letters[bits_at(bytes, i * LETTER_BITS)];
        }
        struct secret *secret = secret_new(text, (size_t)(end - text));
        secret_erase(text, sizeof(text));
        if (!secret)
                return -ENOMEM;
        *ret_text = secret;
        return 0;
}

/* The value of what was typed, -1 when it is no letter. */
static int letter_value(char typed)
{
        if (typed >= 'a' && typed <= 'z')
                typed = (char)(typed - 'a' + 'A');
        if (typed == 'O')
                typed = '0';
        if (typed == 'I' || typed == 'L')
                typed = '1';
        const char *letter = typed ? strchr(letters, typed) : NULL;
        return letter ? (int)(letter - letters) : -1;
}

/* Into room for the spare bits, too: 26 letters are two bits more than 16 bytes. */
static const char *read_letters(const struct secret *text,
                                unsigned char bytes[static TICKET_SECRET_BYTES + 1])
{
        const char *typed = secret_bytes(text);
        size_t n = 0;

        for (size_t i = 0; i < secret_size(text); i++) {
                if (typed[i] == '-' || typed[i] == ' ')
                        continue;
                int value = letter_value(typed[i]);
                if (value < 0)
                        return "it has a character that no ticket has";
                if (n == TICKET_SECRET_LETTERS)
                        return "it has too many letters for a ticket";
                size_t at = n++ * LETTER_BITS;
                unsigned both = (unsigned)value << (16 - LETTER_BITS - at % 8);
                bytes[at / 8] |= (unsigned char)(both >> 8);
                if (at / 8 < TICKET_SECRET_BYTES)
                        bytes[at / 8 + 1] |= (unsigned char)both;
        }
        if (n < TICKET_SECRET_LETTERS)
                return "it has too few letters for a ticket";
        return bytes[TICKET_SECRET_BYTES] ? "its last letter is none that a ticket ends in" : NULL;
}

int ticket_secret_parse(const struct secret *text, struct secret **ret_bytes, const char **ret_why)
{
        unsigned char bytes[TICKET_SECRET_BYTES + 1] = {0};
        struct secret *secret = NULL;

        if (secret_size(text) > TICKET_SECRET_MAX_BYTES)
                return refuse("it is too long for a ticket", ret_why);
        const char *why = read_letters(text, bytes);
        if (!why)
                secret = secret_new(bytes, TICKET_SECRET_BYTES);
        secret_erase(bytes, sizeof(bytes));
        if (why)
                return refuse(why, ret_why);
        if (!secret)
                return -ENOMEM;
        *ret_bytes = secret;
        return 0;
}
