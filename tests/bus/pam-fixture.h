/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real libpam with the built module, through pam_start_confdir(); a conversation that records, the
 * accounts alice and Alice (1000), svc (500) and root (0) in the place of NSS, and what went to
 * syslog. */
#pragma once

#include <security/pam_appl.h>
#include <stdbool.h>

#define TICKET        "008j4-ct4an-k7f24-snaxw-sqfezw"
#define PASSWORD      "hunter 2!"
#define ONE_TIME_CODE "492 039"

enum answers {
        ANSWERS_ENTER,    /* every prompt gets an empty line */
        ANSWERS_NULL,     /* prompts succeed without an answer */
        ANSWERS_FAIL,     /* every message fails */
        ANSWERS_NO_INPUT, /* texts are shown, prompts fail */
        ANSWERS_BLANKS,
        ANSWERS_TICKET,    /* TICKET */
        ANSWERS_PASSWORD,  /* PASSWORD */
        ANSWERS_CODE,      /* ONE_TIME_CODE */
        ANSWERS_CODE_LATE, /* likewise, after an empty line */
};

struct pam_fixture {
        pam_handle_t *pamh;
        enum answers answers;
        bool saw_stdio; /* one of the descriptors 0 to 2 was open during a message */
        char folder[64];
        char service[32];
        char shown[65536]; /* every message: its style (hidden: without echo), a colon, the text, a
                              newline */
        char log[8192];
};

/* IGNORE from the module shows up as PAM_CRED_ERR of the line behind it, in the account and session
 * phases; every other code as itself. */
#define IGNORED PAM_CRED_ERR

void pam_fixture_start(struct pam_fixture *fixture, const char *service, const char *user,
                       const char *options, enum answers answers);
/* Does nothing for one that is empty; leaves it empty. */
void pam_fixture_stop(struct pam_fixture *fixture);
