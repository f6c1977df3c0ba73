/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-wire.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "fuzz-target.h"

/* The bus's part of the handshake; the reader's own part is not looked at. */
#define HANDSHAKE "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n"

/* All that a reader says to the bus in one connection. */
#define SENT_MAX_BYTES ((size_t)256 * 1024)

enum field {
        FIELD_PATH = 1,
        FIELD_INTERFACE,
        FIELD_MEMBER,
        FIELD_ERROR_NAME,
        FIELD_REPLY_SERIAL,
        FIELD_SENDER = 7,
        FIELD_SIGNATURE,
};

void wire_append(struct wire *wire, const void *bytes, size_t size)
{
        uint8_t *grown = realloc(wire->bytes, wire->size + size + 1);

        FUZZ_EXPECT(grown);
        wire->bytes = grown;
        if (size > 0)
                memcpy(grown + wire->size, bytes, size);
        wire->size += size;
}

void wire_byte(struct wire *wire, uint8_t byte)
{
        wire_append(wire, &byte, 1);
}

void wire_align(struct wire *wire, size_t alignment)
{
        while (wire->size % alignment != 0)
                wire_byte(wire, 0);
}

void wire_number(struct wire *wire, uint64_t number, size_t bytes)
{
        wire_align(wire, bytes);
        for (size_t i = 0; i < bytes; i++)
                wire_byte(wire, (uint8_t)(number >> (8 * i)));
}

void wire_text(struct wire *wire, const char *text)
{
        wire_number(wire, strlen(text), 4);
        wire_append(wire, text, strlen(text) + 1);
}

void wire_signature(struct wire *wire, const char *signature)
{
        size_t size = strnlen(signature, UINT8_MAX);

        wire_byte(wire, (uint8_t)size);
        wire_append(wire, signature, size);
        wire_byte(wire, 0);
}

size_t wire_array_open(struct wire *wire, size_t alignment)
{
        wire_number(wire, 0, 4);
        size_t opened = wire->size;
        wire_align(wire, alignment);
        return opened;
}

void wire_array_close(struct wire *wire, size_t opened, size_t alignment)
{
        size_t start = (opened + alignment - 1) / alignment * alignment;
        size_t size = wire->size - start;

        for (size_t i = 0; i < 4; i++)
                wire->bytes[opened - 4 + i] = (uint8_t)(size >> (8 * i));
}

void wire_finish(struct wire *wire)
{
        free(wire->bytes);
        *wire = (struct wire){0};
}

static void field_open(struct wire *wire, enum field field, const char *type)
{
        wire_align(wire, 8);
        wire_byte(wire, (uint8_t)field);
        wire_signature(wire, type);
}

static void field_text(struct wire *wire, enum field field, const char *type, const char *text)
{
        if (!text || !*text)
                return;
        field_open(wire, field, type);
        wire_text(wire, text);
}

static void wire_fields(struct wire *wire, const struct wire_header *header)
{
        size_t opened = wire_array_open(wire, 8);

        field_text(wire, FIELD_PATH, "o", header->path);
        field_text(wire, FIELD_INTERFACE, "s", header->interface);
        field_text(wire, FIELD_MEMBER, "s", header->member);
        field_text(wire, FIELD_ERROR_NAME, "s", header->error_name);
        field_text(wire, FIELD_SENDER, "s", header->sender);
        if (header->reply_cookie > 0) {
                field_open(wire, FIELD_REPLY_SERIAL, "u");
                wire_number(wire, header->reply_cookie, 4);
        }
        if (header->signature && *header->signature) {
                field_open(wire, FIELD_SIGNATURE, "g");
                wire_signature(wire, header->signature);
        }
        wire_array_close(wire, opened, 8);
}

