/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is calling: as the bus says it at the moment of the call, never by an argument. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

/* The effective uid of the sender's connection. Any error means that it is nobody's
 * (CVE-2021-3560). */
int caller_uid(sd_bus_message *message, uid_t *ret_uid);

/* 0 for root; else the D-Bus error is set, the journal told, and its negative errno returned. */
int caller_demand_root(sd_bus_message *message, sd_bus_error *error);

/* True when the message comes from this connection (a unique name). */
bool caller_is(sd_bus_message *message, const char *unique_name);

/* The answer to a caller who asked for what is not theirs: sets the error, tells the journal. */
int caller_refuse(sd_bus_message *message, const char *reason, sd_bus_error *error);

/* on_departure is called with each NameOwnerChanged of a name that has no owner any more. All of
 * them in one rule: a rule for each caller, as sd_bus_track() has it, would be one too many at the
 * 513th, and the bus drops a connection over that. */
int caller_watch_departures(sd_bus *bus, sd_bus_slot **ret_slot,
                            sd_bus_message_handler_t on_departure, void *userdata);
