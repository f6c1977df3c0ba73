/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GetToken and EndTokens of fake-badged. */
#pragma once

#include <systemd/sd-bus.h>

/* Answers as the word says: "bound" gives a token that is no bearer token, "none" gives none,
 * "blank" one with a blank in it, "bare" says nothing but the token, "junk" and "junk-after" are
 * replies of the wrong shape, "http" names an address without TLS, "controls" has control
 * characters in its texts, "error-NAME" is that error; anything else is good. Where the provider's
 * API is, and whom to trust there, the environment says: FAKE_USERINFO, FAKE_CA_FILE. Returns as a
 * handler of sd-bus does. */
int fake_token_get(sd_bus_message *call, const char *word);

/* Likewise: "bare" has no address where sessions end, "none" none with an id_token; "http" and
 * "blank" are addresses that are none. */
int fake_token_end(sd_bus_message *call, const char *word);
