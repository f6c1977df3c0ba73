/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linking.h"

#include <errno.h>
#include <string.h>

#include "accounts.h"
#include "common/clock.h"
#include "core/identity.h"
#include "state.h"

static const char *provider_of(const struct settings *settings, const char *issuer)
{
        for (size_t i = 0; i < settings->n_providers; i++)
                if (strcmp(settings->providers[i]->issuer, issuer) == 0)
                        return settings->providers[i]->name;
        return NULL;
}

static bool is_named(const struct settings *settings, const char *account)
{
        const struct account_rules rules = {
                .map = settings->accounts.map,
                .groups = settings->accounts.groups,
                .n_groups = settings->accounts.n_groups,
        };
        return account_is_named(&rules, account);
}

int linking_make(struct state *state, const struct settings *settings,
                 const struct linking *linking, store_on_done on_done, void *userdata,
                 struct store_write **ret_write)
{
        const struct identity_link link = {
                .account = linking->account,
                .provider = provider_of(settings, linking->issuer),
                .issuer = linking->issuer,
                .subject = linking->subject,
                .is_by_self = linking->is_by_self,
                .now_sec = clock_wall_sec(),
        };

        if (!link.provider)
                return -EADDRNOTAVAIL;
        if (!identity_subject_is_valid(linking->subject))
                return -EINVAL;
        if (is_named(settings, linking->account))
                return -EPERM;
        int r = accounts_make_known(state, linking->account, link.now_sec);
        if (r < 0)
                return r;
        return identities_link(state, &link, on_done, userdata, ret_write);
}
