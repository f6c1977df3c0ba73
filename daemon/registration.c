/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "login-binding.h"
#include "state.h"

struct registrations {
        struct registrations_spec spec;
};

static struct login_binding_spec binding_of(const struct registrations *registrations,
                                            const struct login *login)
{
        return (struct login_binding_spec){
                .state = registrations->spec.state,
                .settings = registrations->spec.settings,
                .login = login,
                .identity = login_identity(login),
                .verdict = login_verdict(login),
        };
}

static struct login_objection find_objection(struct registrations *registrations,
                                             struct login *login)
{
        const char *sentence = state_objection(registrations->spec.state), *identity;
        const struct login_binding_spec spec = binding_of(registrations, login);

        if (sentence)
                return (struct login_objection){LOGIN_UNAVAILABLE, "the store was damaged",
                                                sentence};
        return login_bind(&spec, &identity);
}

static void on_allowed(struct login *login, void *userdata)
{
        struct registrations *registrations = userdata;
        struct login_objection objection = find_objection(registrations, login);

        if (objection.outcome != LOGIN_GRANTED) {
                (void)login_register(login, objection.outcome, objection.detail,
                                     objection.sentence);
                return;
        }
        granted_logins_add(registrations->spec.granted, login);
        (void)login_register(login, LOGIN_GRANTED, "the identity may use the account", NULL);
}

static void on_forbidden(struct login *login, const struct identity *identity,
                         const struct account_verdict *verdict, void *userdata)
{
        struct login_binding_spec spec = binding_of(userdata, login);
        struct login_objection objection;

        spec.identity = identity;
        spec.verdict = verdict;
        if (login_binding_explain(&spec, &objection))
                login_refuse(login, objection.detail, objection.sentence);
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
        return (struct login_registrar){on_allowed, on_forbidden, registrations};
}
