/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/session-calls.h"

#include <errno.h>
#include <string.h>

#include "bus/admin-call.h"
#include "bus/admin-caller.h"
#include "bus/admin-object.h"
#include "bus/call-context.h"
#include "bus/caller.h"
#include "bus/list-reply.h"
#include "bus/safe-reply.h"
#include "bus/session-dict.h"
#include "common/bus-names.h"
#include "granted-logins.h"

/* ---- OpenSession, CloseSession ---- */

int session_call_open(struct service *service, struct safe_replies *replies,
                      sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(call_context_finish) struct call_context context = {0};
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *path;

        int r = caller_demand_root(message, error);
        if (r >= 0)
                r = call_context_read_claim(message, &context, &path, error);
        if (r < 0)
                return r;
        const char *login = call_context_login(path);
        if (!login)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_LOGIN, "No such login.");
        r = safe_reply_new(replies, message, &reply);
        if (r >= 0)
                r = safe_reply_say(reply, login);
        if (r >= 0)
                r = service_open_session(service, login, context.account, context.login_session,
                                         safe_reply_on_done, reply, safe_reply_write(reply));
        if (r == -ENOENT)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_LOGIN,
                                        "There is no granted login of this account to claim.");
        if (r < 0)
                return safe_reply_complain(r, error);
        TAKE_PTR(reply);
        return 1;
}

static int complain_of_session(sd_bus_error *error)
{
        return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_SESSION,
                                "There is no such session, or not any more.");
}

/* Only what was opened is a session to whoever asks. */
static const struct session_record *find(struct service *service, const char *id)
{
        const struct session_record *session = sessions_get(
                granted_logins_sessions(service_granted_logins(service)), id);

        return session && session_is_open(session) ? session : NULL;
}

/* What is bound is safe soon: until then, it is bound in memory. */
int session_call_bind(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(call_context_finish) struct call_context context = {0};
        const char *id;

        int r = caller_demand_root(message, error);
        if (r >= 0)
                r = call_context_read_session(message, &context, &id, error);
        if (r < 0)
                return r;
        r = -ENOENT;
        if (context.login_session)
                r = service_bind_session(service, id, context.login_session);
        return r < 0 ? complain_of_session(error) : sd_bus_reply_method_return(message, NULL);
}

static int end(struct service *service, struct safe_replies *replies, sd_bus_message *message,
               const char *id, enum session_end how, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;

        if (!find(service, id))
                return complain_of_session(error);
        int r = safe_reply_new(replies, message, &reply);
        if (r >= 0)
                r = granted_logins_end(service_granted_logins(service), id, how, safe_reply_on_done,
                                       reply, safe_reply_write(reply));
        if (r < 0)
                return safe_reply_complain(r, error);
        TAKE_PTR(reply);
        return 1;
}

int session_call_close(struct service *service, struct safe_replies *replies,
                       sd_bus_message *message, sd_bus_error *error)
{
        const char *id;

        int r = caller_demand_root(message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "s", &id);
        return r < 0 ? r : end(service, replies, message, id, SESSION_CLOSED, error);
}

/* ---- lists ---- */

/* Of the uid, and of the account (NULL: any). */
struct selection {
        const char *account;
        const uid_t *uid;
};

static bool is_selected(const struct session_record *session, const struct selection *selection)
{
        return session_is_open(session) &&
               (!selection->account || strcmp(session->account, selection->account) == 0) &&
               (!selection->uid || session->uid == *selection->uid);
}

static int append_selected(sd_bus_message *reply, struct service *service,
                           const struct selection *selection)
{
        const struct sessions *sessions = granted_logins_sessions(service_granted_logins(service));
        const struct session_record *session = NULL;
        int r = 0;

        while (r >= 0 && (session = sessions_next(sessions, session)))
                if (is_selected(session, selection))
                        r = session_dict_append(reply, session);
        return r;
}

int session_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct admin_object *object = userdata;
        struct selection selection = {0};

        int r = admin_call_begin_list(object, message, &selection.account, &reply, error);
        if (r >= 0)
                r = append_selected(reply, object->service, &selection);
        return list_reply_end(reply, r);
}

/* ---- one's own ---- */

/* By the uid that the account had when it was opened: a name may go to somebody else. */
int session_call_list_own(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = list_reply_begin(message, &reply);
        if (r >= 0)
                r = append_selected(reply, service, &(struct selection){.uid = &uid});
        return list_reply_end(reply, r);
}

/* Somebody else's is none, but to root. */
int session_call_get(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *id;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "s", &id);
        if (r < 0)
                return r;
        const struct session_record *session = find(service, id);
        if (!session || (uid != 0 && session->uid != uid))
                return complain_of_session(error);
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = session_dict_append(reply, session);
        return r < 0 ? r : sd_bus_message_send(reply);
}

int session_call_end_own(struct service *service, struct safe_replies *replies,
                         sd_bus_message *message, sd_bus_error *error)
{
        const char *id;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "s", &id);
        if (r < 0)
                return r;
        const struct session_record *session = find(service, id);
        if (!session || session->uid != uid)
                return complain_of_session(error);
        return end(service, replies, message, id, SESSION_ENDED_BY_OWNER, error);
}

/* ---- everybody's ---- */

int session_call_end(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        const char *id;

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "s", &id);
        return r < 0 ? r
                     : end(object->service, object->replies, message, id, SESSION_ENDED_BY_ADMIN,
                           error);
}

int session_call_end_all(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *account;
        size_t n = 0;

        int r = admin_call_begin_change(object, message, &account, &reply, error);
        if (r < 0)
                return r;
        r = granted_logins_end_all(service_granted_logins(object->service),
                                   *account ? account : NULL, SESSION_ENDED_BY_ADMIN,
                                   safe_reply_on_done, reply, safe_reply_write(reply), &n);
        if (r < 0)
                return safe_reply_complain(r, error);
        if (n == 0)
                return sd_bus_reply_method_return(message, "u", (uint32_t)0);
        safe_reply_count(reply, (uint32_t)n);
        TAKE_PTR(reply);
        return 1;
}
