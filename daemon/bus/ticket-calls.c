/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/ticket-calls.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "bus/admin-call.h"
#include "bus/admin-caller.h"
#include "bus/admin-change.h"
#include "bus/admin-object.h"
#include "bus/dict-entry.h"
#include "bus/list-reply.h"
#include "bus/login-replies.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "tickets.h"

/* ---- CreateTicket ---- */

/* ret_wish borrows from the message and from services. */
static int read_wish(sd_bus_message *message, const char *services[static TICKET_SERVICES_MAX],
                     struct ticket_wish *ret_wish, sd_bus_error *error)
{
        struct ticket_wish wish = {.services = services};
        int is_once, r;

        r = sd_bus_message_read(message, "s", &wish.account);
        if (r >= 0)
                r = sd_bus_message_enter_container(message, 'a', "s");
        if (r < 0)
                return r;
        for (const char *service; (r = sd_bus_message_read(message, "s", &service)) > 0;) {
                if (wish.n_services == TICKET_SERVICES_MAX)
                        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                                "These are too many services for one ticket.");
                services[wish.n_services++] = service;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r >= 0)
                r = sd_bus_message_read(message, "bts", &is_once, &wish.lifetime_sec, &wish.name);
        if (r < 0)
                return r;
        wish.is_once = is_once;
        *ret_wish = wish;
        return 0;
}

static int complain(int r, sd_bus_error *error)
{
        switch (r) {
        case -EINVAL:
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "A ticket needs a name, of no more than 64 bytes, and at "
                                        "least one service.");
        case -EDQUOT:
                return sd_bus_error_set(error, BADGED_ERROR_TOO_MANY,
                                        "This account has as many tickets as it may have.");
        case -ENOENT:
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_ACCOUNT,
                                        "There is no such account.");
        default:
                return safe_reply_complain(r, error);
        }
}

static int new_answer(sd_bus_message *message, const struct new_ticket *ticket,
                      sd_bus_message **ret_answer)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *answer = NULL;

        int r = sd_bus_message_new_method_return(message, &answer);
        if (r >= 0)
                r = sd_bus_message_sensitive(answer);
        if (r >= 0)
                r = sd_bus_message_append(answer, "ss", ticket->record.id,
                                          secret_bytes(ticket->text));
        if (r < 0)
                return r;
        *ret_answer = TAKE_PTR(answer);
        return 0;
}

static int create(struct service *service, struct safe_replies *replies, sd_bus_message *message,
                  const struct ticket_wish *wish)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *answer = NULL;
        _cleanup_new_ticket_ struct new_ticket ticket = {0};
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct state *state = service_state(service);

        int r = tickets_make(state, wish, clock_wall_sec(), &ticket);
        if (r < 0)
                return r;
        r = new_answer(message, &ticket, &answer);
        if (r < 0)
                return r;
        r = safe_reply_new(replies, message, &reply);
        if (r < 0)
                return r;
        r = tickets_keep(state, &ticket, safe_reply_on_done, reply, safe_reply_write(reply));
        if (r < 0)
                return r;
        admin_change_log(message, &(struct admin_change){.account = wish->account,
                                                         .what = "a ticket was made"});
        safe_reply_answer(reply, TAKE_PTR(answer));
        TAKE_PTR(reply);
        return 1;
}

int ticket_call_create(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        const char *services[TICKET_SERVICES_MAX];
        _cleanup_free_ char *caller = NULL;
        struct ticket_wish wish;

        int r = admin_caller_demand(object->service, message, error);
        if (r < 0)
                return r;
        r = read_wish(message, services, &wish, error);
        if (r < 0)
                return r;
        caller = admin_caller_name(message);
        wish.created_by = caller;
        const struct login_request request = {
                .account = wish.account,
                .service = "badgectl",
                .origin = "badgectl",
                .source = "badgectl",
        };
        struct refusal refusal = service_check_reach(object->service, &request);
        if (refusal.outcome != LOGIN_GRANTED)
                return login_reply_refusal(message, refusal.outcome, refusal.reason);
        r = create(object->service, object->replies, message, &wish);
        return r < 0 ? complain(r, error) : r;
}

/* ---- ListTickets ---- */

static int append_services(sd_bus_message *reply, const struct ticket_record *ticket)
{
        _cleanup_list_ struct text_list services = {0};

        int r = ticket_services_read(ticket->services, &services);
        if (r >= 0)
                r = dict_entry_open_array(reply, "services", "as");
        for (size_t i = 0; i < services.n && r >= 0; i++)
                r = sd_bus_message_append(reply, "s", services.items[i]);
        return r < 0 ? r : dict_entry_close_array(reply);
}

static int append_facts(sd_bus_message *reply, const struct ticket_record *ticket, uint64_t now_sec)
{
        const struct ticket_facts facts = ticket_record_facts(ticket);

        return sd_bus_message_append(
                reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "id", "s", ticket->id,
                "account", "s", ticket->account, "name", "s", ticket->name, "once", "b",
                ticket->is_once, "state", "s", ticket_state_word(&facts, now_sec), "created_at",
                "t", ticket->created_at_sec, "created_by", "s",
                ticket->created_by ? ticket->created_by : "", "expires_at", "t",
                ticket->expires_at_sec, "uses", "t", ticket->n_uses, "used_at", "t",
                ticket->used_at_sec, "used_from", "s", ticket->used_from ? ticket->used_from : "");
}

static int append_ticket(sd_bus_message *reply, const struct ticket_record *ticket,
                         uint64_t now_sec)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_facts(reply, ticket, now_sec);
        if (r >= 0)
                r = append_services(reply, ticket);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int ticket_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct ticket_record *ticket = NULL;
        const char *account = NULL;

        int r = admin_call_begin_list(object, message, &account, &reply, error);
        while (r >= 0 && (ticket = tickets_next(service_state(object->service), account, ticket)))
                r = append_ticket(reply, ticket, clock_wall_sec());
        return list_reply_end(reply, r);
}

/* ---- RevokeTicket ---- */

int ticket_call_revoke(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *id;

        int r = admin_call_begin_change(object, message, &id, &reply, error);
        if (r < 0)
                return r;
        const struct ticket_record *ticket = store_mirror_get(
                service_state(object->service)->tickets, id);
        if (ticket)
                admin_change_log(message, &(struct admin_change){.account = ticket->account,
                                                                 .what = "a ticket is revoked"});
        r = tickets_revoke(service_state(object->service), id, clock_wall_sec(), safe_reply_on_done,
                           reply, safe_reply_write(reply));
        if (r == -ENOENT)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_TICKET,
                                        "There is no such ticket.");
        if (r < 0)
                return safe_reply_complain(r, error);
        TAKE_PTR(reply);
        return 1;
}
