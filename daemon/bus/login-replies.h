/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login says on the bus, put into messages: the challenge, the verdict, a refusal. The form
 * is that of etc/org.badged.Badged1.xml. */
#pragma once

#include <systemd/sd-bus.h>

#include "login.h"

/* Answers StartLogin with the object's path and the challenge. */
int login_reply_challenge(sd_bus_message *call, const char *path, const struct login *login);

/* Likewise, of a granted login that needed no approval: the challenge says so, and nothing else. */
int login_reply_granted(sd_bus_message *call, const char *path);

/* Answers Wait with outcome, reason and, when granted, details. */
int login_reply_verdict(sd_bus_message *call, const struct login *login);

/* Answers any call with the error that carries the outcome. */
int login_reply_refusal(sd_bus_message *call, enum login_outcome outcome, const char *reason);
