/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* People who link a further identity to their own account by approving with both: first with the
 * other one, in a login that lets nobody in, whatever comes of it; then with one that has the
 * account already. What was offered waits here, in memory, for the second: for one that names the
 * first, so that nothing else that runs by that uid can put its own in the place. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "core/identity.h"
#include "io/store-mirror.h"
#include "login-request.h"

struct self_links;
struct settings;
struct state;

/* The names of the two logins' services. Only the second is ever granted. */
#define SELF_LINK_OFFER_SERVICE   "badgectl-other"
#define SELF_LINK_CONFIRM_SERVICE "badgectl-link"

#define SELF_LINKS_MAX             256
#define SELF_LINKS_PER_ACCOUNT_MAX 4
#define SELF_LINK_LIFETIME_USEC    (UINT64_C(900) * 1000000)

/* Borrows both. 0 or -ENOMEM. */
int self_links_new(struct state *state, const struct settings *settings,
                   struct self_links **ret_links);
/* Takes NULL, returns NULL. */
struct self_links *self_links_free(struct self_links *links);
DEFINE_CLEANUP(struct self_links *, self_links_free);

/* True when the request is for the first of the two logins. */
bool self_links_is_offer(const struct login_request *request);

/* The identity approved the first login, which has that id. The oldest of the account makes room
 * for one too many. -EBUSY when too many of others wait, -ENOMEM. now_usec: CLOCK_BOOTTIME. */
int self_links_offer(struct self_links *links, const struct login_request *request,
                     const char *login, const struct identity *identity, uint64_t now_usec);

/* The second login, which has that id, is for what its request names as the offer, if that waits.
 */
void self_links_expect(struct self_links *links, const struct login_request *request,
                       const char *login, uint64_t now_usec);

/* What waits: by the id of the first login, or of the second. The other one is NULL. */
struct self_link_offer {
        const char *offered_by, *confirmed_by;
        const char *account;
        uid_t caller_uid; /* who made both logins */
        uint64_t now_usec;
};

/* Links what was offered, which does not wait any more. Errors as those of linking_make(); -ENXIO
 * when nothing was offered by that caller, or too long ago. */
int self_links_confirm(struct self_links *links, const struct self_link_offer *offer,
                       store_on_done on_done, void *userdata, struct store_write **ret_write);

/* 1 and what was offered, borrowed until the loop goes on; 0: nothing. */
int self_links_find(struct self_links *links, const struct self_link_offer *offer,
                    const char **ret_issuer, const char **ret_subject);
