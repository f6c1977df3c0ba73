/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply of the daemon out of foreign bytes. The first byte decides: even, the bytes are the body
 * as it goes over the bus, behind a signature that they name as well; odd, they fill a well-formed
 * body, entry by entry, so that the values get past sd-bus. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus-wire.h"
#include "fuzz-bytes.h"

/* Writes the body that the bytes ask for. *ret_signature lives as long as bytes. fixed: how a
 * well-formed body begins, "o", "ss" or "s", each filled with a text; a dictionary follows when
 * there are keys. */
void fuzz_reply_body(struct fuzz_bytes *bytes, const char *fixed, const char *const *keys,
                     struct wire *body, const char **ret_signature);

/* Such a dictionary alone. */
void fuzz_reply_entries(struct fuzz_bytes *bytes, const char *const *keys, struct wire *body);

/* The whole reply as its reader gets it; NULL when sd-bus does not take it. The caller unrefs it.
 */
sd_bus_message *fuzz_reply_new(struct fuzz_bytes *bytes, const char *fixed,
                               const char *const *keys);
