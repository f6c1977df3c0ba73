/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/command.h"

#include <string.h>

const char *command_value_at(const struct command_line *line, const char *option, size_t index)
{
        for (size_t i = 0; i < line->n_options; i++)
                if (strcmp(line->options[i].name, option) == 0 && index-- == 0)
                        return line->options[i].value;
        return NULL;
}

const char *command_value(const struct command_line *line, const char *option)
{
        const char *value = NULL;

        for (size_t i = 0; i < line->n_options; i++)
                if (strcmp(line->options[i].name, option) == 0)
                        value = line->options[i].value;
        return value;
}

bool command_has(const struct command_line *line, const char *option)
{
        for (size_t i = 0; i < line->n_options; i++)
                if (strcmp(line->options[i].name, option) == 0)
                        return true;
        return false;
}

enum command_exit command_exit_for(enum login_outcome outcome)
{
        switch (outcome) {
        case LOGIN_GRANTED:
                return COMMAND_GOOD;
        case LOGIN_DENIED:
                return COMMAND_DENIED;
        case LOGIN_EXPIRED:
                return COMMAND_EXPIRED;
        case LOGIN_REFUSED:
                return COMMAND_BAD;
        case LOGIN_UNAVAILABLE:
                return COMMAND_UNAVAILABLE;
        case LOGIN_THROTTLED:
                return COMMAND_THROTTLED;
        case LOGIN_CANCELLED:
                return COMMAND_CANCELLED;
        }
        return COMMAND_BAD;
}
