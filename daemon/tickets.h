/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tickets (D5): credentials that an administrator made for when nobody can be asked. Made, found by
 * what somebody shows, used, revoked; all of it in the state. What one opens is core/ticket-rules'
 * to say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/ticket-rules.h"
#include "io/store-mirror.h"
#include "io/store-ticket.h"

struct state;

#define TICKETS_PER_ACCOUNT_MAX 32 /* that are usable */
#define TICKET_NAME_MAX_BYTES   64

/* Times are CLOCK_REALTIME. */

/* All borrowed. */
struct ticket_wish {
        const char *account;
        const char *const *services;
        size_t n_services;
        const char *name;       /* printable */
        const char *created_by; /* for the list */
        bool is_once;
        uint64_t lifetime_sec; /* 0: it has no end */
};

/* A ticket that is made, but not kept yet. */
struct new_ticket {
        struct ticket_record record;
        struct secret *text; /* what its holder types; nothing else has it */
};

void new_ticket_finish(struct new_ticket *ticket);
#define _cleanup_new_ticket_ _cleanup_(new_ticket_finish)

/* Makes one: the caller shows the text when the record is safe. -EINVAL for names and services that
 * are none, -EDQUOT when the account has too many, -ENOMEM, -EIO. */
int tickets_make(const struct state *state, const struct ticket_wish *wish, uint64_t now_sec,
                 struct new_ticket *ret_ticket);

/* Keeps it, and makes its account known if it is not. As store_mirror_put(), and -ENOENT when NSS
 * does not know the account. */
int tickets_keep(struct state *state, const struct new_ticket *ticket, store_on_done on_done,
                 void *userdata, struct store_write **ret_write);

/* What the record says of what the ticket opens. Borrowed from it. */
struct ticket_facts ticket_record_facts(const struct ticket_record *ticket);

/* Could anything that exists open this account on this service now? */
bool tickets_may_open(const struct state *state, const char *account, const char *service,
                      uint64_t now_sec);

/* Whose ticket this is the text of. NULL: no ticket's. Borrowed as records of a mirror are. */
const struct ticket_record *tickets_find(const struct state *state, const struct secret *text);

/* Counts one use, before anything is opened by it. As store_mirror_put(). */
int tickets_use(struct state *state, const struct ticket_record *ticket, const char *origin,
                uint64_t now_sec, store_on_done on_done, void *userdata,
                struct store_write **ret_write);

/* -ENOENT; as store_mirror_put(). One that is revoked already stays so. */
int tickets_revoke(struct state *state, const char *id, uint64_t now_sec, store_on_done on_done,
                   void *userdata, struct store_write **ret_write);

/* Forgets those of which nobody has to know any more (ticket_is_forgotten()), n_most of them: how
 * many. What cannot be written down is there the next time. */
size_t tickets_tidy(struct state *state, size_t n_most, uint64_t now_sec);

/* The ticket of the account, or of any (NULL), after that one; NULL starts and ends. Likewise. */
const struct ticket_record *tickets_next(const struct state *state, const char *account,
                                         const struct ticket_record *after);
