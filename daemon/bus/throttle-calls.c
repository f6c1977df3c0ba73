/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/throttle-calls.h"

#include <errno.h>

#include "bus/admin-call.h"
#include "bus/admin-change.h"
#include "bus/admin-object.h"
#include "bus/list-reply.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "throttling.h"

static int append_throttle(sd_bus_message *reply, const struct throttle_record *throttle,
                           uint64_t now_sec)
{
        return sd_bus_message_append(reply, "a{sv}", 7, "id", "s", throttle->id, "account", "s",
                                     throttle->account ? throttle->account : "", "origin", "s",
                                     throttle->origin ? throttle->origin : "", "failures", "t",
                                     throttle->n_failures, "first_at", "t", throttle->first_at_sec,
                                     "last_at", "t", throttle->last_at_sec, "wait", "t",
                                     throttle_record_wait_sec(throttle, now_sec));
}

int throttle_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct state *state = service_state(object->service);
        const struct throttle_record *throttle = NULL;
        uint64_t now_sec = clock_wall_sec();

        int r = admin_call_begin_list(object, message, NULL, &reply, error);
        while (r >= 0 && (throttle = throttling_next(state, throttle, now_sec)))
                r = append_throttle(reply, throttle, now_sec);
        return list_reply_end(reply, r);
}

int throttle_call_clear(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *id;

        int r = admin_call_begin_change(object, message, &id, &reply, error);
        if (r < 0)
                return r;
        const struct throttle_record *throttle = store_mirror_get(
                service_state(object->service)->throttles, id);
        if (throttle)
                admin_change_log(message, &(struct admin_change){.account = throttle->account,
                                                                 .what = "whoever failed need not "
                                                                         "wait any more"});
        r = throttling_clear(service_state(object->service), id, safe_reply_on_done, reply,
                             safe_reply_write(reply));
        if (r == -ENOENT)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_THROTTLE,
                                        "Nobody has to wait under that id.");
        if (r < 0)
                return safe_reply_complain(r, error);
        TAKE_PTR(reply);
        return 1;
}
