/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One provider as somebody to ask about accounts: where its tokens come from, its directory, and
 * what the settings say of its identities. All borrowed by whoever is given one. */
#pragma once

#include "core/account-policy.h"
#include "directory.h"
#include "provider.h"

struct authority {
        struct provider *provider;
        struct directory *directory;
        struct account_rules rules;
};
