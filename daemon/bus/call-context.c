/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/call-context.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/caller.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/text.h"
#include "core/loopback-address.h"

#define LOGIN_SESSION_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/"

void call_context_finish(struct call_context *context)
{
        free(context->prior);
        *context = (struct call_context){0};
}

static int check_text(const char *text, const char *name, sd_bus_error *error)
{
        if (strlen(text) > CONTEXT_TEXT_MAX_BYTES || !text_is_printable(text))
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
                                         "%s is too long or not printable", name);
        return 0;
}

/* ---- one reader for each type of value; field points into the context ---- */

static int read_text(sd_bus_message *message, const char *name, void *field, sd_bus_error *error)
{
        const char *text;

        int r = sd_bus_message_read(message, "v", "s", &text);
        if (r < 0)
                return r;
        r = check_text(text, name, error);
        if (r < 0)
                return r;
        *(const char **)field = *text ? text : NULL;
        return 0;
}

/* What no login session is named like names none. */
static int read_login_session(sd_bus_message *message, const char *name, void *field,
                              sd_bus_error *error)
{
        const char *text;

        int r = sd_bus_message_read(message, "v", "s", &text);
        if (r < 0)
                return r;
        if (strlen(text) > CONTEXT_LOGIN_SESSION_MAX_BYTES ||
            strspn(text, LOGIN_SESSION_BYTES) != strlen(text))
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "login_session is too long or has other characters than "
                                        "letters, digits, '-' and '/'");
        *(const char **)field = *text ? text : NULL;
        return 0;
}

static int read_number(sd_bus_message *message, const char *name, void *field, sd_bus_error *error)
{
        uint32_t number;

        int r = sd_bus_message_read(message, "v", "u", &number);
        if (r < 0)
                return r;
        *(unsigned *)field = number;
        return 0;
}

static int read_flag(sd_bus_message *message, const char *name, void *field, sd_bus_error *error)
{
        int flag;

        int r = sd_bus_message_read(message, "v", "b", &flag);
        if (r < 0)
                return r;
        *(bool *)field = flag;
        return 0;
}

static int read_qr(sd_bus_message *message, const char *name, void *field, sd_bus_error *error)
{
        const char *word;

        int r = sd_bus_message_read(message, "v", "s", &word);
        if (r < 0)
                return r;
        if (qr_style_from_word(word, field) < 0)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "qr is none of utf8, utf8-inverse, ascii, none");
        return 0;
}

static int read_redirect(sd_bus_message *message, const char *name, void *field,
                         sd_bus_error *error)
{
        const char *address;

        int r = sd_bus_message_read(message, "v", "s", &address);
        if (r < 0)
                return r;
        if (!loopback_address_is_valid(address))
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "redirect_uri is no address of a listener on this machine");
        *(const char **)field = address;
        return 0;
}

static int join(char **list, const char *item)
{
        char *longer = NULL;

        if (asprintf(&longer, "%s%s%s", *list ? *list : "", *list ? "," : "", item) < 0)
                return -ENOMEM;
        free(*list);
        *list = longer;
        return 0;
}

static int read_prior(sd_bus_message *message, const char *name, void *field, sd_bus_error *error)
{
        const char *item;
        unsigned n = 0;

        if (*(char **)field)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                        "prior_factors came twice");
        int r = sd_bus_message_enter_container(message, 'v', "as");
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(message, 'a', "s");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(message, "s", &item)) > 0) {
                if (++n > CONTEXT_PRIOR_MAX)
                        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                                "too many prior_factors");
                r = check_text(item, name, error);
                if (r < 0)
                        return r;
                r = join(field, item);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(message);
}

static const struct {
        const char *key;
        int (*read)(sd_bus_message *message, const char *name, void *field, sd_bus_error *error);
        size_t offset;
} keys[] = {
        {"remote_host", read_text, offsetof(struct call_context, remote_host)},
        {"terminal", read_text, offsetof(struct call_context, terminal)},
        {"requesting_user", read_text, offsetof(struct call_context, requesting_user)},
        {"provider", read_text, offsetof(struct call_context, provider)},
        {"prior_factors", read_prior, offsetof(struct call_context, prior)},
        {"redirect_uri", read_redirect, offsetof(struct call_context, redirect_uri)},
        {"login_session", read_login_session, offsetof(struct call_context, login_session)},
        {"login", read_text, offsetof(struct call_context, login)},
        {"offer", read_text, offsetof(struct call_context, offer)},
        {"qr", read_qr, offsetof(struct call_context, qr)},
        {"columns", read_number, offsetof(struct call_context, columns)},
        {"lines", read_number, offsetof(struct call_context, lines)},
        {"knows_granted", read_flag, offsetof(struct call_context, knows_granted)},
};

