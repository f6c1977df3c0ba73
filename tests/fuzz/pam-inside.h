/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PAM module whole, inside this process: real libpam loads a trampoline that calls the module's
 * objects, which are linked into the program; the bus is bytes that wait (bus-wire.h); NSS, syslog
 * and the conversation are played. Nothing waits: where the bytes end, the bus is gone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bus-wire.h"

#define PAM_INSIDE_CONNECTIONS 4
#define PAM_INSIDE_ARGUMENTS   8
#define PAM_INSIDE_NOT_CALLED  (-1)

/* What happens to one handle. Texts may be NULL: not set. */
struct pam_script {
        const char *user, *service, *remote_host, *terminal;
        const char *argv[PAM_INSIDE_ARGUMENTS];
        int argc;
        const char *
                environment[2]; /* entries of the PAM environment; NULL-terminated before the end */
        const char *answers;    /* for message after message, over and over: e Enter, n no answer,
                                 * f failure; "" is "e" */
        void (*on_border)(bool inside); /* the module is entered, is left; may be NULL */
        const char *phases; /* a authenticate, c account, o open, x close; each opens a bus */
        struct wire
                wires[PAM_INSIDE_CONNECTIONS]; /* one for each connection; then there is no bus */
};

/* After one phase. */
struct pam_outcome {
        char phase;
        int code; /* the module's own, before libpam makes something of it */
        bool answers_failed;
        bool has_login, has_session; /* in the PAM environment */
        /* Of the module's calls to StartLogin and Wait; 0: there was none. */
        uint32_t start_cookie, wait_cookie;
        size_t connection; /* the one that the phase used; PAM_INSIDE_CONNECTIONS and more: none */
};

typedef void (*pam_inside_on_outcome)(const struct pam_outcome *outcome, void *userdata);
/* Every text that the person saw, or that the log got from the module. */
typedef void (*pam_inside_on_text)(const char *text, bool is_log, void *userdata);

/* Returns false when libpam could not start: then nothing was called. */
bool pam_inside_run(const struct pam_script *script, pam_inside_on_outcome on_outcome,
                    pam_inside_on_text on_text, void *userdata);
