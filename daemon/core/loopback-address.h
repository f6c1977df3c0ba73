/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a browser may bring an answer back to on the same machine (RFC 8252 section 7.3). */
#pragma once

#include <stdbool.h>

#define LOOPBACK_ADDRESS_MAX_BYTES 128

/* True for http://127.0.0.1:PORT/PATH and http://[::1]:PORT/PATH with a port from 1024 up and a
 * path of letters, digits, '-' and '/': no name (section 8.3), no query, no fragment. */
bool loopback_address_is_valid(const char *address);
