/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/admin-change.h"

#include "bus/caller.h"
#include "log.h"

void admin_change_log(sd_bus_message *message, const struct admin_change *change)
{
        uid_t uid;
        const struct log_decision decision = {
                .event = LOG_EVENT_CHANGE,
                .outcome = LOGIN_GRANTED,
                .caller_uid = caller_uid(message, &uid) < 0 ? LOG_NO_UID : uid,
                .account = change->account,
                .issuer = change->issuer,
                .subject = change->subject,
                .service = sd_bus_message_get_member(message),
                .origin = sd_bus_message_get_sender(message),
                .reason = change->what,
        };
        log_decision(&decision);
}
