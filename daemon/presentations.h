/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets that people present in place of a provider's proof: looked at, used up on the disk, and
 * only then vouched for. The presenter of every login (login.h). */
#pragma once

#include "common/cleanup.h"
#include "login.h"
#include "state.h"

struct presentations;

/* The state is borrowed. 0 or -ENOMEM. */
int presentations_new(struct state *state, struct presentations **ret_presentations);
/* Takes NULL, returns NULL. */
struct presentations *presentations_free(struct presentations *presentations);
DEFINE_CLEANUP(struct presentations *, presentations_free);

/* For login_new(). */
struct login_presenter presentations_presenter(struct presentations *presentations);

/* For the end of every login: it is not told of anything any more. What it used up stays so. */
void presentations_forget(struct presentations *presentations, const struct login *login);
