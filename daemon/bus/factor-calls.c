/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/factor-calls.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "accounts.h"
#include "bus/admin-call.h"
#include "bus/admin-change.h"
#include "bus/admin-object.h"
#include "bus/call-context.h"
#include "bus/caller.h"
#include "bus/list-reply.h"
#include "bus/login-replies.h"
#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "core/qr-text.h"
#include "factors.h"
#include "log.h"
#include "service-factors.h"

/* Below the picture: the secret in letters, what to type, and the cursor. */
#define RESERVED_LINES 3

/* A window that nobody knows the size of. */
#define WINDOW_COLUMNS 80
#define WINDOW_LINES   24

/* ---- EnrolFactor ---- */

/* "/": no login. */
static int complain_of_enrolment(int r, sd_bus_error *error)
{
        switch (r) {
        case -EINVAL:
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "A factor needs a name, of no more than 64 bytes.");
        case -EDQUOT:
                return sd_bus_error_set(error, BADGED_ERROR_TOO_MANY,
                                        "This account has as many factors as it may have.");
        case -EBUSY:
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many factors are being set up. Try again later.");
        default:
                return r;
        }
}

/* The picture is a comfort: without memory for it the secret is typed in. */
static char *draw(const struct call_context *context, const struct secret *uri)
{
        unsigned columns = context->columns > 0 ? context->columns : WINDOW_COLUMNS;
        unsigned lines = context->lines > 0 ? context->lines : WINDOW_LINES;
        char *picture = NULL;

        if (lines > RESERVED_LINES)
                (void)qr_text_new(secret_bytes(uri), context->qr, columns,
                                  lines - RESERVED_LINES + QR_RESERVED_LINES, &picture);
        return picture;
}

static int reply_enrolment(sd_bus_message *message, const struct call_context *context,
                           const char *id, const struct secret *uri)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        char *picture = draw(context, uri);

        int r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_sensitive(reply);
        if (r >= 0)
                r = sd_bus_message_append(reply, "sss", id, secret_bytes(uri),
                                          picture ? picture : "");
        if (picture)
                secret_erase(picture, strlen(picture));
        free(picture);
        return r < 0 ? r : sd_bus_message_send(reply);
}

int factor_call_enrol(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(call_context_finish) struct call_context context = {0};
        _cleanup_secret_ struct secret *uri = NULL;
        struct refusal refusal;
        const char *path, *id;

        int r = sd_bus_message_read(message, "o", &path);
        if (r < 0)
                return r;
        r = call_context_read(message, &context, error);
        if (r < 0)
                return r;
        /* The name stands where other calls have the service. */
        struct login_request request = call_context_request(&context);
        request.service = "badgectl";
        r = service_enrol_factor(service, &request, call_context_login(path), context.service, &id,
                                 &uri, &refusal);
        if (r == 0)
                return login_reply_refusal(message, refusal.outcome, refusal.reason);
        return r < 0 ? complain_of_enrolment(r, error)
                     : reply_enrolment(message, &context, id, uri);
}

/* ---- ConfirmFactor ---- */

static void log_change(const struct service *service, sd_bus_message *message, const char *id,
                       const char *what)
{
        const struct factor_record *factor = store_mirror_get(service_state(service)->factors, id);

        admin_change_log(message, &(struct admin_change){.account = factor ? factor->account : NULL,
                                                         .what = what});
}

int factor_call_confirm(struct service *service, struct safe_replies *replies,
                        sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct enrolment_proof proof = {0};

        if (caller_uid(message, &proof.caller_uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, "sss", &proof.id, &proof.first, &proof.second);
        if (r < 0)
                return r;
        r = safe_reply_new(replies, message, &reply);
        if (r < 0)
                return r;
        r = service_confirm_factor(service, &proof, safe_reply_on_done, reply,
                                   safe_reply_write(reply));
        if (r == 0)
                return sd_bus_error_set(error, BADGED_ERROR_REFUSED,
                                        "These are not two codes of this factor, one right after "
                                        "the other.");
        if (r == -ENOENT)
                return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_FACTOR,
                                        "No such factor is being set up, or not any more.");
        if (r < 0)
                return safe_reply_complain(r, error);
        log_change(service, message, proof.id, "a second factor was set up");
        TAKE_PTR(reply);
        return 1;
}

