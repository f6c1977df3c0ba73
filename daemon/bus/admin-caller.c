/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/admin-caller.h"

#include <string.h>

#include "accounts.h"
#include "bus/caller.h"

int admin_caller_demand(const struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        if (uid == 0)
                return 0;
        if (!service_settings(service)->first_is_owner)
                return caller_refuse(message, "Only root may ask for this.", error);
        if (!accounts_is_owner(service_state(service), uid))
                return caller_refuse(message, "Only root and the owner may ask for this.", error);
        return 0;
}

char *admin_caller_name(sd_bus_message *message)
{
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return NULL;
        return uid == 0 ? strdup("root") : accounts_name_of(uid);
}
