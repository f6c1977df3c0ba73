/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon answered to StartLogin: all that a person needs to approve. Whoever fills it took
 * it from the bus; what becomes of it on a screen is decided by common/challenge-text.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"

#define CHALLENGE_CODE_MAX_BYTES    64
#define CHALLENGE_ADDRESS_MAX_BYTES 2048
#define CHALLENGE_MESSAGE_MAX_BYTES 64
#define CHALLENGE_BROWSER_MAX_BYTES 8192

struct challenge {
        char *user_code;
        char *verification_uri;
        char *verification_uri_complete; /* NULL when the provider has none */
        char *binding_message;           /* the person's phone shows it, too */
        char *authorization_url;         /* for a browser on this machine */
        char *provider;
        char *qr; /* the picture, lines of text; NULL when there is none */
        uint64_t expires_in_sec;
        uint64_t interval_sec;
        bool wants_secret; /* a ticket or a code of the person's own is asked for, too */
        bool wants_code;   /* a one-time code, beside the approval; or as that secret */
};

/* How the person approves. */
enum challenge_kind {
        CHALLENGE_EMPTY,   /* there is nothing to approve */
        CHALLENGE_CODE,    /* enters user_code at verification_uri (RFC 8628 section 3.3) */
        CHALLENGE_RING,    /* the phone asks, by binding_message (CIBA section 7.1) */
        CHALLENGE_BROWSER, /* opens authorization_url here (RFC 8252 section 4.1) */
        CHALLENGE_SECRET,  /* presents a secret: nothing can be approved */
        CHALLENGE_UNSOUND, /* parts of none of these or of two, or what must not be shown */
};

/* Looks at every text that names what to approve: present, within bounds, printable, https. */
enum challenge_kind challenge_kind(const struct challenge *challenge);

/* True when there is nothing that a person must see. */
bool challenge_is_empty(const struct challenge *challenge);

/* For each text alone: not empty and printable. */
bool challenge_text_is_sound(const char *text);

/* Frees what it holds and empties it, so that it may be filled or finished again. */
void challenge_finish(struct challenge *challenge);
#define _cleanup_challenge_ _cleanup_(challenge_finish)
