/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole of what the daemon does, without a bus: providers, logins under way and their limits,
 * sessions. One verb for each thing that somebody may ask for; who may ask is the bus's business.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "account-check.h"
#include "admission.h"
#include "attempts.h"
#include "common/cleanup.h"
#include "login.h"
#include "settings.h"
#include "state.h"
#include "token-keeper.h"

struct self_links;
struct service;

/* Takes the settings over, on failure too. The state is borrowed. */
int service_new(sd_event *event, struct settings *settings, struct state *state,
                struct service **ret_service);
/* Attempts, and waits for tokens, must be gone already. */
struct service *service_free(struct service *service);
DEFINE_CLEANUP(struct service *, service_free);

/* Called when a session was ended that logind knows by that name, and the settings want the login
 * session to end with it. */
void service_on_end_login(struct service *service,
                          void (*on_end_login)(const char *logind, void *userdata), void *userdata);

/* Goes on with the sessions of before, and fetches every provider's metadata and keys ahead of the
 * first login. */
void service_warm_up(struct service *service);

/* Everything that can be known without asking a provider is checked first (name, NSS, uid, shell,
 * caller, a rule that reaches the account, limits). 1 and the attempt, which has started; 0 and
 * *ret_refusal, which is in the journal already; -ENOMEM and the like. provider may be NULL: the
 * account's own, or the default. The listener is called as login.h says. */
int service_start_login(struct service *service, const struct login_request *request,
                        const char *provider, const struct login_listener *listener,
                        struct attempt **ret_attempt, struct refusal *ret_refusal);
/* Ends the logins that are pending because badged is stopping; for after the loop. */
void service_stop(struct service *service);

/* May the account be used with badged at all? LOGIN_GRANTED or not, as far as is known here without
 * asking a provider. Refusals are in the journal already. */
struct refusal service_check_reach(struct service *service, const struct login_request *request);

/* The account phase, which begins with that: 0 and *ret_answer; or 1, when account_check_new() has
 * more to find out. */
int service_check_account(struct service *service, const struct login_request *request,
                          account_check_on_done on_done, void *userdata,
                          struct account_check **ret_check, struct refusal *ret_answer);

/* A granted login becomes a session, which keeps its id: as granted_logins_open(). */
int service_open_session(struct service *service, const char *login, const char *account,
                         const char *login_session, store_on_done on_done, void *userdata,
                         struct store_write **ret_write);
/* As sessions_bind(). */
int service_bind_session(struct service *service, const char *session, const char *login_session);
/* Sessions, to be read, and to be ended. Borrowed. */
struct granted_logins *service_granted_logins(const struct service *service);

/* An access token of the caller's own: as own_tokens_get() says. */
int service_get_token(struct service *service, uid_t caller_uid, uint64_t min_lifetime_sec,
                      token_on_answer on_answer, void *userdata, struct token_wait **ret_wait,
                      const char **ret_sentence);
/* Ends those of the caller's own: as granted_logins_end_tokens() says. */
int service_end_tokens(struct service *service, uid_t caller_uid, struct token_record *ret_record,
                       const char **ret_sentence);

/* What people offered to have linked to their accounts. */
struct self_links *service_self_links(const struct service *service);

struct service_status {
        size_t pending_logins, open_sessions;
        uint64_t granted_logins, refused_logins; /* since the start; refused: every other end */
};
struct service_status service_status(const struct service *service);

/* The providers, in the order of the settings; NULL past the end. */
struct provider *service_provider_at(const struct service *service, size_t index);
struct provider *service_provider(const struct service *service, const char *name);
const struct settings *service_settings(const struct service *service);
struct state *service_state(const struct service *service);
sd_event *service_event(const struct service *service);
