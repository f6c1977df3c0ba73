/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/decision-chain.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define DIGEST_BYTES ((size_t)DECISION_DIGEST_DIGITS / 2)

static const unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = "badged decision";

static int compare(const void *a, const void *b)
{
        const struct decision_field *left = a;
        const struct decision_field *right = b;
        size_t shorter = left->size < right->size ? left->size : right->size;

        int order = strcmp(left->name, right->name);
        if (order == 0)
                order = memcmp(left->value, right->value, shorter);
        if (order == 0)
                order = left->size < right->size ? -1 : left->size > right->size;
        return order;
}

static void add(crypto_generichash_blake2b_state *state, const char *bytes, size_t size)
{
        (void)crypto_generichash_blake2b_update(state, (const unsigned char *)bytes, size);
}

static void add_field(crypto_generichash_blake2b_state *state, const struct decision_field *field)
{
        char size[32];

        (void)snprintf(size, sizeof(size), "=%zu:", field->size);
        add(state, field->name, strlen(field->name));
        add(state, size, strlen(size));
        add(state, field->value, field->size);
        add(state, "\n", 1);
}

int decision_digest(const struct decision_field *fields, size_t n_fields,
                    char ret_digest[static DECISION_DIGEST_DIGITS + 1])
{
        _cleanup_free_ struct decision_field *sorted = calloc(n_fields + 1, sizeof(*sorted));
        crypto_generichash_blake2b_state state;
        unsigned char digest[DIGEST_BYTES];
        size_t n = 0;

        if (!sorted)
                return -ENOMEM;
        for (size_t i = 0; i < n_fields; i++)
                if (fields[i].name[0] != '_' && strcmp(fields[i].name, DECISION_FIELD_DIGEST) != 0)
                        sorted[n++] = fields[i];
        qsort(sorted, n, sizeof(*sorted), compare);

        if (sodium_init() < 0 || crypto_generichash_blake2b_init_salt_personal(
                                         &state, NULL, 0, sizeof(digest), NULL, personal) < 0)
                return -EIO;
        for (size_t i = 0; i < n; i++)
                add_field(&state, &sorted[i]);
        if (crypto_generichash_blake2b_final(&state, digest, sizeof(digest)) < 0)
                return -EIO;
        (void)sodium_bin2hex(ret_digest, DECISION_DIGEST_DIGITS + 1, digest, sizeof(digest));
        return 0;
}
