/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GetToken calls that wait for their answer. A call goes when it is answered or when its caller
 * leaves the bus. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct token_call;

/* The calls of one bus, so that they can be let go of at the end. */
struct token_calls {
        sd_bus *bus;
        struct service *service;
        struct token_call *first;
        sd_bus_slot *departures;
};

/* Lets go of the calls of whoever leaves the bus. To be called before anybody can make one. */
int token_calls_watch(struct token_calls *calls);
void token_calls_finish(struct token_calls *calls);

/* Takes the call GetToken up: 1, the reply comes later; or the D-Bus error is set and its negative
 * errno returned. */
int token_call_start(struct token_calls *calls, sd_bus_message *message, sd_bus_error *error);
