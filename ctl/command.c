/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/command.h"

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
