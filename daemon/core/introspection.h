/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a provider says of a token today (RFC 7662 section 2.2): whether it is alive, and ours. Not
 * who approved: that comes from the id_token or from userinfo. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Borrowed; NULL is not compared. */
struct introspection_expectation {
        const char *client_id, *issuer, *subject;
        uint64_t now_sec; /* since 1970 */
};

/* Reads the body of an HTTP 200. 0: active is true, and what else the answer says does not speak
 * against it: client_id, iss and sub, each if given, are the expected ones, exp is ahead and nbf is
 * not (60 s of leeway). -EBADMSG: not so, *ret_why says what. -ENOMEM. */
int introspection_check(const char *body, size_t size,
                        const struct introspection_expectation *expectation, const char **ret_why);
