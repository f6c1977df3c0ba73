/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which questions a verification asks, and in what order. */
#pragma once

#include "authority.h"
#include "core/identity.h"

/* In this order; all but the first are left out where nothing asks for them. */
enum verification_step {
        STEP_IDENTITY,
        STEP_USERINFO,
        STEP_INTROSPECTION,
        STEP_GROUPS,
        STEP_ACCOUNT,
        STEP_CLAIMS,
        STEP_DONE,
};

/* Borrowed. */
struct verification_case {
        const struct authority *authority;
        const char *account;
        const struct identity *identity; /* as it is known by then; NULL: not at all yet */
};

/* The first step, from that one on, that the settings or the account's rule want taken. */
enum verification_step verification_plan_next(const struct verification_case *about,
                                              enum verification_step from);
