/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the administrator reads: plain lines about the daemon itself, and one structured journal
 * entry for each decision. Nothing else in the daemon writes anywhere. Codes, tokens and bodies
 * never come here; text from outside is sanitised by its parser before and once more here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/decision-chain.h"
#include "common/login-outcome.h"

/* Plain lines. level is one of syslog(3)'s; %m works. LOG_DEBUG shows only after log_set_debug().
 */
void log_set_debug(bool debug);
void log_line(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define LOG_NO_UID ((uid_t)-1)

enum log_event {
        LOG_EVENT_LOGIN,          /* a login ended; outcome says how */
        LOG_EVENT_ACCOUNT,        /* the account phase refused */
        LOG_EVENT_SESSION_OPENED, /* a granted login became a session */
        LOG_EVENT_SESSION_CLOSED,
        LOG_EVENT_CALLER, /* somebody on the bus asked for what is not theirs */
        LOG_EVENT_TOKEN,  /* somebody asked for an access token of the own session */
        LOG_EVENT_CHANGE, /* an administrator changed what badged knows */
};

/* One decision. Members that are NULL are left out of the entry. All borrowed. */
struct log_decision {
        enum log_event event;
        enum login_outcome outcome;
        const char *account;
        const char *service;
        const char *origin; /* remote host, or the terminal */
        const char *requested_by, *prior;
        uid_t caller_uid; /* who asked on the bus; LOG_NO_UID: not known */
        const char *provider;
        const char *issuer, *subject; /* become IDENTITY= when both are known */
        const char *rule;
        const char *strength; /* acr and amr */
        const char *login;
        const char *session;
        const char *reason; /* for the administrator, in full */
        bool is_idle; /* a refusal that cost nobody anything: its caller can have any number */
};

/* Every decision's entry follows from the one before (common/decision-chain.h): the last of them.
 */
struct log_chain {
        uint64_t sequence; /* 0: there was none yet */
        char digest[DECISION_DIGEST_DIGITS + 1];
        /* After each entry; NULL: nobody wants to know. */
        void (*on_grown)(const struct log_chain *chain, void *userdata);
        void *userdata;
};

/* Copies it: the next entry follows that one. Without it the first entry follows none. */
void log_continue_chain(const struct log_chain *from);
struct log_chain log_chain(void);

void log_decision(const struct log_decision *decision);

/* Asked before an idle refusal of somebody who is not root is written: true when it is one too many
 * of that uid. NULL: none is. */
struct log_bound {
        bool (*is_too_many)(uid_t caller_uid, void *userdata);
        void *userdata;
};
void log_bound_refusals(const struct log_bound *by);
