/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the device authorization endpoint (RFC 8628 section 3.2). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/oauth-response.h"

struct device_authorization {
        struct secret *device_code;
        char *user_code;        /* 1..64 bytes, printable, to be shown as it is (8628-21) */
        char *verification_uri; /* https, at most 2048 bytes */
        char *verification_uri_complete; /* likewise, or NULL */
        uint64_t expires_in_sec;         /* clamped to 30..1800 */
        uint64_t interval_sec;           /* clamped to 1..300; 5 where the provider says none */
};

/* Erases and frees what it holds; it may be used anew. */
void device_authorization_finish(struct device_authorization *authorization);

/* *ret_authorization is set with OAUTH_SUCCESS only, *ret_problem with every answer; the caller
 * finishes both. OAUTH_AUTHORIZATION_PENDING and OAUTH_EXPIRED_TOKEN, which speak of a code that
 * does not exist yet, count as OAUTH_ERROR here. OAUTH_SLOW_DOWN (authentik, with HTTP 429) means
 * that no code was given. */
enum oauth_answer device_authorization_parse(unsigned http_status, const char *body, size_t size,
                                             struct device_authorization *ret_authorization,
                                             struct oauth_problem *ret_problem);
