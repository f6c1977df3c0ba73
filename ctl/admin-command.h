/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole verbs that are one call of the Admin interface: find the daemon, ask, tell. What cannot be
 * done is told with its mend, and is the exit code. */
#pragma once

#include "common/clock.h"
#include "ctl/command.h"

/* The daemon answers from memory, or as soon as its disk has it. */
#define ADMIN_TIMEOUT_USEC (25 * USEC_PER_SEC)

struct listing;

/* The arguments of the method, types and then values, are those of sd_bus_message_append(); types
 * NULL: none. */

/* The method answers aa{sv}. */
enum command_exit admin_list(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...);

/* The method answers a{sv}. */
enum command_exit admin_show(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...);

/* The method answers nothing: then people read the sentence, and programs {"done":true}. */
enum command_exit admin_do(const struct command_line *line, const char *sentence,
                           const char *member, const char *types, ...);
