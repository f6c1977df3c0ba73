/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/loopback-address.h"

#include <stdint.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

#define PATH_CHARACTERS              \
        "abcdefghijklmnopqrstuvwxyz" \
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
        "0123456789-/"

#define PORT_MAX_DIGITS 5

static bool port_is_valid(const char *text, size_t length)
{
        char digits[PORT_MAX_DIGITS + 1] = "";
        uint64_t port;

        if (length > PORT_MAX_DIGITS)
                return false;
        memcpy(digits, text, length);
        return text_parse_number(digits, 1024, UINT16_MAX, &port) >= 0;
}

bool loopback_address_is_valid(const char *address)
{
        static const char *const hosts[] = {"http://127.0.0.1:", "http://[::1]:"};

        if (strnlen(address, LOOPBACK_ADDRESS_MAX_BYTES + 1) > LOOPBACK_ADDRESS_MAX_BYTES)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(hosts); i++) {
                size_t length = strlen(hosts[i]);
                if (strncmp(address, hosts[i], length) != 0)
                        continue;
                const char *port = address + length, *path = strchr(port, '/');
                return path && port_is_valid(port, (size_t)(path - port)) &&
                       path[strspn(path, PATH_CHARACTERS)] == '\0';
        }
        return false;
}
