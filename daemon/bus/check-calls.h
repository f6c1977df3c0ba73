/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CheckAccount: answered at once, or, where a provider has to be asked first, when that is done. */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

#include "service.h"

struct check_call;

/* Those that wait, of one bus. Starts as {.bus = …, .service = …}; both are borrowed. */
struct check_calls {
        sd_bus *bus;
        struct service *service;
        struct check_call *first;
        size_t n;
        sd_bus_slot *departures;
};

/* Whoever leaves the bus is not waited for. */
int check_calls_watch(struct check_calls *calls);
void check_calls_finish(struct check_calls *calls);

/* The method, as a handler returns it. */
int check_call_start(struct check_calls *calls, sd_bus_message *message, sd_bus_error *error);
