/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/account-calls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "accounts.h"
#include "bus/admin-call.h"
#include "bus/admin-caller.h"
#include "bus/admin-change.h"
#include "bus/admin-object.h"
#include "bus/list-reply.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "common/text.h"
#include "granted-logins.h"
#include "identities.h"

/* ---- ListAccounts, GetAccount ---- */

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

static void count_identities(const struct state *state, const char *account, uint64_t *ret_bound,
                             uint64_t *ret_waiting)
{
        for (const struct identity_record *identity = NULL;
             (identity = identities_next(state, account, identity));) {
                if (identity->account && strcmp(identity->account, account) == 0)
                        ++*ret_bound;
                if (identity->asked_account || identity->seen_name)
                        ++*ret_waiting;
        }
}

/* Between the braces of a{sv}. */
static int append_account(sd_bus_message *reply, const struct state *state,
                          const struct account_record *account)
{
        uint64_t n_bound = 0, n_waiting = 0;

        count_identities(state, account->name, &n_bound, &n_waiting);
        return sd_bus_message_append(
                reply, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "account", "s",
                account->name, "uid", "t", account->uid, "owner", "b", (int)account->is_owner,
                "locked", "b", (int)(account->locked_at_sec > 0), "locked_at", "t",
                account->locked_at_sec, "locked_by", "s", or_empty(account->locked_by),
                "lock_reason", "s", or_empty(account->lock_reason), "identities", "t", n_bound,
                "waiting", "t", n_waiting, "last_login_at", "t", account->last_login_at_sec,
                "last_login_from", "s", or_empty(account->last_login_from));
}

int account_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct admin_object *object = userdata;
        const struct state *state = service_state(object->service);
        const struct account_record *account = NULL;

        int r = admin_call_begin_list(object, message, NULL, &reply, error);
        while (r >= 0 && (account = accounts_next(state, account))) {
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
                if (r >= 0)
                        r = append_account(reply, state, account);
                if (r >= 0)
                        r = sd_bus_message_close_container(reply);
        }
        return list_reply_end(reply, r);
}

static int no_such_account(sd_bus_error *error)
{
        return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_ACCOUNT,
                                "badged does not know an account of that name.");
}

/* The uid of now may be another one, or none. */
static int append_current_uid(sd_bus_message *reply, const char *name)
{
        uid_t uid;

        if (accounts_find_uid(name, &uid) <= 0)
                return 0;
        return sd_bus_message_append(reply, "{sv}", "current_uid", "t", (uint64_t)uid);
}

int account_call_get(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct admin_object *object = userdata;
        const struct state *state = service_state(object->service);
        const char *name;

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "s", &name);
        if (r < 0)
                return r;
        const struct account_record *account = accounts_get(state, name);
        if (!account)
                return no_such_account(error);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_account(reply, state, account);
        if (r >= 0)
                r = append_current_uid(reply, name);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_send(reply);
}

/* ---- LockAccount, UnlockAccount, ForgetAccount ---- */

static int complain(int r, sd_bus_error *error)
{
        switch (r) {
        case -ENOENT:
                return no_such_account(error);
        case -EALREADY:
                return sd_bus_error_set(error, BADGED_ERROR_NOTHING_TO_DO,
                                        "The account is not locked.");
        case -EACCES:
                return sd_bus_error_set(error, BADGED_ERROR_IN_USE,
                                        "The account is locked; forgetting it would unlock it.");
        case -ENOTEMPTY:
                return sd_bus_error_set(error, BADGED_ERROR_IN_USE,
                                        "The account has open sessions (badgectl session end "
                                        "--account ACCOUNT), or tokens of those that ended are not "
                                        "revoked at the provider yet.");
        default:
                return safe_reply_complain(r, error);
        }
}

/* The account's entry: what was done, and the reason that was given. */
static void tell(sd_bus_message *message, const char *account, const char *what, const char *reason)
{
        _cleanup_free_ char *text = NULL;

        if (reason && *reason && asprintf(&text, "%s: %s", what, reason) < 0)
                text = NULL;
        admin_change_log(message,
                         &(struct admin_change){.account = account, .what = text ? text : what});
}

static bool reason_is_good(const char *reason)
{
        return strlen(reason) <= ACCOUNT_REASON_MAX_BYTES && text_is_printable(reason);
}

int account_call_lock(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct admin_object *object = userdata;
        const char *name, *reason;

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "ss", &name, &reason);
        if (r < 0)
                return r;
        if (!reason_is_good(reason))
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "The reason has to be printable, and at most 255 bytes.");
        _cleanup_free_ char *by = admin_caller_name(message);
        const struct account_lock lock = {
                .name = name,
                .by = by,
                .reason = *reason ? reason : NULL,
                .now_sec = clock_wall_sec(),
        };
        r = safe_reply_new(object->replies, message, &reply);
        if (r >= 0)
                r = accounts_lock(service_state(object->service), &lock, safe_reply_on_done, reply,
                                  safe_reply_write(reply));
        if (r < 0)
                return complain(r, error);
        tell(message, name, "the account was locked", reason);
        TAKE_PTR(reply);
        return 1;
}

typedef int (*account_change)(struct state *state, const char *name, store_on_done on_done,
                              void *userdata, struct store_write **ret_write);

static int change(sd_bus_message *message, struct admin_object *object, account_change make,
                  const char *what, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *name;

        int r = admin_call_begin_change(object, message, &name, &reply, error);
        if (r < 0)
                return r;
        r = make(service_state(object->service), name, safe_reply_on_done, reply,
                 safe_reply_write(reply));
        if (r < 0)
                return complain(r, error);
        tell(message, name, what, NULL);
        TAKE_PTR(reply);
        return 1;
}

int account_call_unlock(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return change(message, userdata, accounts_unlock, "the account was unlocked", error);
}

/* Logins that nobody claimed are no reason to keep an account: those are ended. */
static int forget(struct service *service, const char *name, struct safe_reply *reply)
{
        size_t n_ended = 0;

        int r = accounts_forget(service_state(service), name, safe_reply_on_done, reply,
                                safe_reply_write(reply));
        if (r == -ENOTEMPTY)
                n_ended = granted_logins_end_unclaimed(service_granted_logins(service), name);
        if (n_ended > 0)
                r = accounts_forget(service_state(service), name, safe_reply_on_done, reply,
                                    safe_reply_write(reply));
        safe_reply_count(reply, (uint32_t)n_ended);
        return r;
}

int account_call_forget(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct admin_object *object = userdata;
        const char *name;

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "s", &name);
        if (r >= 0)
                r = safe_reply_new(object->replies, message, &reply);
        if (r < 0)
                return r;
        r = forget(object->service, name, reply);
        if (r < 0)
                return complain(r, error);
        tell(message, name, "the account was forgotten", NULL);
        TAKE_PTR(reply);
        return 1;
}
