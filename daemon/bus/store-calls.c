/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/store-calls.h"

#include <errno.h>

#include "bus/admin-caller.h"
#include "bus/admin-object.h"
#include "bus/caller.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "state-care.h"

/* ---- GetStore ---- */

static int append_report(sd_bus_message *reply, const struct state_report *report)
{
        return sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "path", "s", report->path,
                                     "objection", "s", report->objection ? report->objection : "",
                                     "credential", "b", report->has_credential, "failing", "b",
                                     report->is_failing, "waiting", "t",
                                     (uint64_t)report->n_waiting);
}

static uint64_t count(const struct store_mirror *mirror)
{
        return store_mirror_count(mirror);
}

static int append_counts(sd_bus_message *reply, const struct state *state)
{
        return sd_bus_message_append(
                reply, "{sv}{sv}{sv}{sv}{sv}{sv}", "accounts", "t", count(state->accounts),
                "identities", "t", count(state->identities), "sessions", "t",
                count(state->sessions), "tickets", "t", count(state->tickets), "factors", "t",
                count(state->factors), "throttles", "t", count(state->throttles));
}

int store_call_get(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct state *state = service_state(object->service);
        const struct state_report report = state_care_report(state);

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_report(reply, &report);
        if (r >= 0)
                r = append_counts(reply, state);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_send(reply);
}

/* ---- AcceptStore, Rekey: answered when it is done ---- */

int store_call_accept(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct state *state = service_state(object->service);

        int r = caller_demand_root(message, error);
        if (r < 0)
                return r;
        if (!state_objection(state))
                return sd_bus_error_set(error, BADGED_ERROR_REFUSED,
                                        "Nothing is wrong with the store.");
        r = safe_reply_new(object->replies, message, &reply);
        if (r < 0)
                return r;
        r = state_care_accept(state, safe_reply_on_done, reply, safe_reply_write(reply));
        if (r < 0)
                return r;
        TAKE_PTR(reply);
        return 1;
}

int store_call_rekey(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;

        int r = caller_demand_root(message, error);
        if (r >= 0)
                r = safe_reply_new(object->replies, message, &reply);
        if (r < 0)
                return r;
        r = state_care_rekey(service_state(object->service), safe_reply_on_done, reply,
                             safe_reply_write(reply));
        if (r == -EPERM)
                return sd_bus_error_set(error, BADGED_ERROR_REFUSED,
                                        "The key is a credential of the service: put a new one in "
                                        "front of it there, and restart badged.");
        if (r < 0)
                return r;
        TAKE_PTR(reply);
        return 1;
}
