/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of type aa{sv}: a dictionary for each row. */
#pragma once

#include <systemd/sd-bus.h>

/* 0 and the answer, which the rows are appended to; the caller unreferences it. */
int list_reply_begin(sd_bus_message *message, sd_bus_message **ret_reply);

/* Sends it, unless r says that a row went wrong: then returns that. */
int list_reply_end(sd_bus_message *reply, int r);
