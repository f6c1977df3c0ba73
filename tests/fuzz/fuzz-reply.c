/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz-reply.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "fuzz-target.h"

#define ENTRIES_MAX 40
#define ITEMS_MAX   40

enum value {
        VALUE_TEXT,
        VALUE_NUMBER,
        VALUE_LIST,
        VALUE_SHORT,
        VALUE_BOOL,
        VALUE_NESTED,
        VALUE_SMALL,
        VALUES,
};

static void write_list(struct fuzz_bytes *bytes, struct wire *body)
{
        uint8_t n = fuzz_byte(bytes);

        wire_signature(body, "as");
        size_t opened = wire_array_open(body, 4);
        for (uint8_t i = 0; i < n && i < ITEMS_MAX; i++)
                wire_text(body, fuzz_text(bytes));
        wire_array_close(body, opened, 4);
}

static void write_value(struct fuzz_bytes *bytes, struct wire *body)
{
        switch ((enum value)(fuzz_byte(bytes) % VALUES)) {
        case VALUE_TEXT:
                wire_signature(body, "s");
                wire_text(body, fuzz_text(bytes));
                return;
        case VALUE_NUMBER:
                wire_signature(body, "t");
                wire_number(body, fuzz_number(bytes), 8);
                return;
        case VALUE_SMALL: /* within every bound */
                wire_signature(body, "t");
                wire_number(body, 1 + fuzz_byte(bytes), 8);
                return;
        case VALUE_LIST:
                write_list(bytes, body);
                return;
        case VALUE_SHORT:
                wire_signature(body, "u");
                wire_number(body, fuzz_byte(bytes), 4);
                return;
        case VALUE_BOOL:
                wire_signature(body, "b");
                wire_number(body, fuzz_byte(bytes) & 1, 4);
                return;
        case VALUE_NESTED:
                wire_signature(body, "v");
                wire_signature(body, "s");
                wire_text(body, fuzz_text(bytes));
                return;
        case VALUES:
                break;
        }
        FUZZ_EXPECT(false);
}

void fuzz_reply_entries(struct fuzz_bytes *bytes, const char *const *keys, struct wire *body)
{
        size_t n_keys = 0, opened = wire_array_open(body, 8);

        while (keys[n_keys])
                n_keys++;
        for (size_t i = 0; i < ENTRIES_MAX && fuzz_bytes_left(bytes) > 0; i++) {
                uint8_t key = fuzz_byte(bytes);
                wire_align(body, 8);
                wire_text(body, key % (n_keys + 1) < n_keys ? keys[key % (n_keys + 1)]
                                                            : fuzz_text(bytes));
                write_value(bytes, body);
        }
        wire_array_close(body, opened, 8);
}

void fuzz_reply_body(struct fuzz_bytes *bytes, const char *fixed, const char *const *keys,
                     struct wire *body, const char **ret_signature)
{
        if (fuzz_byte(bytes) % 2 == 0) {
                size_t size;
                *ret_signature = fuzz_text(bytes);
                const uint8_t *rest = fuzz_piece(bytes, SIZE_MAX, &size);
                wire_append(body, rest, size);
                return;
        }
        for (const char *type = fixed; *type; type++)
                wire_text(body, fuzz_text(bytes));
        if (keys)
                fuzz_reply_entries(bytes, keys, body);
        *ret_signature = keys ? (strcmp(fixed, "o") == 0 ? "oa{sv}" : "ssa{sv}") : fixed;
}

sd_bus_message *fuzz_reply_new(struct fuzz_bytes *bytes, const char *fixed, const char *const *keys)
{
        struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_RETURN,
                                     .serial = 1,
                                     .reply_cookie = 1,
                                     .sender = ":1.1"};
        struct wire body = {0}, wire = {0};

        fuzz_reply_body(bytes, fixed, keys, &body, &header.signature);
        wire_message(&wire, &header, &body);
        sd_bus_message *reply = wire_read_one(&wire);
        wire_finish(&wire);
        wire_finish(&body);
        return reply;
}
