/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a caller tells of the attempt to be let in: nothing of it is proved, but for the uid. */
#pragma once

#include <sys/types.h>

#include "common/cleanup.h"
#include "core/qr-text.h"

/* Borrowed, unless login_request_copy() made it. */
struct login_request {
        const char *account, *service;
        const char *origin;      /* remote host or terminal; may be NULL */
        const char *remote_host; /* that there is of the two; may be NULL */
        const char *terminal;
        const char *source;       /* whom the limits count it against; not NULL */
        const char *requested_by; /* who called sudo or su, says the application; may be NULL */
        const char *prior;        /* factors passed before, says the application; may be NULL */
        /* Names the login session that the caller runs in and that belongs to the account, as
         * nothing else is named while the machine runs; NULL: not known, or not the account's. */
        const char *login_session;
        const char
                *login; /* the id of a login that was granted, and goes on by this; may be NULL */
        /* The id of one by which an identity was offered, which this is to link; may be NULL. */
        const char *offer;
        uid_t caller_uid; /* of whoever asks on the bus; for the journal, too */
        const char
                *redirect_uri; /* a browser here approves and comes back to it; NULL: none does */
        enum qr_style qr;
        unsigned columns, lines; /* of the window that shows the code; 0: unknown */
};

/* A copy of it, each text without control characters and not longer than 256 bytes; but without
 * redirect_uri, which is for the start alone. -ENOMEM. */
int login_request_copy(const struct login_request *request, struct login_request *ret_copy);

/* Frees what a copy holds and empties it. */
void login_request_finish(struct login_request *copy);
