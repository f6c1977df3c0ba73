/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bodies of the daemon's replies, checked to the last byte before anything believes them. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

struct challenge;
struct login_details;
struct login_verdict;

#define LOGIN_ID_MAX_BYTES   64
#define SESSION_ID_MAX_BYTES 128

/* The last element of a login's object path: [A-Za-z0-9_], 1 to 64 of them. */
bool login_id_is_valid(const char *id);
/* [A-Za-z0-9_./:-], 1 to 128 of them. */
bool session_id_is_valid(const char *id);

/* StartLogin. *ret_id is the login's id, *ret_challenge is empty when there is nothing to show;
 * *ret_is_granted: there is not, because the login is granted already. 0, -EBADMSG, -ENOMEM. */
int bus_reply_read_start(sd_bus_message *reply, char **ret_id, struct challenge *ret_challenge,
                         bool *ret_is_granted);

/* Wait and CheckAccount: any outcome that is not among our words, and any reply that is not exactly
 * of the right shape, is a refusal. ret_details may be NULL; it is filled only when granted. */
void bus_reply_read_wait(sd_bus_message *reply, struct login_verdict *verdict,
                         struct login_details *ret_details);
void bus_reply_read_check(sd_bus_message *reply, struct login_verdict *verdict);

/* OpenSession. 0, -EBADMSG, -ENOMEM. */
int bus_reply_read_session(sd_bus_message *reply, char **ret_session);
