/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who logs in, at the other end of the bus: a process of its own, which nothing is short in. It is
 * given the daemon's name on the bus and asks for a login of alice as the PAM module would. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum torture_visit {
        VISIT_LOGIN, /* StartLogin, Wait, and when granted OpenSession and CloseSession */
        VISIT_ADMIN, /* StartLogin of root, which is refused; GetStatus, CheckProvider */
};

/* What the person tells, byte after byte: first that it waits, then how it ended. */
enum torture_word {
        WORD_WAITS = 'w',   /* is about to call Wait */
        WORD_GRANTED = 'g', /* with all that belongs to it, session included */
        WORD_BARE = 'b',    /* granted, but something after or beside it failed */
        WORD_REFUSED = 'r', /* the verdict was "refused"; of VISIT_ADMIN: root's was not */
        WORD_ERROR = 'e',   /* anything else */
};

struct torture_person {
        pid_t pid;
        int fd; /* a socket of packets: names there, words back */
};

bool torture_person_start(struct torture_person *person, enum torture_visit visit);
void torture_person_stop(struct torture_person *person);