static int read_entry(sd_bus_message *message, struct call_context *context, sd_bus_error *error)
{
        const char *key;

        int r = sd_bus_message_read(message, "s", &key);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(keys); i++)
                if (strcmp(keys[i].key, key) == 0)
                        return keys[i].read(message, key, (char *)context + keys[i].offset, error);
        return sd_bus_message_skip(message, "v");
}

static int read_entries(sd_bus_message *message, struct call_context *context, sd_bus_error *error)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return r;
        for (unsigned n = 0; (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0; n++) {
                if (n == CONTEXT_KEYS_MAX)
                        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                                "the context has too many keys");
                r = read_entry(message, context, error);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(message);
}

/* Only root's word counts for where a login comes from: PAM runs as root. Anybody else could lay it
 * at another's door. */
static void believe_root_only(struct call_context *context)
{
        if (context->caller_uid == 0)
                return;
        context->remote_host = context->requesting_user = NULL;
        context->login_session = context->login = NULL;
        (void)snprintf(context->caller, sizeof(context->caller), "uid %u",
                       (unsigned)context->caller_uid);
        context->terminal = context->caller;
        free(TAKE_PTR(context->prior));
}

/* types and texts: of what comes before the dictionary. */
static int read_call(sd_bus_message *message, const char *types, const char **ret_second,
                     struct call_context *ret_context, sd_bus_error *error)
{
        _cleanup_(call_context_finish) struct call_context context = {.qr = QR_NONE};
        const char *second = NULL; /* where types have none */

        if (caller_uid(message, &context.caller_uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = sd_bus_message_read(message, types, &context.account, &second);
        if (r < 0)
                return r;
        r = read_entries(message, &context, error);
        if (r < 0)
                return r;
        *ret_context = context;
        context.prior = NULL;
        believe_root_only(ret_context);
        *ret_second = second;
        return 0;
}

int call_context_read(sd_bus_message *message, struct call_context *ret_context,
                      sd_bus_error *error)
{
        const char *service = NULL;

        int r = read_call(message, "ss", &service, ret_context, error);
        if (r < 0)
                return r;
        ret_context->service = service;
        return 0;
}

int call_context_read_session(sd_bus_message *message, struct call_context *ret_context,
                              const char **ret_session, sd_bus_error *error)
{
        const char *nothing;

        int r = read_call(message, "s", &nothing, ret_context, error);
        if (r < 0)
                return r;
        *ret_session = TAKE_PTR(ret_context->account);
        return 0;
}

int call_context_read_claim(sd_bus_message *message, struct call_context *ret_context,
                            const char **ret_login, sd_bus_error *error)
{
        return read_call(message, "so", ret_login, ret_context, error);
}

const char *call_context_login(const char *path)
{
        static const char prefix[] = BADGED_LOGIN_PATH "/";

        return strncmp(path, prefix, strlen(prefix)) == 0 ? path + strlen(prefix) : NULL;
}

struct login_request call_context_request(const struct call_context *context)
{
        const char *origin = context->remote_host ? context->remote_host : context->terminal;
        const char *source = context->remote_host       ? context->remote_host
                             : context->requesting_user ? context->requesting_user
                                                        : context->terminal;
        return (struct login_request){
                .account = context->account,
                .service = context->service,
                .origin = origin,
                .remote_host = context->remote_host,
                .terminal = context->terminal,
                .source = source ? source : "",
                .requested_by = context->requesting_user,
                .prior = context->prior,
                .caller_uid = context->caller_uid,
                .login_session = context->login_session,
                .login = context->login,
                .offer = context->offer,
                .redirect_uri = context->redirect_uri,
                .qr = context->qr,
                .columns = context->columns,
                .lines = context->lines,
        };
}
