/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ctrl-C while the module waits: SIGINT as a readable descriptor, for this thread only, without a
 * handler. sudo blocks SIGINT and login ignores it during authentication; here it still counts. */
#pragma once

#include <signal.h>

struct interrupt {
        int fd; /* readable once SIGINT came; -1: not to be had, waits end by their deadline */
        sigset_t before;
};

/* Holds SIGINT back. Never fails: without a descriptor nothing is held back. */
void interrupt_init(struct interrupt *interrupt);

/* The caller's own signal mask, for as long as its prompt lasts; and back again. */
void interrupt_release(struct interrupt *interrupt);
void interrupt_hold(struct interrupt *interrupt);

/* Takes a SIGINT that is still pending, so that it does not end the caller, and restores the mask.
 */
void interrupt_finish(struct interrupt *interrupt);
