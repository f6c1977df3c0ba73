/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of the daemon for whoever wants a login: the PAM module and badgectl. Each call blocks
 * until its answer, its deadline, the daemon's or the bus's death, or the interrupt descriptor, and
 * leaves a verdict with a sentence in every case. Deadlines are CLOCK_BOOTTIME (common/clock.h).
 * One thread; not across fork(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"

struct bus_peer;
struct challenge;
struct login_context;
struct login_details;
struct login_verdict;
struct secret;

struct bus_client;

/* True, or false and why in *verdict. Starts the daemon when the bus can. interrupt_fd is borrowed;
 * once it is readable every call ends as LOGIN_CANCELLED; -1 for none. */
bool bus_client_new(int interrupt_fd, uint64_t deadline_usec, struct bus_client **ret_client,
                    struct login_verdict *verdict);

/* Likewise for a daemon that was found already. Takes the peer over, on failure too; NULL when
 * memory is short. */
struct bus_client *bus_client_new_for(struct bus_peer *peer);

/* Leaves the bus; a login that is not granted yet dies with the connection. */
struct bus_client *bus_client_free(struct bus_client *client);
DEFINE_CLEANUP(struct bus_client *, bus_client_free);
#define _cleanup_bus_client_ _cleanup_(bus_client_freep)

/* True: a login waits under *ret_id, and *ret_challenge (the caller's to finish) is what the person
 * must see, or empty when nothing is to be shown; CHALLENGE_BROWSER only where the context has a
 * redirect_uri. False: *verdict says why. */
bool bus_client_start_login(struct bus_client *client, const char *account, const char *service,
                            const struct login_context *context, uint64_t deadline_usec,
                            char **ret_id, struct challenge *ret_challenge,
                            struct login_verdict *verdict);

/* Hands over what a browser brought back to the context's redirect_uri: the query as it came, at
 * most 8 KiB. True: the login has it, or ended before; bus_client_wait() tells how. False: *verdict
 * says why. */
bool bus_client_answer(struct bus_client *client, const char *id, const char *query,
                       struct login_verdict *verdict);

/* Hands over what the person typed in place of approving. True: the login has it, or ended before;
 * bus_client_wait() tells how. False: *verdict says why, and what was typed went nowhere when it
 * could not have been a ticket or a code. */
bool bus_client_present(struct bus_client *client, const char *id, const struct secret *typed,
                        struct login_verdict *verdict);

/* Waits for the end of the login. A deadline that passes is LOGIN_EXPIRED. Whatever did not come
 * from the daemon has cancelled the login. ret_details may be NULL; filled only when granted, and
 * not where there was nothing to approve. Asks nobody when the daemon has said with the challenge
 * that the login is granted. */
void bus_client_wait(struct bus_client *client, const char *id, uint64_t deadline_usec,
                     struct login_verdict *verdict, struct login_details *ret_details);

/* Asks the daemon to forget the login, without waiting for it to do so. */
void bus_client_cancel(struct bus_client *client, const char *id);

/* May this account use this service now? LOGIN_GRANTED from the daemon means yes. */
void bus_client_check_account(struct bus_client *client, const char *account, const char *service,
                              const struct login_context *context, struct login_verdict *verdict);

/* Claims a granted login for a session: true and *ret_session, or false and why. Root only. */
bool bus_client_open_session(struct bus_client *client, const char *account, const char *id,
                             const struct login_context *context, char **ret_session,
                             struct login_verdict *verdict);
/* Tells which login session it began, where the context knows that only now. Likewise. */
bool bus_client_bind_session(struct bus_client *client, const char *session,
                             const struct login_context *context, struct login_verdict *verdict);
bool bus_client_close_session(struct bus_client *client, const char *session,
                              struct login_verdict *verdict);
