/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one path to success: what has to be so, beyond a rule that lets the identity use the account,
 * before a login is granted. Nothing is granted that is not written down. */
#pragma once

#include "common/cleanup.h"
#include "granted-logins.h"
#include "login.h"
#include "self-links.h"
#include "state.h"

struct registrations;

/* All borrowed until the registrations are freed. */
struct registrations_spec {
        struct state *state;
        const struct settings *settings;
        struct granted_logins *granted;
};

int registrations_new(const struct registrations_spec *spec,
                      struct registrations **ret_registrations);
/* What is being written stays written. Takes NULL, returns NULL. */
struct registrations *registrations_free(struct registrations *registrations);
DEFINE_CLEANUP(struct registrations *, registrations_free);

/* What people offered to have linked, instead of being let in. */
struct self_links *registrations_self_links(const struct registrations *registrations);

/* For login_new(): whoever is to be registered comes from there. */
struct login_registrar registrations_registrar(struct registrations *registrations);

/* The login has ended, or goes: if it was not granted, what was written for it is taken back. */
void registrations_forget(struct registrations *registrations, const struct login *login);