/* ---- ListFactors, RemoveFactor ---- */

static int append_factor(sd_bus_message *reply, const struct factor_record *factor)
{
        return sd_bus_message_append(reply, "a{sv}", 9, "id", "s", factor->id, "account", "s",
                                     factor->account, "type", "s", factor->type, "name", "s",
                                     factor->name, "created_at", "t", factor->created_at_sec,
                                     "used_at", "t", factor->used_at_sec, "used_from", "s",
                                     factor->used_from ? factor->used_from : "", "failures", "t",
                                     factor->n_failures, "proved_at", "t", factor->proved_at_sec);
}

static int complain_of_factor(sd_bus_error *error)
{
        return sd_bus_error_set(error, BADGED_ERROR_NO_SUCH_FACTOR, "There is no such factor.");
}

int factor_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct factor_record *factor = NULL;
        const char *account = NULL;

        int r = admin_call_begin_list(object, message, &account, &reply, error);
        while (r >= 0 && (factor = factors_next(service_state(object->service), account, factor)))
                r = append_factor(reply, factor);
        return list_reply_end(reply, r);
}

int factor_call_remove(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct admin_object *object = userdata;
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        const char *id;

        int r = admin_call_begin_change(object, message, &id, &reply, error);
        if (r < 0)
                return r;
        if (!store_mirror_get(service_state(object->service)->factors, id))
                return complain_of_factor(error);
        log_change(object->service, message, id, "a second factor is removed");
        r = store_mirror_remove(service_state(object->service)->factors, id, safe_reply_on_done,
                                reply, safe_reply_write(reply));
        if (r < 0)
                return r;
        TAKE_PTR(reply);
        return 1;
}

/* ---- one's own: ListOwnFactors, RemoveOwnFactor ---- */

/* "": the uid has no account, or has a name that badged knows as another uid's. The caller frees
 * it; NULL when memory is short. */
static char *own_account(const struct service *service, uid_t uid)
{
        _cleanup_free_ char *name = accounts_name_of(uid);
        const struct account_record *account = name ? accounts_get(service_state(service), name)
                                                    : NULL;

        return account && account->uid == uid ? TAKE_PTR(name) : strdup("");
}

int factor_call_list_own(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const struct factor_record *factor = NULL;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        _cleanup_free_ char *account = own_account(service, uid);
        int r = account ? list_reply_begin(message, &reply) : -ENOMEM;
        if (r < 0)
                return r;
        while (r >= 0 && (factor = factors_next(service_state(service), account, factor)))
                r = append_factor(reply, factor);
        return list_reply_end(reply, r);
}

static int remove_own(struct service *service, struct safe_reply *reply, sd_bus_message *message,
                      const struct login_request *request, struct refusal *ret_refusal)
{
        const char *path, *id;

        int r = sd_bus_message_read(message, "os", &path, &id);
        if (r < 0)
                return r;
        return service_remove_own_factor(service, request, call_context_login(path), id,
                                         safe_reply_on_done, reply, safe_reply_write(reply),
                                         ret_refusal);
}

int factor_call_remove_own(struct service *service, struct safe_replies *replies,
                           sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_safe_reply_ struct safe_reply *reply = NULL;
        struct login_request request = {.service = "badgectl", .source = ""};
        struct refusal refusal;

        if (caller_uid(message, &request.caller_uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        _cleanup_free_ char *account = own_account(service, request.caller_uid);
        int r = account ? safe_reply_new(replies, message, &reply) : -ENOMEM;
        if (r < 0)
                return r;
        request.account = account;
        r = remove_own(service, reply, message, &request, &refusal);
        if (r == 0)
                return login_reply_refusal(message, refusal.outcome, refusal.reason);
        if (r == -ENOENT)
                return complain_of_factor(error);
        if (r < 0)
                return safe_reply_complain(r, error);
        admin_change_log(message, &(struct admin_change){.account = account,
                                                         .what = "a second factor was removed by "
                                                                 "its owner"});
        TAKE_PTR(reply);
        return 1;
}
