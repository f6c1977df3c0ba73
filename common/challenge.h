/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon answered to StartLogin: all that a person needs to approve. Whoever fills it took
 * it from the bus; what becomes of it on a screen is decided by common/challenge-text.h. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"

struct challenge {
        char *user_code;
        char *verification_uri;
        char *verification_uri_complete; /* NULL when the provider has none */
        char *provider;
        char *qr; /* the picture, lines of text; NULL when there is none */
        uint64_t expires_in_sec;
        uint64_t interval_sec;
};

/* Frees what it holds and empties it, so that it may be filled or finished again. */
void challenge_finish(struct challenge *challenge);
#define _cleanup_challenge_ _cleanup_(challenge_finish)
