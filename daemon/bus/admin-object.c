/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/admin-object.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "bus/account-calls.h"
#include "bus/admin-caller.h"
#include "bus/dict-entry.h"
#include "bus/factor-calls.h"
#include "bus/identity-calls.h"
#include "bus/session-calls.h"
#include "bus/store-calls.h"
#include "bus/throttle-calls.h"
#include "bus/ticket-calls.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "log.h"
#include "provider-check.h"

#define INQUIRIES_MAX 8

/* One CheckProvider call that waits for its answer. */
struct provider_inquiry {
        struct admin_object *object;
        struct provider_inquiry *previous, *next;
        struct provider_check *check;
        sd_bus_message *call;
};

static struct provider_inquiry *inquiry_free(struct provider_inquiry *inquiry)
{
        if (inquiry->previous)
                inquiry->previous->next = inquiry->next;
        else if (inquiry->object->first == inquiry)
                inquiry->object->first = inquiry->next;
        if (inquiry->next)
                inquiry->next->previous = inquiry->previous;
        inquiry->object->n--;
        (void)provider_check_free(inquiry->check);
        sd_bus_message_unref(inquiry->call);
        free(inquiry);
        return NULL;
}
DEFINE_CLEANUP(struct provider_inquiry *, inquiry_free);

void admin_object_finish(struct admin_object *object)
{
        while (object->first)
                (void)inquiry_free(object->first);
}

/* ---- GetStatus ---- */

static int append_provider(sd_bus_message *reply, struct provider *provider)
{
        const struct provider_settings *settings = provider_settings(provider);
        return sd_bus_message_append(reply, "(ssbb)", settings->name, settings->issuer,
                                     provider_metadata(provider) != NULL,
                                     provider_has_keys(provider));
}

static int append_providers(sd_bus_message *reply, const struct service *service)
{
        struct provider *provider;

        int r = dict_entry_open_array(reply, "providers", "a(ssbb)");
        if (r < 0)
                return r;
        for (size_t i = 0; (provider = service_provider_at(service, i)); i++) {
                r = append_provider(reply, provider);
                if (r < 0)
                        return r;
        }
        return dict_entry_close_array(reply);
}

static int method_get_status(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        struct service_status status = service_status(object->service);
        struct log_chain chain = log_chain();
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = admin_caller_demand(object->service, message, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(message, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r < 0)
                return r;
        r = sd_bus_message_append(
                reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "version", "s", PROJECT_VERSION,
                "default_provider", "s", service_settings(object->service)->default_provider,
                "pending_logins", "t", (uint64_t)status.pending_logins, "open_sessions", "t",
                (uint64_t)status.open_sessions, "granted_logins", "t", status.granted_logins,
                "refused_logins", "t", status.refused_logins, "journal_sequence", "t",
                chain.sequence, "journal_digest", "s", chain.digest);
        if (r < 0)
                return r;
        r = append_providers(reply, object->service);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_message_send(reply);
}

/* ---- CheckProvider, answered late ---- */

static int reply_findings(sd_bus_message *call, const struct provider_finding *findings, size_t n)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', "(sbss)");
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++) {
                r = sd_bus_message_append(reply, "(sbss)", findings[i].what, findings[i].is_good,
                                          findings[i].detail ? findings[i].detail : "",
                                          findings[i].mend);
                if (r < 0)
                        return r;
        }
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_message_send(reply);
}

static void on_checked(const struct provider_finding *findings, size_t n, void *userdata)
{
        struct provider_inquiry *inquiry = userdata;

        int r = reply_findings(inquiry->call, findings, n);
        if (r < 0) {
                errno = -r;
                log_line(LOG_WARNING, "Failed to answer 'CheckProvider': %m");
        }
        (void)inquiry_free(inquiry);
}

static int inquiry_start(struct admin_object *object, sd_bus_message *message,
                         struct provider *provider)
{
        _cleanup_(inquiry_freep) struct provider_inquiry *inquiry = calloc(1, sizeof(*inquiry));
        if (!inquiry)
                return -ENOMEM;

        inquiry->object = object;
        inquiry->next = object->first;
        if (inquiry->next)
                inquiry->next->previous = inquiry;
        object->first = inquiry;
        object->n++;
        int r = provider_check_new(service_event(object->service), provider, on_checked, inquiry,
                                   &inquiry->check);
        if (r < 0)
                return r;
        inquiry->call = sd_bus_message_ref(message);
        TAKE_PTR(inquiry);
        return 0;
}

static int method_check_provider(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        const char *name;

        int r = admin_caller_demand(object->service, message, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        struct provider *provider = service_provider(object->service, name);
        if (!provider)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "There is no provider of that name.");
        if (object->n >= INQUIRIES_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many checks are under way.");
        r = inquiry_start(object, message, provider);
        return r < 0 ? r : 1;
}

static const sd_bus_vtable admin_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("GetStatus", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", status),
                                method_get_status, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CheckProvider", SD_BUS_ARGS("s", provider),
                                SD_BUS_RESULT("a(sbss)", findings), method_check_provider,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListAccounts", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", accounts),
                                account_call_list, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetAccount", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("a{sv}", properties), account_call_get,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LockAccount", SD_BUS_ARGS("s", account, "s", reason),
                                SD_BUS_NO_RESULT, account_call_lock, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("UnlockAccount", SD_BUS_ARGS("s", account), SD_BUS_NO_RESULT,
                                account_call_unlock, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ForgetAccount", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("u", ended_logins), account_call_forget,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListIdentities", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("aa{sv}", identities), identity_call_list,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LinkIdentity",
                                SD_BUS_ARGS("s", account, "s", issuer, "s", subject),
                                SD_BUS_NO_RESULT, identity_call_link, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("UnlinkIdentity", SD_BUS_ARGS("s", identity), SD_BUS_NO_RESULT,
                                identity_call_unlink, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AcceptIdentity", SD_BUS_ARGS("s", identity), SD_BUS_NO_RESULT,
                                identity_call_accept, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListSessions", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("aa{sv}", sessions), session_call_list,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndSession", SD_BUS_ARGS("s", session), SD_BUS_NO_RESULT,
                                session_call_end, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndSessions", SD_BUS_ARGS("s", account), SD_BUS_RESULT("u", count),
                                session_call_end_all, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListFactors", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("aa{sv}", factors), factor_call_list,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveFactor", SD_BUS_ARGS("s", factor), SD_BUS_NO_RESULT,
                                factor_call_remove, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetStore", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", store),
                                store_call_get, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AcceptStore", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, store_call_accept,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rekey", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, store_call_rekey,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "CreateTicket",
                SD_BUS_ARGS("s", account, "as", services, "b", once, "t", lifetime, "s", name),
                SD_BUS_RESULT("s", ticket, "s", secret), ticket_call_create,
                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ListTickets", SD_BUS_ARGS("s", account),
                                SD_BUS_RESULT("aa{sv}", tickets), ticket_call_list,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RevokeTicket", SD_BUS_ARGS("s", ticket), SD_BUS_NO_RESULT,
                                ticket_call_revoke, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListThrottles", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", throttles),
                                throttle_call_list, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ClearThrottle", SD_BUS_ARGS("s", throttle), SD_BUS_NO_RESULT,
                                throttle_call_clear, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int admin_object_export(struct admin_object *object)
{
        return sd_bus_add_object_vtable(object->bus, NULL, BADGED_PATH, BADGED_ADMIN_INTERFACE,
                                        admin_vtable, object);
}