void wire_message(struct wire *wire, const struct wire_header *header, const struct wire *body)
{
        struct wire message = {0};

        wire_byte(&message, 'l');
        wire_byte(&message, header->type);
        wire_byte(&message, 1); /* wants no reply */
        wire_byte(&message, 1);
        wire_number(&message, body->size, 4);
        wire_number(&message, header->serial, 4);
        wire_fields(&message, header);
        wire_align(&message, 8);
        wire_append(&message, body->bytes, body->size);
        wire_append(wire, message.bytes, message.size);
        wire_finish(&message);
}

/* True when the socket took all of it at once. */
static bool send_whole(int fd, const void *bytes, size_t size)
{
        return size == 0 || send(fd, bytes, size, MSG_DONTWAIT) == (ssize_t)size;
}

/* A bus daemon does not speak before it was greeted, and libsystemd relies on that. */
static bool wire_preload(sd_bus *bus, int far_fd, const struct wire *wire)
{
        if (!send_whole(far_fd, HANDSHAKE, sizeof(HANDSHAKE) - 1) || sd_bus_start(bus) < 0)
                return false;
        while (sd_bus_is_ready(bus) == 0)
                if (sd_bus_process(bus, NULL) < 0)
                        return false;
        return send_whole(far_fd, wire->bytes, wire->size) && shutdown(far_fd, SHUT_WR) == 0;
}

sd_bus *wire_connect(const struct wire *wire, int *ret_far_fd)
{
        int fds[2];
        sd_bus *bus = NULL;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
                return NULL;
        _cleanup_close_ int far = fds[1], near = fds[0];
        if (sd_bus_new(&bus) < 0)
                return NULL;
        if (sd_bus_negotiate_fds(bus, 0) < 0 || sd_bus_set_fd(bus, near, near) < 0)
                return sd_bus_unref(bus);
        TAKE_FD(near); /* the bus closes it */
        if (!wire_preload(bus, far, wire))
                return sd_bus_close_unref(bus);
        *ret_far_fd = TAKE_FD(far);
        return bus;
}

sd_bus_message *wire_read_one(const struct wire *wire)
{
        _cleanup_close_ int far = -1;
        sd_bus_message *message = NULL;
        sd_bus *bus = wire_connect(wire, &far);

        if (!bus)
                return NULL;
        while (!message && sd_bus_process(bus, &message) > 0)
                continue;
        /* When the connection ends, sd-bus makes up a signal of its own. */
        if (message && sd_bus_message_is_signal(message, NULL, NULL))
                message = sd_bus_message_unref(message);
        sd_bus_close_unref(bus);
        return message;
}

static uint32_t number_at(const uint8_t *bytes)
{
        return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
               (uint32_t)bytes[3] << 24;
}

/* Messages follow the reader's handshake, which ends with BEGIN. */
static uint32_t find_call(const uint8_t *bytes, size_t size, const char *member)
{
        const uint8_t *message = memmem(bytes, size, "BEGIN\r\n", 7);
        const uint8_t *end = bytes + size;

        for (message = message ? message + 7 : end; end - message > 16;) {
                size_t fields = (number_at(message + 12) + 7U) / 8 * 8;
                size_t whole = 16 + fields + number_at(message + 4);
                if (whole > (size_t)(end - message))
                        return 0;
                if (memmem(message + 16, fields, member, strlen(member) + 1))
                        return number_at(message + 8);
                message += whole;
        }
        return 0;
}

void wire_sent_cookies(int far_fd, const char *const members[static 2],
                       uint32_t ret_cookies[static 2])
{
        _cleanup_free_ uint8_t *bytes = malloc(SENT_MAX_BYTES);
        size_t size = 0;
        ssize_t n = 1;

        while (bytes && far_fd >= 0 && n > 0 && size < SENT_MAX_BYTES) {
                n = recv(far_fd, bytes + size, SENT_MAX_BYTES - size, MSG_DONTWAIT);
                size += n > 0 ? (size_t)n : 0;
        }
        for (size_t i = 0; i < 2; i++)
                ret_cookies[i] = bytes ? find_call(bytes, size, members[i]) : 0;
}
