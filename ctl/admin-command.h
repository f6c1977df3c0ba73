/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole verbs that are one call: find the daemon, ask, tell. What cannot be
 * done is told with its mend, and is the exit code. */
#pragma once

#include "common/clock.h"
#include "ctl/command.h"
#include "ctl/daemon-call.h"

/* The daemon answers from memory, or as soon as its disk has it. */
#define ADMIN_TIMEOUT_USEC (25 * USEC_PER_SEC)

struct listing;

/* The arguments of the method, types and then values, are those of sd_bus_message_append(); types
 * NULL: none. */

/* admin_: of the Admin interface; own_: of the one for everybody. */

/* The method answers aa{sv}. */
enum command_exit admin_list(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...);

enum command_exit own_list(const struct command_line *line, const struct listing *listing,
                           const char *member);

/* The method answers a{sv}. */
enum command_exit admin_show(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...);

/* The method answers nothing: then people read the sentence, and programs {"done":true}. */
enum command_exit admin_do(const struct command_line *line, const char *sentence,
                           const char *member, const char *types, ...);
enum command_exit own_do(const struct command_line *line, const char *sentence, const char *member,
                         const char *types, ...);

/* One without arguments, for a verb that is more than that: true and the reply, or the complaint.
 */
bool own_ask(const char *member, sd_bus_message **ret_reply, struct complaint *complaint);
