/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/login-object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "bus/caller.h"
#include "bus/login-replies.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/secret.h"
#include "log.h"

#define PATH_MAX_BYTES 64

struct login_object {
        struct login_objects *objects;
        struct login_object *previous, *next;
        struct attempt *attempt;
        char path[PATH_MAX_BYTES];
        char *owner; /* unique name of the connection that it belongs to */
        sd_bus_slot *slot;
        sd_bus_message *start; /* StartLogin, until it is answered */
        sd_bus_message *wait;  /* Wait, likewise; only one at a time */
        bool knows_granted;    /* its owner needs no Wait where there was nothing to approve */
};

static struct login_object *login_object_free(struct login_object *object)
{
        if (!object)
                return NULL;
        if (object->previous)
                object->previous->next = object->next;
        else if (object->objects->first == object)
                object->objects->first = object->next;
        if (object->next)
                object->next->previous = object->previous;
        (void)attempt_free(object->attempt);
        sd_bus_slot_unref(object->slot);
        sd_bus_message_unref(object->start);
        sd_bus_message_unref(object->wait);
        free(object->owner);
        free(object);
        return NULL;
}
DEFINE_CLEANUP(struct login_object *, login_object_free);

void login_objects_finish(struct login_objects *objects)
{
        while (objects->first)
                (void)login_object_free(objects->first);
        objects->departures = sd_bus_slot_unref(objects->departures);
}

/* ---- the methods ---- */

/* Guessing a path must not give anybody a say in somebody else's login. */
static int demand_owner(struct login_object *object, sd_bus_message *message, sd_bus_error *error)
{
        if (!caller_is(message, object->owner))
                return caller_refuse(message, "This login belongs to another caller.", error);
        return 0;
}

static int deliver(struct login_object *object)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *wait = TAKE_PTR(object->wait);
        return login_reply_verdict(wait, attempt_login(object->attempt));
}

static int method_wait(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_object *object = userdata;
        struct login *login = attempt_login(object->attempt);

        int r = demand_owner(object, message, error);
        if (r < 0)
                return r;
        if (object->wait)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "This login is being waited for already.");
        object->wait = sd_bus_message_ref(message);
        if (!login_has_ended(login)) {
                login_person_waits(login);
                return 1;
        }
        r = deliver(object);
        (void)login_object_free(object);
        return r < 0 ? r : 1;
}

/* The verdict "cancelled" goes to whoever waits, from the loop; then the object goes. */
static int method_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_object *object = userdata;

        int r = demand_owner(object, message, error);
        if (r < 0)
                return r;
        bool had_ended = login_has_ended(attempt_login(object->attempt));
        login_cancel(attempt_login(object->attempt));
        if (had_ended)
                (void)login_object_free(object);
        return sd_bus_reply_method_return(message, NULL);
}

/* What comes of it is for Wait to tell. */
static int method_answer(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_object *object = userdata;
        const char *query;

        int r = demand_owner(object, message, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &query);
        if (r < 0)
                return r;
        if (strlen(query) > BADGED_ANSWER_MAX_BYTES)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "The browser's answer is too long.");
        r = login_answer(attempt_login(object->attempt), query);
        if (r == -EBUSY)
                return sd_bus_error_set(error, BADGED_ERROR_UNEXPECTED_ANSWER,
                                        "This login waits for no answer of a browser.");
        return r < 0 ? r : sd_bus_reply_method_return(message, NULL);
}

/* Likewise. */
static int method_present(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_object *object = userdata;
        _cleanup_secret_ struct secret *secret = NULL;
        const char *text;

        int r = demand_owner(object, message, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &text);
        if (r < 0)
                return r;
        if (strlen(text) > BADGED_SECRET_MAX_BYTES)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "The secret is too long.");
        secret = secret_new_text(text);
        if (!secret)
                return -ENOMEM;
        r = login_present(attempt_login(object->attempt), secret);
        if (r == -EBUSY)
                return sd_bus_error_set(error, BADGED_ERROR_UNEXPECTED_ANSWER,
                                        "This login waits for no secret.");
        return r < 0 ? r : sd_bus_reply_method_return(message, NULL);
}

static int get_state(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        struct login_object *object = userdata;
        return sd_bus_message_append(reply, "s", login_state_word(attempt_login(object->attempt)));
}

