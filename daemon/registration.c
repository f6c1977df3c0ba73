/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "login-binding.h"

#define DETAIL_ENDED   "its session was ended while it was written down"
#define SENTENCE_WRITE "This host cannot write the sign-in down right now. Try again later."

/* One login that is being written down. */
struct registration {
        struct registrations *registrations;
        struct registration *next;
        struct login *login;
        struct store_write *write;
        struct token_record tokens; /* of the login; nobody looks after them yet */
};

struct registrations {
        struct registrations_spec spec;
        struct registration *first;
        struct self_links *self_links;
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

static void answer(struct login *login, struct login_objection objection)
{
        (void)login_register(login, objection.outcome, objection.detail, objection.sentence);
}

static struct login_objection object_to_failure(int error)
{
        return (struct login_objection){LOGIN_UNAVAILABLE, strerror(-error), SENTENCE_WRITE};
}

static struct registration *registration_free(struct registration *registration)
{
        struct registration **link = &registration->registrations->first;

        while (*link != registration)
                link = &(*link)->next;
        *link = registration->next;
        (void)store_write_free(registration->write);
        token_record_finish(&registration->tokens);
        free(registration);
        return NULL;
}

/* False: it has ended meanwhile, and nobody is let in. */
static bool grant(const struct registrations *registrations, struct login *login,
                  const char *detail)
{
        const struct login_binding_spec spec = binding_of(registrations, login);

        if (!login_register(login, LOGIN_GRANTED, detail, NULL))
                return false;
        login_binding_grant(&spec);
        return true;
}

/* ---- 1. is anything against it? Also writes the account and the identity down ---- */

static struct login_objection find_objection(struct registrations *registrations,
                                             const struct login *login, const char **ret_identity)
{
        const char *sentence = state_objection(registrations->spec.state);
        const struct login_binding_spec spec = binding_of(registrations, login);

        if (sentence)
                return (struct login_objection){LOGIN_UNAVAILABLE, "the store was damaged",
                                                sentence};
        return login_bind(&spec, ret_identity);
}

/* ---- 2. the session's row, with the tokens ---- */

/* What stood in the provider's place was described by whoever vouched for it. */
static const char *reason_of(const struct login *login)
{
        return login_substitute(login) ? NULL : "the identity may use the account";
}

/* Before the caller hears of it: sshd opens the session the moment that it does. */
static void on_safe(int result, void *userdata)
{
        struct registration *registration = userdata;
        struct login *login = registration->login;

        registration->write = store_write_free(registration->write);
        if (result < 0) {
                answer(login, object_to_failure(result));
                return;
        }
        if (!sessions_get(granted_logins_sessions(registration->registrations->spec.granted),
                          login_id(login))) {
                answer(login, (struct login_objection){LOGIN_REFUSED, DETAIL_ENDED, NULL});
                return;
        }
        if (grant(registration->registrations, login, reason_of(login)))
                granted_logins_keep(registration->registrations->spec.granted, login,
                                    &registration->tokens);
}

static int write_down(struct registrations *registrations, struct login *login,
                      const char *identity)
{
        struct registration *registration = calloc(1, sizeof(*registration));
        if (!registration)
                return -ENOMEM;

        *registration = (struct registration){
                .registrations = registrations, .next = registrations->first, .login = login};
        registrations->first = registration;
        int r = granted_logins_add(registrations->spec.granted, login, identity, on_safe,
                                   registration, &registration->write, &registration->tokens);
        if (r < 0)
                (void)registration_free(registration);
        return r;
}

/* Nothing is new to be safe: the session that answers is. */
static void follow(struct registrations *registrations, struct login *login)
{
        int r = granted_logins_follow(registrations->spec.granted, login);

        if (r == -ENOENT)
                answer(login, (struct login_objection){
                                      LOGIN_REFUSED, "the session that answered has ended", NULL});
        else if (r < 0)
                answer(login, object_to_failure(r));
        else
                (void)grant(registrations, login, NULL);
}

/* ---- or it is only to be linked: then nobody is let in ---- */

static struct login_objection keep_offer(struct registrations *registrations,
                                         const struct login *login, const struct identity *identity)
{
        int r = identity ? self_links_offer(registrations->self_links, login_request(login),
                                            login_id(login), identity, clock_now_usec())
                         : -EINVAL;
        if (r < 0)
                return object_to_failure(r);
        return (struct login_objection){LOGIN_REFUSED,
                                        "the identity is to be linked; nobody is let in by that",
                                        "Nobody is let in by this: it is to be linked."};
}

static void on_allowed(struct login *login, void *userdata)
{
        struct registrations *registrations = userdata;
        const char *identity = NULL;

        if (self_links_is_offer(login_request(login))) {
                answer(login, keep_offer(registrations, login, login_identity(login)));
                return;
        }
        struct login_objection objection = find_objection(registrations, login, &identity);

        if (objection.outcome != LOGIN_GRANTED) {
                answer(login, objection);
                return;
        }
        if (login_basis(login)) {
                follow(registrations, login);
                return;
        }
        self_links_expect(registrations->self_links, login_request(login), login_id(login),
                          clock_now_usec());
        int r = write_down(registrations, login, identity);
        if (r < 0)
                answer(login, object_to_failure(r));
}

static void on_forbidden(struct login *login, const struct identity *identity,
                         const struct account_verdict *verdict, void *userdata)
{
        struct login_binding_spec spec = binding_of(userdata, login);
        struct login_objection objection;

        if (self_links_is_offer(login_request(login))) {
                objection = keep_offer(userdata, login, identity);
                login_refuse(login, objection.detail, objection.sentence);
                return;
        }
        spec.identity = identity;
        spec.verdict = verdict;
        if (login_binding_explain(&spec, &objection))
                login_refuse(login, objection.detail, objection.sentence);
}

/* ---- the end ---- */

void registrations_forget(struct registrations *registrations, const struct login *login)
{
        struct registration *registration = registrations->first;

        while (registration && registration->login != login)
                registration = registration->next;
        if (!registration)
                return;
        if (login_outcome(login) != LOGIN_GRANTED)
                granted_logins_take_back(registrations->spec.granted, login, &registration->tokens);
        (void)registration_free(registration);
}

/* ---- the outside ---- */

int registrations_new(const struct registrations_spec *spec,
                      struct registrations **ret_registrations)
{
        _cleanup_(registrations_freep) struct registrations *registrations = calloc(
                1, sizeof(*registrations));
        if (!registrations)
                return -ENOMEM;

        registrations->spec = *spec;
        int r = self_links_new(spec->state, spec->settings, &registrations->self_links);
        if (r < 0)
                return r;
        *ret_registrations = TAKE_PTR(registrations);
        return 0;
}

struct registrations *registrations_free(struct registrations *registrations)
{
        if (!registrations)
                return NULL;
        while (registrations->first)
                (void)registration_free(registrations->first);
        (void)self_links_free(registrations->self_links);
        free(registrations);
        return NULL;
}

struct self_links *registrations_self_links(const struct registrations *registrations)
{
        return registrations->self_links;
}

struct login_registrar registrations_registrar(struct registrations *registrations)
{
        return (struct login_registrar){on_allowed, on_forbidden, registrations};
}
