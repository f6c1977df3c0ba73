/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one-time code that a service may want beside an approval: looked at, and used up on the disk,
 * before the login is registered. A login that stands on something else than an approval, such as a
 * ticket, needs none: that is how somebody comes in who lost the app. */
#pragma once

#include "common/cleanup.h"
#include "login.h"
#include "state.h"

struct step_ups;

/* next has the word after this one. The state is borrowed. 0 or -ENOMEM. */
int step_ups_new(struct state *state, struct login_registrar next, struct step_ups **ret_step_ups);
/* Takes NULL, returns NULL. */
struct step_ups *step_ups_free(struct step_ups *step_ups);
DEFINE_CLEANUP(struct step_ups *, step_ups_free);

/* For login_new(). */
struct login_registrar step_ups_registrar(struct step_ups *step_ups);

/* For the end of every login: it is not told of anything any more. What was used up stays so. */
void step_ups_forget(struct step_ups *step_ups, const struct login *login);