static int get_expires_at(sd_bus *bus, const char *path, const char *interface,
                          const char *property, sd_bus_message *reply, void *userdata,
                          sd_bus_error *error)
{
        struct login_object *object = userdata;
        return sd_bus_message_append(reply, "t",
                                     login_expires_at_usec(attempt_login(object->attempt)));
}

static const sd_bus_vtable login_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Wait", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("s", outcome, "s", reason, "a{sv}", details),
                                method_wait, SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Answer", SD_BUS_ARGS("s", query), SD_BUS_NO_RESULT, method_answer,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Present", SD_BUS_ARGS("s", secret), SD_BUS_NO_RESULT,
                                method_present,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_cancel,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("State", "s", get_state, 0, 0),
        SD_BUS_PROPERTY("ExpiresAt", "t", get_expires_at, 0, 0),
        SD_BUS_VTABLE_END,
};

/* ---- from the login ---- */

static void report(const struct login_object *object, const char *what, int error)
{
        if (error < 0)
                log_line(LOG_WARNING, "Failed to answer '%s' of %s: %s", what, object->owner,
                         strerror(-error));
}

static void on_challenge(struct login *login, void *userdata)
{
        struct login_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *start = TAKE_PTR(object->start);

        int r = login_reply_challenge(start, object->path, login);
        report(object, "StartLogin", r);
        if (r < 0)
                (void)login_object_free(object);
}

/* There was nothing to approve, or it went too fast to be shown; Wait is answered at once. */
static void on_silence(struct login_object *object, sd_bus_message *start)
{
        const struct login *login = attempt_login(object->attempt);
        bool is_all = object->knows_granted && !login_challenge(login);

        int r = is_all ? login_reply_granted(start, object->path)
                       : login_reply_challenge(start, object->path, login);
        report(object, "StartLogin", r);
        if (r < 0 || is_all)
                (void)login_object_free(object);
}

/* An end that nobody waits for yet stays until the owner asks or leaves; it counts against the
 * limits for as long. */
static void on_end(struct login *login, void *userdata)
{
        struct login_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *start = TAKE_PTR(object->start);

        if (start && login_outcome(login) == LOGIN_GRANTED) {
                on_silence(object, start);
                return;
        }
        if (start)
                report(object, "StartLogin",
                       login_reply_refusal(start, login_outcome(login), login_reason(login)));
        else if (object->wait)
                report(object, "Wait", deliver(object));
        else if (login_outcome(login) != LOGIN_CANCELLED)
                return;
        (void)login_object_free(object);
}

/* ---- from the bus ---- */

static int on_departure(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_objects *objects = userdata;
        const char *name;

        int r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        for (struct login_object *object = objects->first, *next; object; object = next) {
                next = object->next;
                if (strcmp(object->owner, name) == 0)
                        (void)login_object_free(object);
        }
        return 0;
}

int login_objects_watch(struct login_objects *objects)
{
        return caller_watch_departures(objects->bus, &objects->departures, on_departure, objects);
}

static int export(struct login_object *object)
{
        int n = snprintf(object->path, sizeof(object->path), "%s/%s", BADGED_LOGIN_PATH,
                         login_id(attempt_login(object->attempt)));
        if (n < 0 || (size_t)n >= sizeof(object->path))
                return -ENAMETOOLONG;
        return sd_bus_add_object_vtable(object->objects->bus, &object->slot, object->path,
                                        BADGED_LOGIN_INTERFACE, login_vtable, object);
}

int login_object_start(struct login_objects *objects, sd_bus_message *message,
                       const struct call_context *context, struct refusal *ret_refusal)
{
        _cleanup_(login_object_freep) struct login_object *object = calloc(1, sizeof(*object));
        const char *sender = sd_bus_message_get_sender(message);
        if (!object)
                return -ENOMEM;

        object->objects = objects;
        object->knows_granted = context->knows_granted;
        object->owner = strdup(sender ? sender : "");
        if (!object->owner)
                return -ENOMEM;
        struct login_request request = call_context_request(context);
        struct login_listener listener = {on_challenge, on_end, object};
        int r = service_start_login(objects->service, &request, context->provider, &listener,
                                    &object->attempt, ret_refusal);
        if (r <= 0)
                return r;
        r = export(object);
        if (r < 0)
                return r;

        object->start = sd_bus_message_ref(message);
        object->next = objects->first;
        if (object->next)
                object->next->previous = object;
        objects->first = TAKE_PTR(object);
        return 1;
}
