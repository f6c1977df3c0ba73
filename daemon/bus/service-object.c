/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/service-object.h"

#include <errno.h>
#include <string.h>

#include "bus/caller.h"
#include "bus/factor-calls.h"
#include "bus/identity-calls.h"
#include "bus/login-replies.h"
#include "bus/session-calls.h"
#include "bus/token-end.h"
#include "common/bus-names.h"
#include "common/cleanup.h"

static int method_start_login(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_objects *objects = ((struct service_object *)userdata)->logins;
        _cleanup_(call_context_finish) struct call_context context = {0};
        struct refusal refusal;

        int r = call_context_read(message, &context, error);
        if (r < 0)
                return r;
        r = login_object_start(objects, message, &context, &refusal);
        if (r == 0)
                return login_reply_refusal(message, refusal.outcome, refusal.reason);
        return r;
}

static int method_check_account(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return check_call_start(object->checks, message, error);
}

static int method_open_session(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_open(object->logins->service, object->replies, message, error);
}

static int method_bind_session(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_bind(object->logins->service, message, error);
}

static int method_close_session(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_close(object->logins->service, object->replies, message, error);
}

static int method_list_own_sessions(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_list_own(object->logins->service, message, error);
}

static int method_get_session(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_get(object->logins->service, message, error);
}

static int method_end_own_session(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return session_call_end_own(object->logins->service, object->replies, message, error);
}

static int method_get_token(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return token_call_start(object->tokens, message, error);
}

static int method_end_tokens(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct login_objects *objects = ((struct service_object *)userdata)->logins;

        return token_end_call(objects->service, message, error);
}

static int method_enrol_factor(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return factor_call_enrol(object->logins->service, message, error);
}

static int method_confirm_factor(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return factor_call_confirm(object->logins->service, object->replies, message, error);
}

static int method_list_own_factors(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return factor_call_list_own(object->logins->service, message, error);
}

static int method_remove_own_factor(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return factor_call_remove_own(object->logins->service, object->replies, message, error);
}

static int method_get_offer(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return identity_call_get_offer(object->logins->service, message, error);
}

static int method_link_offer(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct service_object *object = userdata;

        return identity_call_link_offer(object->logins->service, object->replies, message, error);
}

static const sd_bus_vtable service_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("StartLogin",
                                SD_BUS_ARGS("s", account, "s", service, "a{sv}", context),
                                SD_BUS_RESULT("o", login, "a{sv}", challenge), method_start_login,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CheckAccount",
                                SD_BUS_ARGS("s", account, "s", service, "a{sv}", context),
                                SD_BUS_RESULT("s", outcome, "s", reason), method_check_account,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS(
                "OpenSession", SD_BUS_ARGS("s", account, "o", login, "a{sv}", context),
                SD_BUS_RESULT("s", session), method_open_session, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("BindSession", SD_BUS_ARGS("s", session, "a{sv}", context),
                                SD_BUS_NO_RESULT, method_bind_session, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CloseSession", SD_BUS_ARGS("s", session), SD_BUS_NO_RESULT,
                                method_close_session, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListOwnSessions", SD_BUS_NO_ARGS,
                                SD_BUS_RESULT("aa{sv}", sessions), method_list_own_sessions,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetSession", SD_BUS_ARGS("s", session),
                                SD_BUS_RESULT("a{sv}", properties), method_get_session,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("EndOwnSession", SD_BUS_ARGS("s", session), SD_BUS_NO_RESULT,
                                method_end_own_session, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetToken", SD_BUS_ARGS("t", min_lifetime),
                                SD_BUS_RESULT("a{sv}", token), method_get_token,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("EndTokens", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", ended),
                                method_end_tokens,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS(
                "EnrolFactor", SD_BUS_ARGS("o", login, "s", account, "s", name, "a{sv}", context),
                SD_BUS_RESULT("s", factor, "s", secret_uri, "s", qr), method_enrol_factor,
                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ConfirmFactor",
                                SD_BUS_ARGS("s", factor, "s", first_code, "s", second_code),
                                SD_BUS_NO_RESULT, method_confirm_factor,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("ListOwnFactors", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", factors),
                                method_list_own_factors, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveOwnFactor", SD_BUS_ARGS("o", login, "s", factor),
                                SD_BUS_NO_RESULT, method_remove_own_factor,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetOfferedIdentity", SD_BUS_ARGS("o", login),
                                SD_BUS_RESULT("s", issuer, "s", subject), method_get_offer,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("LinkOfferedIdentity", SD_BUS_ARGS("o", login), SD_BUS_NO_RESULT,
                                method_link_offer, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int service_object_export(struct service_object *object)
{
        return sd_bus_add_object_vtable(object->logins->bus, NULL, BADGED_PATH, BADGED_INTERFACE,
                                        service_vtable, object);
}
