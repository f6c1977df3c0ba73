/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One login as the PAM module does it, from the terminal or desktop that badgectl runs in: shows
 * what to approve and waits for the verdict. What the login is for is the verb's business. */
#pragma once

#include <stdbool.h>

#include "common/challenge.h"
#include "common/login-details.h"
#include "ctl/command.h"
#include "ctl/daemon-call.h"

struct browser_listener;
struct bus_client;

/* Borrowed until the attempt is finished. */
struct login_attempt_spec {
        const char *account;  /* NULL: the caller's own */
        const char *provider; /* NULL: as the settings say */
        const char *service;  /* NULL: badgectl */
        const char *offer;    /* the id of the login whose identity this links; NULL: none */
        bool browser, json;
};

struct login_attempt {
        const struct login_attempt_spec *spec;
        char *account;  /* printable */
        char *caller;   /* NULL: the uid has no name */
        char *terminal; /* NULL: none */
        int interrupt_fd;
        struct browser_listener *listener; /* NULL: no browser approves */
        struct bus_client *client;
        char *id; /* NULL: it did not start */
        struct challenge challenge;
        struct login_details details;
        struct complaint end;
};

/* From then on Ctrl-C ends the attempt alone. -ENOENT when the caller has no name and no account
 * was named, -ENOMEM, or no descriptor. To be finished in any case. */
int login_attempt_init(struct login_attempt *attempt, const struct login_attempt_spec *spec);
void login_attempt_finish(struct login_attempt *attempt);
#define _cleanup_login_attempt_ _cleanup_(login_attempt_finish)

/* Once. True when the daemon granted it; end says how it went in any case. */
bool login_attempt_run(struct login_attempt *attempt);

/* What there is to do about its end; NULL: nothing. Static. */
const char *login_attempt_mend(const struct login_attempt *attempt);
enum command_exit login_attempt_exit(const struct login_attempt *attempt);
