/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who logs in, at the other end of the bus: a process of its own, which nothing is short in. It is
 * given the daemon's name on the bus and asks for a login of alice as the PAM module would, or for
 * what badgectl does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The first four: StartLogin, Wait, and when granted OpenSession. */
enum torture_visit {
        VISIT_LOGIN,  /* of sshd */
        VISIT_TICKET, /* likewise, presenting the ticket */
        VISIT_CODE,   /* of login, presenting the code that TORTURE_SHARED_SECRET has now */
        VISIT_AGAIN,  /* of sudo, in TORTURE_LOGIN_SESSION; and CloseSession */
        VISIT_ADMIN,  /* StartLogin of root, which is refused, and what badgectl asks for */
};

#define TORTURE_LOGIN_SESSION "0123456789abcdef0123456789abcdef/audit/4294967290"
#define TORTURE_SHARED_SECRET "12345678901234567890"

/* What the person tells, byte after byte: first that it waits, then how it ended. */
enum torture_word {
        WORD_WAITS = 'w',   /* is about to call Wait */
        WORD_GRANTED = 'g', /* with all that belongs to it, session included */
        WORD_BARE = 'b',    /* granted, but something after or beside it failed */
        WORD_REFUSED = 'r', /* the verdict was "refused"; of VISIT_ADMIN: root's was not */
        WORD_OPEN = 'o',    /* it was not, and something was open all the same */
        WORD_ERROR = 'e',   /* anything else */
};

struct torture_person {
        pid_t pid;
        int fd; /* a socket of packets: names there, words back */
};

/* ticket: what VISIT_TICKET types. */
bool torture_person_start(struct torture_person *person, enum torture_visit visit,
                          const char *ticket);
void torture_person_stop(struct torture_person *person);
