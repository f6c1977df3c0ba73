/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of badgectl: what one is, what it is given and what it returns. main.c has the table of
 * nouns; each noun has a file of its own with its verbs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/login-outcome.h"

#define COMMAND_OPERANDS_MAX 3
#define COMMAND_OPTIONS_MAX  16

/* The exit codes of badgectl(1). */
enum command_exit {
        COMMAND_GOOD = 0,  /* granted; done; the daemon answered; nothing is wrong */
        COMMAND_BAD = 1,   /* refused; something is wrong */
        COMMAND_USAGE = 2, /* wrong arguments */
        COMMAND_DENIED = 3,
        COMMAND_EXPIRED = 4,
        COMMAND_UNAVAILABLE = 5,
        COMMAND_THROTTLED = 6,
        COMMAND_CANCELLED = 7,
};

struct verb;

/* What stood on the command line after the verb; borrowed from it. */
struct command_line {
        const struct verb *verb;
        bool json;
        const char *operands[COMMAND_OPERANDS_MAX]; /* NULL from where there are no more */
        struct {
                const char *name, *value; /* value NULL: the option has none */
        } options[COMMAND_OPTIONS_MAX];   /* as they came */
        size_t n_options;
        const char *badged_program; /* the daemon's own program, for its --check */
};

/* --help and --json are every verb's and stand in no list. */
struct command_option {
        const char *name;    /* without the dashes */
        const char *value;   /* the word for its value in the help: "NAME"; NULL: it has none */
        const char *summary; /* of few words, lower case, no full stop */
};

struct verb {
        const char *name;
        const char *operands; /* as the help writes them: "ACCOUNT [REASON]"; NULL: none */
        unsigned min_operands, max_operands;
        const char *summary;                  /* one line, lower case, no full stop */
        const char *help;                     /* paragraphs with an empty line in between */
        const char *exit_codes;               /* NULL: the usual ones */
        const struct command_option *options; /* the last one's name is NULL; NULL: none */
        enum command_exit (*run)(const struct command_line *line);
};

struct noun {
        const char *name;         /* NULL: its verbs stand alone */
        const char *summary;      /* as a verb's */
        const struct verb *verbs; /* the last one's name is NULL */
};

/* One line for each file of nouns. */
extern const struct noun lone_verbs;
extern const struct noun account_noun;
extern const struct noun identity_noun;
extern const struct noun factor_noun;
extern const struct noun session_noun;
extern const struct noun throttle_noun;
extern const struct noun ticket_noun;
extern const struct noun store_noun;

/* Was the option given? Its name must be one of the verb's. */
bool command_has(const struct command_line *line, const char *option);

/* The value of the option, the last if it came more than once; NULL: it did not come. */
const char *command_value(const struct command_line *line, const char *option);

/* The values of an option that may come more than once, one by one; NULL: there are no more. */
const char *command_value_at(const struct command_line *line, const char *option, size_t index);

/* The exit code for the end of a login, or of any call to the daemon. */
enum command_exit command_exit_for(enum login_outcome outcome);

enum command_exit login_command(const struct command_line *line);
enum command_exit status_command(const struct command_line *line);
enum command_exit check_command(const struct command_line *line);
enum command_exit link_own_command(const struct command_line *line);
enum command_exit logout_command(const struct command_line *line);
enum command_exit rekey_command(const struct command_line *line);
enum command_exit token_command(const struct command_line *line);
enum command_exit userinfo_command(const struct command_line *line);
enum command_exit log_command(const struct command_line *line);
enum command_exit api_command(const struct command_line *line);
