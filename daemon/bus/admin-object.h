/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The interface org.badged.Badged1.Admin of /org/badged/Badged1: what badgectl asks for. Who may is
 * admin-caller.h's to say. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct provider_inquiry;
struct safe_replies;

struct admin_object {
        sd_bus *bus;
        struct service *service;
        struct safe_replies *replies;
        struct provider_inquiry *first; /* CheckProvider calls that are under way */
        size_t n;
};

/* Puts the interface on the bus, for as long as the bus lives. Borrows the object. */
int admin_object_export(struct admin_object *object);
void admin_object_finish(struct admin_object *object);
