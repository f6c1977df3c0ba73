/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the backchannel authentication endpoint (OpenID Connect CIBA Core section 7.3), for
 * the poll mode. Not the polls: core/token-set reads their answers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/oauth-response.h"

struct backchannel_authentication {
        struct secret *auth_req_id; /* 1..4096 bytes, printable ASCII without blanks */
        uint64_t expires_in_sec;    /* clamped to 30..1800 */
        uint64_t interval_sec;      /* clamped to 1..300; 5 where the provider says none */
};

/* Erases and frees what it holds; it may be used anew. */
/* True when the provider's refusal is about the person and not about the client or the request
 * (CIBA section 13). */
bool backchannel_refuses_person(const struct oauth_problem *problem);

void backchannel_authentication_finish(struct backchannel_authentication *authentication);

/* *ret_authentication is set with OAUTH_SUCCESS only, *ret_problem with every answer; the caller
 * finishes both. OAUTH_AUTHORIZATION_PENDING and OAUTH_EXPIRED_TOKEN, which speak of a request that
 * does not exist yet, count as OAUTH_ERROR here. */
enum oauth_answer
backchannel_authentication_parse(unsigned http_status, const char *body, size_t size,
                                 struct backchannel_authentication *ret_authentication,
                                 struct oauth_problem *ret_problem);
