/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer of the token endpoint (RFC 6749 section 5.1). Nothing in it is verified. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/oauth-response.h"

struct token_set {
        struct secret *access_token;  /* fit for a header */
        bool is_bound;                /* of type DPoP (RFC 9449 section 5), otherwise bearer */
        struct secret *refresh_token; /* or NULL */
        struct secret *id_token;      /* or NULL */
        char *scope;                  /* or NULL: as asked (RFC 6749 section 5.1) */
        uint64_t expires_in_sec;      /* 0 where the provider says none */
};

/* Erases and frees what it holds; it may be used anew. */
void token_set_finish(struct token_set *tokens);

/* *ret_tokens is set with OAUTH_SUCCESS only, *ret_problem with every answer; the caller finishes
 * both. */
enum oauth_answer token_set_parse(unsigned http_status, const char *body, size_t size,
                                  struct token_set *ret_tokens, struct oauth_problem *ret_problem);
