/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout 1.0 section
 * 2). Nothing comes back: no address to return to is named. */
#pragma once

#include "common/secret.h"

#define END_SESSION_URL_MAX_BYTES ((size_t)8 * 1024)

/* id_token says whose session, so that the provider need not ask; NULL: it will. -EINVAL when the
 * endpoint is no https address or there is no client_id, -E2BIG, -ENOMEM. */
int end_session_url_new(const char *endpoint, const char *client_id, const struct secret *id_token,
                        struct secret **ret_url);
