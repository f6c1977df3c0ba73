/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/login-outcome.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/bus-names.h"
#include "common/cleanup.h"

static const struct {
        enum login_outcome outcome;
        const char *word;
        const char *bus_error;
} outcomes[] = {
        {LOGIN_GRANTED, "granted", NULL},
        {LOGIN_DENIED, "denied", BADGED_ERROR_DENIED},
        {LOGIN_EXPIRED, "expired", BADGED_ERROR_EXPIRED},
        {LOGIN_REFUSED, "refused", BADGED_ERROR_REFUSED},
        {LOGIN_UNAVAILABLE, "unavailable", BADGED_ERROR_UNAVAILABLE},
        {LOGIN_THROTTLED, "throttled", BADGED_ERROR_THROTTLED},
        {LOGIN_CANCELLED, "cancelled", BADGED_ERROR_CANCELLED},
};

const char *login_outcome_word(enum login_outcome outcome)
{
        for (size_t i = 0; i < ELEMENTSOF(outcomes); i++)
                if (outcomes[i].outcome == outcome)
                        return outcomes[i].word;
        return "refused";
}

int login_outcome_from_word(const char *word, enum login_outcome *ret_outcome)
{
        for (size_t i = 0; word && i < ELEMENTSOF(outcomes); i++)
                if (strcmp(outcomes[i].word, word) == 0) {
                        *ret_outcome = outcomes[i].outcome;
                        return 0;
                }
        return -EINVAL;
}

const char *login_outcome_bus_error(enum login_outcome outcome)
{
        for (size_t i = 0; i < ELEMENTSOF(outcomes); i++)
                if (outcomes[i].outcome == outcome)
                        return outcomes[i].bus_error;
        return BADGED_ERROR_REFUSED;
}

enum login_outcome login_outcome_from_bus_error(const char *name)
{
        if (!name)
                return LOGIN_UNAVAILABLE;
        if (strcmp(name, BADGED_ERROR_NOT_AUTHORIZED) == 0)
                return LOGIN_REFUSED;
        for (size_t i = 0; i < ELEMENTSOF(outcomes); i++)
                if (outcomes[i].bus_error && strcmp(outcomes[i].bus_error, name) == 0)
                        return outcomes[i].outcome;
        return LOGIN_UNAVAILABLE;
}
