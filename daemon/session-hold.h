/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules, as they are now, still give to whom a session is: whether it may stand for its
 * account at all, and whether claims have the say. Asks nobody. */
#pragma once

#include <stdint.h>

#include "authorities.h"
#include "core/account-policy.h"
#include "io/store-session.h"
#include "state.h"

/* uid: of the session's account now. Whose the session is must be as it was when it began: the
 * account the same one, the identity still its own, and the provider still the one that knows the
 * tokens. Otherwise ACCOUNT_HOLD_NONE. */
enum account_hold session_hold(const struct session_record *session, uint64_t uid,
                               const struct authorities *authorities, const struct state *state);
