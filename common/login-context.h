/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who asks for a login, from where, and what the screen can show: the context a{sv} that goes with
 * a request to the daemon. */
#pragma once

#include <stdbool.h>

struct sd_bus_message;

/* All borrowed, UTF-8; NULL or 0 when not known. */
struct login_context {
        const char *remote_host, *terminal, *requesting_user;
        const char *provider;      /* NULL: the daemon chooses */
        const char *qr;            /* utf8, utf8-inverse, ascii, none; NULL: none */
        const char *redirect_uri;  /* where a browser on this machine brings its answer to */
        const char *login_session; /* the account's own, that the caller runs in */
        const char *login;         /* the id of a granted one that goes on by this */
        const char *offer; /* of one by which an identity was offered: to be linked by this */
        unsigned columns, lines;
        const char *const *prior_factors; /* NULL-terminated; NULL for none */
        bool knows_granted;               /* bus-client.c's own: a challenge may say so */
};

/* Appends the dictionary to a call. 0 or more, or -errno (-EINVAL for text that is not UTF-8). */
int login_context_append(const struct login_context *context, struct sd_bus_message *call);
