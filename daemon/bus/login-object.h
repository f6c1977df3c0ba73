/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One login on the bus: /org/badged/Badged1/login/ID, interface org.badged.Badged1.Login. It
 * belongs to the connection that started it and goes when that leaves, when its verdict was
 * delivered, or when it was cancelled. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/call-context.h"
#include "service.h"

struct login_object;

/* The login objects of one bus, so that they can be let go of at the end. */
struct login_objects {
        sd_bus *bus;
        struct service *service;
        struct login_object *first;
        sd_bus_slot *departures;
};

/* Lets go of the logins of whoever leaves the bus. To be called before anybody can start one. */
int login_objects_watch(struct login_objects *objects);

void login_objects_finish(struct login_objects *objects);

/* Starts a login for a StartLogin call. 1: the reply comes later. 0 and *ret_refusal, or a negative
 * errno: nothing was started and the caller has to answer. */
int login_object_start(struct login_objects *objects, sd_bus_message *message,
                       const struct call_context *context, struct refusal *ret_refusal);
