/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tickets.h"

#include <errno.h>
#include <string.h>

#include "accounts.h"
#include "common/text.h"
#include "core/ticket-secret.h"
#include "io/secret-hash.h"
#include "state.h"

/* What a ticket's hash is for. */
#define PURPOSE "badged ticket"

/* Longer than anybody plans, and far from where times wrap. */
#define LIFETIME_MAX_SEC (UINT64_C(100) * 365 * 86400)

struct ticket_facts ticket_record_facts(const struct ticket_record *ticket)
{
        return (struct ticket_facts){
                .account = ticket->account,
                .services = ticket->services,
                .is_once = ticket->is_once,
                .n_uses = ticket->n_uses,
                .used_at_sec = ticket->used_at_sec,
                .expires_at_sec = ticket->expires_at_sec,
                .revoked_at_sec = ticket->revoked_at_sec,
        };
}

const struct ticket_record *tickets_next(const struct state *state, const char *account,
                                         const struct ticket_record *after)
{
        const struct ticket_record *ticket = after;

        do
                ticket = store_mirror_next(state->tickets, ticket);
        while (ticket && account && strcmp(ticket->account, account) != 0);
        return ticket;
}

/* ---- made ---- */

void new_ticket_finish(struct new_ticket *ticket)
{
        ticket_record_finish(&ticket->record);
        ticket->text = secret_free(ticket->text);
}

static size_t count_usable(const struct state *state, const char *account, uint64_t now_sec)
{
        size_t n = 0;

        for (const struct ticket_record *ticket = NULL;
             (ticket = tickets_next(state, account, ticket));) {
                const struct ticket_facts facts = ticket_record_facts(ticket);
                n += strcmp(ticket_state_word(&facts, now_sec), "usable") == 0;
        }
        return n;
}

static int fill_secret(struct new_ticket *ticket)
{
        _cleanup_secret_ struct secret *bytes = NULL;

        ticket->record.id = calloc(1, STATE_ID_DIGITS + 1);
        ticket->record.hash = calloc(1, SECRET_HASH_DIGITS + 1);
        if (!ticket->record.id || !ticket->record.hash)
                return -ENOMEM;
        int r = state_new_id(ticket->record.id);
        if (r < 0)
                return r;
        r = secret_hash_make_secret(TICKET_SECRET_BYTES, &bytes);
        if (r < 0)
                return r;
        r = secret_hash(PURPOSE, bytes, ticket->record.hash);
        if (r < 0)
                return r;
        return ticket_secret_format((const unsigned char *)secret_bytes(bytes), &ticket->text);
}

static int fill(struct new_ticket *ticket, const struct ticket_wish *wish, uint64_t now_sec)
{
        struct ticket_record *record = &ticket->record;

        int r = ticket_services_format(wish->services, wish->n_services, &record->services);
        if (r < 0)
                return r;
        r = text_copy(wish->account, &record->account);
        if (r < 0)
                return r;
        r = text_copy(wish->name, &record->name);
        if (r < 0)
                return r;
        r = text_copy(wish->created_by, &record->created_by);
        if (r < 0)
                return r;
        record->is_once = wish->is_once;
        record->created_at_sec = now_sec;
        record->expires_at_sec = wish->lifetime_sec > 0 ? now_sec + wish->lifetime_sec : 0;
        return fill_secret(ticket);
}

static bool wish_is_good(const struct ticket_wish *wish)
{
        return *wish->name && strlen(wish->name) <= TICKET_NAME_MAX_BYTES &&
               text_is_printable(wish->name) && wish->lifetime_sec <= LIFETIME_MAX_SEC;
}

int tickets_make(const struct state *state, const struct ticket_wish *wish, uint64_t now_sec,
                 struct new_ticket *ret_ticket)
{
        _cleanup_new_ticket_ struct new_ticket ticket = {0};

        if (!wish_is_good(wish))
                return -EINVAL;
        if (count_usable(state, wish->account, now_sec) >= TICKETS_PER_ACCOUNT_MAX)
                return -EDQUOT;
        int r = fill(&ticket, wish, now_sec);
        if (r < 0)
                return r;
        *ret_ticket = ticket;
        ticket = (struct new_ticket){0};
        return 0;
}

int tickets_keep(struct state *state, const struct new_ticket *ticket, store_on_done on_done,
                 void *userdata, struct store_write **ret_write)
{
        const struct ticket_record *record = &ticket->record;

        int r = accounts_make_known(state, record->account, record->created_at_sec);
        if (r < 0)
                return r;
        return store_mirror_put(state->tickets, record, on_done, userdata, ret_write);
}

/* ---- shown and used ---- */

bool tickets_may_open(const struct state *state, const char *account, const char *service,
                      uint64_t now_sec)
{
        for (const struct ticket_record *ticket = NULL;
             (ticket = tickets_next(state, account, ticket));) {
                const struct ticket_facts facts = ticket_record_facts(ticket);
                if (ticket_judge(&facts, account, service, now_sec) == TICKET_GOOD)
                        return true;
        }
        return false;
}

const struct ticket_record *tickets_find(const struct state *state, const struct secret *text)
{
        _cleanup_secret_ struct secret *bytes = NULL;
        const struct ticket_record *found = NULL;
        char hash[SECRET_HASH_DIGITS + 1];
        const char *why;

        if (ticket_secret_parse(text, &bytes, &why) < 0 || secret_hash(PURPOSE, bytes, hash) < 0)
                return NULL;
        /* All of them, wherever it stands. */
        for (const struct ticket_record *ticket = NULL;
             (ticket = tickets_next(state, NULL, ticket));)
                if (secret_hash_equals(ticket->hash, hash))
                        found = ticket;
        return found;
}

int tickets_use(struct state *state, const struct ticket_record *ticket, const char *origin,
                uint64_t now_sec, store_on_done on_done, void *userdata,
                struct store_write **ret_write)
{
        struct ticket_record used = *ticket;

        used.n_uses++;
        used.used_at_sec = now_sec;
        used.used_from = (char *)origin;
        return store_mirror_put(state->tickets, &used, on_done, userdata, ret_write);
}

int tickets_revoke(struct state *state, const char *id, uint64_t now_sec, store_on_done on_done,
                   void *userdata, struct store_write **ret_write)
{
        const struct ticket_record *ticket = store_mirror_get(state->tickets, id);
        if (!ticket)
                return -ENOENT;

        struct ticket_record revoked = *ticket;
        if (revoked.revoked_at_sec == 0)
                revoked.revoked_at_sec = now_sec > 0 ? now_sec : 1;
        return store_mirror_put(state->tickets, &revoked, on_done, userdata, ret_write);
}

/* ---- forgotten ---- */

size_t tickets_tidy(struct state *state, size_t n_most, uint64_t now_sec)
{
        const struct ticket_record *next;
        size_t n = 0;

        for (const struct ticket_record *ticket = tickets_next(state, NULL, NULL);
             ticket && n < n_most; ticket = next) {
                const struct ticket_facts facts = ticket_record_facts(ticket);
                next = tickets_next(state, NULL, ticket);
                if (!ticket_is_forgotten(&facts, now_sec))
                        continue;
                if (store_mirror_remove(state->tickets, ticket->id, NULL, NULL, NULL) < 0)
                        break;
                n++;
        }
        return n;
}
