/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of badgectl, what they are given and what they return. main.c has their table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/login-outcome.h"

/* The exit codes of badgectl(1). */
enum command_exit {
        COMMAND_GOOD = 0,  /* granted; the daemon answered; nothing is wrong */
        COMMAND_BAD = 1,   /* refused; something is wrong */
        COMMAND_USAGE = 2, /* wrong arguments */
        COMMAND_DENIED = 3,
        COMMAND_EXPIRED = 4,
        COMMAND_UNAVAILABLE = 5,
        COMMAND_THROTTLED = 6,
        COMMAND_CANCELLED = 7,
};

/* What stood on the command line after the verb; borrowed from it. */
struct command_line {
        bool json, browser;
        const char *provider;       /* --provider; NULL: none */
        const char *operand;        /* NULL: none */
        const char *target;         /* the operand after that; NULL: none */
        uint64_t min_lifetime_sec;  /* --min-lifetime */
        bool header;                /* --header */
        const char *badged_program; /* the daemon's own program, for its --check */
};

/* The exit code for the end of a login, or of any call to the daemon. */
enum command_exit command_exit_for(enum login_outcome outcome);

enum command_exit login_command(const struct command_line *line);
enum command_exit status_command(const struct command_line *line);
enum command_exit check_command(const struct command_line *line);
enum command_exit token_command(const struct command_line *line);
enum command_exit userinfo_command(const struct command_line *line);
enum command_exit api_command(const struct command_line *line);
