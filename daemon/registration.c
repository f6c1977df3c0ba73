/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct registrations {
        struct registrations_spec spec;
};

/* Why the login is not granted. */
struct objection {
        enum login_outcome outcome;
        const char *detail, *sentence; /* static; may be NULL */
};

/* LOGIN_GRANTED: nothing is against it. */
static struct objection find_objection(struct registrations *registrations, struct login *login)
{
        return (struct objection){LOGIN_GRANTED, NULL, NULL};
}

static void on_allowed(struct login *login, void *userdata)
{
        struct registrations *registrations = userdata;
        struct objection objection = find_objection(registrations, login);

        if (objection.outcome != LOGIN_GRANTED) {
                (void)login_register(login, objection.outcome, objection.detail,
                                     objection.sentence);
                return;
        }
        granted_logins_add(registrations->spec.granted, login);
        (void)login_register(login, LOGIN_GRANTED, "the identity may use the account", NULL);
}

int registrations_new(const struct registrations_spec *spec,
                      struct registrations **ret_registrations)
{
        struct registrations *registrations = calloc(1, sizeof(*registrations));
        if (!registrations)
                return -ENOMEM;

        registrations->spec = *spec;
        *ret_registrations = registrations;
        return 0;
}

struct registrations *registrations_free(struct registrations *registrations)
{
        free(registrations);
        return NULL;
}

struct login_registrar registrations_registrar(struct registrations *registrations)
{
        return (struct login_registrar){on_allowed, registrations};
}
