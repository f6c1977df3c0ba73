/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May an identity be linked to an account by hand, as far as the settings say? A link that would
 * open nothing is not made: it would surprise whoever changes the settings later. */
#pragma once

#include "identities.h"
#include "settings.h"

struct linking {
        const char *account, *issuer, *subject;
        bool is_by_self;
};

/* As identities_link(), and besides: -ENOENT when there is no such account, -EADDRNOTAVAIL when no
 * provider has that issuer, -EPERM when the map or the groups name the account, -EINVAL for a
 * subject that nobody can have. */
int linking_make(struct state *state, const struct settings *settings,
                 const struct linking *linking, store_on_done on_done, void *userdata,
                 struct store_write **ret_write);
