/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon tells about a granted login: for people and logs, never for a decision. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"

struct login_details {
        char *provider, *issuer, *subject; /* each NULL when the daemon did not say */
        char *rule;                        /* which rule let the identity in */
        char *claims;                      /* JSON object of the claims that the rule looked at */
        char *acr;
        char **amr;             /* NULL-terminated; NULL when not known */
        uint64_t auth_time_sec; /* 0 when not known */
};

/* Frees what it holds and empties it. */
void login_details_finish(struct login_details *details);
#define _cleanup_login_details_ _cleanup_(login_details_finish)
