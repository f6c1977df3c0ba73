/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person needs for approving, by whichever grant. */
#pragma once

#include <stdint.h>

/* Borrowed from the grant. NULL and 0 where a grant has none. */
struct grant_challenge {
        /* RFC 8628 section 3.2; NULL with CIBA, and the third where the provider has none. */
        const char *user_code, *verification_uri, *verification_uri_complete;
        const char *binding_message;   /* CIBA: the phone shows it, too. NULL otherwise */
        const char *authorization_url; /* for a browser here (code-grant.h). NULL otherwise */
        uint64_t expires_in_sec, interval_sec;
};
