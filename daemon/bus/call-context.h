/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What StartLogin, CheckAccount and OpenSession are told: account, service and the context a{sv} of
 * etc/org.badged.Badged1.xml. It says where a login comes from; nothing in it proves anything. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "login.h"

#define CONTEXT_TEXT_MAX_BYTES          255
#define CONTEXT_PRIOR_MAX               8
#define CONTEXT_KEYS_MAX                32
#define CONTEXT_LOGIN_SESSION_MAX_BYTES 128

struct call_context {
        const char *account, *service, *provider;
        const char *remote_host, *terminal, *requesting_user;
        const char *redirect_uri;  /* where a browser brings its answer to; NULL: none does */
        const char *login_session; /* only of root; see login-request.h */
        const char *login;         /* likewise */
        const char *offer;
        char *prior; /* the prior factors, joined by commas; NULL for none */
        enum qr_style qr;
        unsigned columns, lines;
        bool knows_granted; /* the challenge may say that there was nothing to approve */
        uid_t caller_uid;
        char caller[24]; /* the same for people to read, of callers who are not root */
};

/* Reads "ssa{sv}" and the caller. Texts are borrowed from the message. Unknown keys are passed
 * over; a known key of a wrong type or size, and text that is not printable, is an error that is
 * set. Of a caller who is not root nothing is believed about where the login comes from. The
 * context may not be copied afterwards. */
int call_context_read(sd_bus_message *message, struct call_context *ret_context,
                      sd_bus_error *error);
/* Likewise "soa{sv}", of OpenSession: the path of a login in place of the service. */
int call_context_read_claim(sd_bus_message *message, struct call_context *ret_context,
                            const char **ret_login, sd_bus_error *error);
/* Likewise "sa{sv}", of BindSession: the id of a session alone. */
int call_context_read_session(sd_bus_message *message, struct call_context *ret_context,
                              const char **ret_session, sd_bus_error *error);
void call_context_finish(struct call_context *context);

/* The id of the login that has this path; NULL: none has. */
const char *call_context_login(const char *path);

/* The same for the service's verbs; borrows from the context. */
struct login_request call_context_request(const struct call_context *context);
