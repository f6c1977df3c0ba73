/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fake-badged tells the person to approve. */
#pragma once

#include <systemd/sd-bus.h>

/* Appends the challenge that the word names: one of the table in fake-challenge.c, one that is
 * wrong in the way of its word (code-…, address-…, qr-…, expiry-…, granted-…), "silent" for an
 * empty one, "granted" for one that says only that; for any other word a code. 0 or more, or a
 * negative errno. */
int fake_challenge_append(sd_bus_message *reply, const char *word);
