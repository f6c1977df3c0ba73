/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object /org/badged/Badged1 with the interface org.badged.Badged1: what PAM asks for. */
#pragma once

#include "bus/check-calls.h"
#include "bus/login-object.h"
#include "bus/token-calls.h"

struct safe_replies;

struct service_object {
        struct login_objects *logins;
        struct token_calls *tokens;
        struct check_calls *checks;
        struct safe_replies *replies;
};

/* Puts the object on the bus of the logins, for as long as the bus lives. Borrows it. */
int service_object_export(struct service_object *object);
