/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address from a provider as the picture that the daemon sends: style, window, address. It keeps
 * to the window, and the module on the other side of the bus takes it as it is. */
#include "core/qr-text.h"

#include <string.h>

#include "bus-wire.h"
#include "common/bus-names.h"
#include "common/bus-reply.h"
#include "common/challenge.h"
#include "common/text-lines.h"
#include "common/text.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define STYLES (QR_ASCII + 1)

static void check_size(const char *picture, unsigned columns, unsigned lines)
{
        _cleanup_lines_ struct text_lines drawn = {0};

        FUZZ_EXPECT(text_lines_add_text(&drawn, picture) == 0);
        FUZZ_EXPECT(drawn.n + QR_RESERVED_LINES <= lines);
        for (size_t i = 0; i < drawn.n; i++)
                FUZZ_EXPECT(text_columns(drawn.lines[i]) == text_lines_columns(&drawn));
        FUZZ_EXPECT(text_lines_columns(&drawn) <= columns);
}

static void append_entry(struct wire *body, const char *key, const char *text)
{
        wire_align(body, 8);
        wire_text(body, key);
        wire_signature(body, "s");
        wire_text(body, text);
}

static void write_challenge(struct wire *body, const char *picture)
{
        wire_text(body, BADGED_LOGIN_PATH "/7");
        size_t opened = wire_array_open(body, 8);
        append_entry(body, "user_code", "WDJB-MJHT");
        append_entry(body, "verification_uri", "https://id.example/device");
        append_entry(body, "qr", picture);
        wire_align(body, 8);
        wire_text(body, "expires_in");
        wire_signature(body, "t");
        wire_number(body, 600, 8);
        wire_array_close(body, opened, 8);
}

static void check_taken(sd_bus_message *reply, const char *picture)
{
        _cleanup_challenge_ struct challenge challenge = {0};
        _cleanup_free_ char *id = NULL;
        bool is_granted = true;

        FUZZ_EXPECT(bus_reply_read_start(reply, &id, &challenge, &is_granted) == 0);
        FUZZ_EXPECT(!is_granted);
        FUZZ_EXPECT(challenge.qr && strcmp(challenge.qr, picture) == 0);
}

static void send_picture(const char *picture)
{
        const struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_RETURN,
                                           .serial = 1,
                                           .reply_cookie = 1,
                                           .signature = "oa{sv}"};
        struct wire body = {0}, wire = {0};

        write_challenge(&body, picture);
        wire_message(&wire, &header, &body);
        sd_bus_message *reply = wire_read_one(&wire);
        FUZZ_EXPECT(reply);
        check_taken(reply, picture);
        sd_bus_message_unref(reply);
        wire_finish(&wire);
        wire_finish(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        enum qr_style style = (enum qr_style)(fuzz_byte(&bytes) % STYLES);
        unsigned columns = fuzz_byte(&bytes) * 2U, lines = fuzz_byte(&bytes);
        const char *address = fuzz_text(&bytes);
        char *picture = NULL;

        FUZZ_EXPECT(qr_text_new(address, style, columns, lines, &picture) == 0);
        FUZZ_EXPECT(!picture || (style != QR_NONE && *address));
        if (picture) {
                check_size(picture, columns, lines);
                send_picture(picture);
        }
        free(picture);
        fuzz_bytes_finish(&bytes);
        return 0;
}
