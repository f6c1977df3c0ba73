/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All the providers of the settings, each with its directory and its rules, and which of them is
 * asked about an account. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "authority.h"
#include "settings.h"

struct http_client;

struct authorities {
        const struct settings *settings;
        struct account_links links;       /* part of all rules */
        struct authority *list;           /* in the order of the settings */
        struct account_provider *choices; /* the same, as account_choose_provider() wants them */
        size_t n;
};

/* {0} before. settings and http are borrowed until authorities_finish(), which is called on failure
 * too; so is what links ask. The authorities stay where they are. */
int authorities_init(struct authorities *authorities, sd_event *event, struct http_client *http,
                     const struct settings *settings, const struct account_links *links);
void authorities_finish(struct authorities *authorities);

/* By the provider's name; NULL, also for no name. */
const struct authority *authorities_find(const struct authorities *authorities, const char *name);

/* Whom to ask about the account; wanted may be NULL. NULL when there is none of that name. */
const struct authority *authorities_choose(const struct authorities *authorities,
                                           const char *account, const char *wanted);

/* False when no identity of any provider can ever open the account. */
bool authorities_reach(const struct authorities *authorities, const char *account);
