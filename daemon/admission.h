/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is checked of a request before any provider is asked: the caller, the names, the local
 * account, and the limits. Which provider is asked, and whether a rule of it reaches the account,
 * is the service's to find. Every refusal is in the journal when it is returned. */
#pragma once

#include <stdint.h>

#include "attempts.h"
#include "common/login-outcome.h"
#include "log.h"
#include "login.h"
#include "settings.h"
#include "state.h"

struct rate_limit;
struct state;

/* Why somebody is turned away: for the person, in a sentence. Static. LOGIN_GRANTED: nothing is
 * against it so far. */
struct refusal {
        enum login_outcome outcome;
        const char *reason;
};

struct admission {
        const struct settings *settings;
        struct state *state;
        const struct attempts *attempts;
        struct rate_limit *starts;
        uint64_t n_refused; /* logins, since the start */
};

/* settings, state and attempts are borrowed until admission_finish(). 0 or -ENOMEM. */
int admission_init(struct admission *admission, const struct settings *settings,
                   struct state *state, const struct attempts *attempts);
void admission_finish(struct admission *admission);

extern const struct refusal admission_no_objection;

/* Turns the request away: detail is for the journal, sentence for the person; both static. */
struct refusal admission_refuse(struct admission *admission, enum log_event event,
                                const struct login_request *request, enum login_outcome outcome,
                                const char *sentence, const char *detail);

/* Likewise, with the one sentence for every account that is not to be had: it does not tell which
 * names exist. */
struct refusal admission_refuse_account(struct admission *admission, enum log_event event,
                                        const struct login_request *request, const char *detail);

/* May the caller ask about the account, is it one that badged serves, and may anybody be let in at
 * all? event is what a refusal is recorded as. */
struct refusal admission_check_local(struct admission *admission, enum log_event event,
                                     const struct login_request *request);

/* Has whoever comes from there failed so often that they have to wait? now_sec: CLOCK_REALTIME. */
struct refusal admission_check_throttle(struct admission *admission,
                                        const struct login_request *request, uint64_t now_sec);

/* Is there room for one more login? A yes counts against the source's rate. now_usec:
 * CLOCK_BOOTTIME. */
struct refusal admission_check_limits(struct admission *admission,
                                      const struct login_request *request, uint64_t now_usec);

/* For a login that need not be approved by anybody, and asks no provider as far as that goes: only
 * whether there is room. When it has to ask after all, admission_objection() is as above, for one
 * that is pending already: NULL, or why not, for the journal; static. */
struct refusal admission_check_room(struct admission *admission,
                                    const struct login_request *request);
const char *admission_objection(struct admission *admission, const struct login_request *request,
                                uint64_t now_usec);
