/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* D-Bus messages as bytes, little-endian, and a bus connection that finds them waiting: what a
 * daemon could send, and what only a hostile or broken one would. No bus daemon, no second process:
 * all that will ever be answered is written before the reader starts, then the connection ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#define WIRE_DRIVER "org.freedesktop.DBus"

struct wire {
        uint8_t *bytes;
        size_t size;
};

/* Those that write a body keep the alignment that the type asks for. */
void wire_byte(struct wire *wire, uint8_t byte);
void wire_align(struct wire *wire, size_t alignment);
void wire_number(struct wire *wire, uint64_t number, size_t bytes); /* u: 4, t: 8 */
void wire_text(struct wire *wire, const char *text);                /* s, o */
void wire_signature(struct wire *wire, const char *signature);      /* g, and before a variant */
void wire_append(struct wire *wire, const void *bytes, size_t size);
/* An array: what is written between the two is counted. */
size_t wire_array_open(struct wire *wire, size_t alignment);
void wire_array_close(struct wire *wire, size_t opened, size_t alignment);
void wire_finish(struct wire *wire);

struct wire_header {
        uint8_t type; /* SD_BUS_MESSAGE_… */
        uint32_t serial, reply_cookie;
        const char *sender, *signature;                     /* NULL or "": left out */
        const char *error_name, *path, *interface, *member; /* likewise */
};

void wire_message(struct wire *wire, const struct wire_header *header, const struct wire *body);

/* A connection at whose other end the bytes wait. *ret_far_fd is that end, the caller's to close:
 * what the reader sends can be read from it. NULL when the machine has no more descriptors or
 * memory. */
sd_bus *wire_connect(const struct wire *wire, int *ret_far_fd);

/* The first message of the wire as its reader gets it; NULL when sd-bus does not take it. The
 * caller unrefs it. */
sd_bus_message *wire_read_one(const struct wire *wire);

/* The serials of the first calls to two members among what the reader sent; 0 when there is none.
 */
void wire_sent_cookies(int far_fd, const char *const members[static 2],
                       uint32_t ret_cookies[static 2]);
