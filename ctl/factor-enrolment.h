/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A second factor that is being set up: what the daemon says of it, and what it is told. */
#pragma once

#include <stdbool.h>

#include "common/secret.h"
#include "ctl/daemon-call.h"

struct factor_enrolment {
        char *id;
        struct secret *uri;     /* for an app */
        struct secret *letters; /* the secret in it, in groups, for whoever types it in */
        struct secret *picture; /* lines of text; NULL: there is none */
};

void factor_enrolment_finish(struct factor_enrolment *enrolment);
#define _cleanup_enrolment_ _cleanup_(factor_enrolment_finish)

/* login is the id of one that was granted for it; NULL: the caller is root. qr is the word for the
 * kind of picture. True, or false and why. */
bool factor_enrolment_begin(struct bus_peer *peer, const char *login, const char *account,
                            const char *name, const char *qr,
                            struct factor_enrolment *ret_enrolment, struct complaint *complaint);

/* True: it is in force. False: why not; *ret_again when other codes may still do. */
bool factor_enrolment_confirm(struct bus_peer *peer, const struct factor_enrolment *enrolment,
                              const char *first, const char *second, bool *ret_again,
                              struct complaint *complaint);
