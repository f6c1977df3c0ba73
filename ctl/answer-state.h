/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state by which an answer that a browser brings is known to be the one that is waited for (RFC
 * 6749 section 10.12): anything on this machine may come to a listener on loopback. The daemon
 * looks at it too; here it keeps strangers from ending a login. */
#pragma once

#include <stdbool.h>

#define ANSWER_STATE_SIZE 256

/* The state that this authorization request names, as it stands there; "" when there is none. */
void answer_state_find(const char *authorization_url, char ret_state[ANSWER_STATE_SIZE]);

/* True when the query has the state, and no other. */
bool answer_state_is_in(const char *state, const char *query);
