/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a ticket opens: which account, on which services, until when and how often. Not whether the
 * secret that was shown is its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text-list.h"

#define TICKET_SERVICES_MAX 16

/* All borrowed. Times are CLOCK_REALTIME. */
struct ticket_facts {
        const char *account;
        const char *services; /* as ticket_services_format() wrote them */
        bool is_once;
        uint64_t n_uses, used_at_sec;
        uint64_t expires_at_sec; /* 0: it does not */
        uint64_t revoked_at_sec; /* 0: it is not */
};

enum ticket_standing {
        TICKET_GOOD,
        TICKET_OF_ANOTHER, /* account */
        TICKET_FOR_OTHERS, /* services */
        TICKET_REVOKED,
        TICKET_EXPIRED,
        TICKET_USED, /* and good for once only */
};

/* May it open this account on this service now? */
enum ticket_standing ticket_judge(const struct ticket_facts *ticket, const char *account,
                                  const char *service, uint64_t now_sec);

/* For the journal: what is against it. Static. */
const char *ticket_standing_detail(enum ticket_standing standing);

/* Whether anybody can still use it, and else why not: "usable", "revoked", "expired", "used". */
const char *ticket_state_word(const struct ticket_facts *ticket, uint64_t now_sec);

/* How long a ticket that nobody can use any more is still to be seen. */
#define TICKET_REMEMBER_SEC (UINT64_C(30) * 86400)

/* True when that long ago it was already of no use to anybody, and nothing has become of it since.
 */
bool ticket_is_forgotten(const struct ticket_facts *ticket, uint64_t now_sec);

/* A JSON array of the services, at least one and each a good name: -EINVAL otherwise, -ENOMEM. The
 * caller frees it. */
int ticket_services_format(const char *const *services, size_t n, char **ret_json);

/* Adds them to the list. -EBADMSG for what is no such array, -ENOMEM. */
int ticket_services_read(const char *json, struct text_list *services);

/* False for anything that is no such array, too. */
bool ticket_services_have(const char *json, const char *service);
