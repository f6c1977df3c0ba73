/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/identity-calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus/admin-call.h"
#include "bus/admin-caller.h"
#include "bus/admin-change.h"
#include "bus/admin-object.h"
#include "bus/call-context.h"
#include "bus/caller.h"
#include "bus/list-reply.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "identities.h"
#include "link-confirmation.h"
#include "linking.h"

/* ---- ListIdentities ---- */

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

static const char *state_word(const struct identity_record *identity)
{
        if (identity->asked_account)
                return "refused";
        if (identity->seen_name)
                return "renamed";
        return identity->account ? "bound" : "free";
}

static int append_identity(sd_bus_message *reply, const struct identity_record *identity)
{
        return sd_bus_message_append(
                reply, "a{sv}", 12, "id", "s", identity->id, "account", "s",
                or_empty(identity->account), "asked_account", "s",
                or_empty(identity->asked_account), "state", "s", state_word(identity), "provider",
                "s", identity->provider, "issuer", "s", identity->issuer, "subject", "s",
                identity->subject, "name", "s", or_empty(identity->name), "seen_name", "s",
                or_empty(identity->seen_name), "bound_by", "s", or_empty(identity->bound_by),
                "created_at", "t", identity->created_at_sec, "last_seen_at", "t",
                identity->last_seen_at_sec);
}

int identity_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct identity_record *identity = NULL;
        struct admin_object *object = userdata;
        const char *account = NULL;

        int r = admin_call_begin_list(object, message, &account, &reply, error);
        while (r >= 0 &&
               (identity = identities_next(service_state(object->service), account, identity)))
                r = append_identity(reply, identity);
        return list_reply_end(reply, r);
}

/* ---- LinkIdentity ---- */

static int complain_of_link(int r, sd_bus_error *error)
{
        switch (r) {
        case -ENOENT:
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_ACCOUNT,
                                        "There is no account of that name.");
        case -EADDRNOTAVAIL:
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "No provider in the settings has that issuer.");
        case -EINVAL:
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "That is no subject that an identity can have.");
        case -EPERM:
                return sd_bus_error_set(
                        error, BADGED_ERROR_REFUSED,
                        "map_file or account_groups names the account: nothing else "
                        "opens it.");
        case -ENXIO:
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_IDENTITY,
                                        "No other identity has approved, or too long ago.");
        case -EACCES:
                return sd_bus_error_set(error, BADGED_ERROR_NOT_AUTHORIZED,
                                        "A link takes a fresh sign-in of the own account.");
        case -EALREADY:
                return sd_bus_error_set(error, BADGED_ERROR_NOTHING_TO_DO,
                                        "The identity has the account already.");
        case -EBUSY:
                return sd_bus_error_set(error, BADGED_ERROR_IN_USE,
                                        "The identity has another account; unlink it first.");
        default:
                return safe_reply_complain(r, error);
        }
}

int identity_call_link(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct admin_object *object = userdata;
        struct linking linking = {0};

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "sss", &linking.account, &linking.issuer,
                                        &linking.subject);
        if (r >= 0)
                r = safe_reply_new(object->replies, message, &reply);
        if (r < 0)
                return r;
        r = linking_make(service_state(object->service), service_settings(object->service),
                         &linking, safe_reply_on_done, reply, safe_reply_write(reply));
        if (r < 0)
                return complain_of_link(r, error);
        admin_change_log(message,
                         &(struct admin_change){linking.account, linking.issuer, linking.subject,
                                                "the identity was linked to the account"});
        TAKE_PTR(reply);
        return 1;
}

/* ---- GetOfferedIdentity, LinkOfferedIdentity ---- */

int identity_call_get_offer(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        const char *issuer, *subject, *path;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "o", &path);
        if (r < 0)
                return r;
        const struct link_logins logins = {.offered_by = call_context_login(path)};
        r = link_confirmation_find(service, uid, &logins, &issuer, &subject);
        if (r == 0)
                return complain_of_link(-ENXIO, error);
        return r < 0 ? r : sd_bus_reply_method_return(message, "ss", issuer, subject);
}

/* The entry names whom it is about before the offer is gone. */
static void tell_of_link(sd_bus_message *message, const char *issuer, const char *subject)
{
        admin_change_log(message,
                         &(struct admin_change){.issuer = issuer,
                                                .subject = subject,
                                                .what = "a person linked the identity to the own "
                                                        "account"});
}

static int link_offer(struct service *service, uid_t uid, const char *login,
                      struct safe_reply *reply, sd_bus_message *message)
{
        const struct link_logins logins = {.confirmed_by = login};
        _cleanup_free_ char *issuer = NULL, *subject = NULL;
        const char *offered_issuer, *offered_subject;

        int r = link_confirmation_find(service, uid, &logins, &offered_issuer, &offered_subject);
        if (r < 0)
                return r;
        if (r > 0) {
                issuer = strdup(offered_issuer);
                subject = strdup(offered_subject);
                if (!issuer || !subject)
                        return -ENOMEM;
        }
        r = link_confirmation_make(service, uid, login, safe_reply_on_done, reply,
                                   safe_reply_write(reply));
        if (r >= 0)
                tell_of_link(message, issuer, subject);
        return r;
}

int identity_call_link_offer(struct service *service, struct safe_replies *replies,
                             sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *path;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "o", &path);
        if (r >= 0)
                r = safe_reply_new(replies, message, &reply);
        if (r < 0)
                return r;
        const char *login = call_context_login(path);
        r = login ? link_offer(service, uid, login, reply, message) : -EACCES;
        if (r < 0)
                return complain_of_link(r, error);
        TAKE_PTR(reply);
        return 1;
}

/* ---- UnlinkIdentity, AcceptIdentity ---- */

typedef int (*identity_change)(struct state *state, const char *id, store_on_done on_done,
                               void *userdata, struct store_write **ret_write);

static int complain_of_change(int r, sd_bus_error *error)
{
        if (r == -ENOENT)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_IDENTITY,
                                        "There is no identity of that id.");
        if (r == -EALREADY)
                return sd_bus_error_set(error, BADGED_ERROR_NOTHING_TO_DO,
                                        "There is nothing to be done about the identity.");
        return safe_reply_complain(r, error);
}

/* With an account to name in the entry: of before, or of after. */
static void tell(sd_bus_message *message, const struct identity_record *identity,
                 const char *account, const char *what)
{
        admin_change_log(message, &(struct admin_change){account, identity->issuer,
                                                         identity->subject, what});
}

static int change(sd_bus_message *message, struct admin_object *object, identity_change make,
                  const char *what, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *id;

        int r = admin_call_begin_change(object, message, &id, &reply, error);
        if (r < 0)
                return r;
        struct state *state = service_state(object->service);
        const struct identity_record *before = identities_get(state, id);
        r = make(state, id, safe_reply_on_done, reply, safe_reply_write(reply));
        if (r < 0)
                return complain_of_change(r, error);
        const struct identity_record *after = identities_get(state, id);
        tell(message, after, after->account ? after->account : before->account, what);
        TAKE_PTR(reply);
        return 1;
}

int identity_call_unlink(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return change(message, userdata, identities_unlink, "the identity has no account any more",
                      error);
}

int identity_call_accept(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return change(message, userdata, identities_accept,
                      "the identity was accepted for the account", error);
}
