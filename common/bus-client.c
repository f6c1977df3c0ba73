/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bus-client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/bus-names.h"
#include "common/bus-peer.h"
#include "common/bus-reply.h"
#include "common/bus-verdict.h"
#include "common/challenge.h"
#include "common/clock.h"
#include "common/login-context.h"
#include "common/login-verdict.h"
#include "common/secret.h"

/* The daemon bounds its own work for these calls by 20 s (connect 5 s, request 15 s). */
#define WORK_TIMEOUT_USEC (22 * USEC_PER_SEC)
/* Calls that the daemon answers from memory. */
#define BRIEF_TIMEOUT_USEC (5 * USEC_PER_SEC)

#define LOGIN_PATH_SIZE (sizeof(BADGED_LOGIN_PATH) + 1 + LOGIN_ID_MAX_BYTES)

struct bus_client {
        struct bus_peer *peer;
        char granted[LOGIN_ID_MAX_BYTES + 1]; /* the login that StartLogin said so of; or none */
};

static uint64_t sooner(uint64_t a_usec, uint64_t b_usec)
{
        return a_usec < b_usec ? a_usec : b_usec;
}

static int new_call(struct bus_client *client, const char *member, sd_bus_message **ret_call)
{
        return bus_peer_new_call(client->peer, BADGED_PATH, BADGED_INTERFACE, member, ret_call);
}

/* types: of first and second, which is not read where there is only one. */
static int new_context_call(struct bus_client *client, const char *member, const char *types,
                            const char *first, const char *second,
                            const struct login_context *context, sd_bus_message **ret_call)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        int r = new_call(client, member, &call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, types, first, second);
        if (r < 0)
                return r;
        r = login_context_append(context, call);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

static void complain(enum peer_answer answer, sd_bus_message *reply, struct login_verdict *verdict)
{
        if (answer == PEER_ERROR)
                bus_verdict_for_error(reply, verdict);
        else
                bus_verdict_for_silence(answer, verdict);
}

/* True: *ret_reply is the daemon's method return. */
static bool ask(struct bus_client *client, sd_bus_message *call, uint64_t deadline_usec,
                sd_bus_message **ret_reply, struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *reply = NULL;

        enum peer_answer answer = bus_peer_call(client->peer, call, deadline_usec, &reply);
        if (answer == PEER_ANSWERED)
                *ret_reply = TAKE_PTR(reply);
        else
                complain(answer, reply, verdict);
        return answer == PEER_ANSWERED;
}

bool bus_client_new(int interrupt_fd, uint64_t deadline_usec, struct bus_client **ret_client,
                    struct login_verdict *verdict)
{
        _cleanup_bus_client_ struct bus_client *client = calloc(1, sizeof(*client));
        enum peer_answer answer = PEER_UNREACHABLE;

        if (client)
                answer = bus_peer_new(interrupt_fd,
                                      sooner(deadline_usec, clock_now_usec() + WORK_TIMEOUT_USEC),
                                      &client->peer);
        if (answer != PEER_ANSWERED) {
                bus_verdict_for_silence(answer, verdict);
                return false;
        }
        *ret_client = TAKE_PTR(client);
        return true;
}

struct bus_client *bus_client_new_for(struct bus_peer *peer)
{
        struct bus_client *client = calloc(1, sizeof(*client));

        if (client)
                client->peer = peer;
        else
                bus_peer_free(peer);
        return client;
}

struct bus_client *bus_client_free(struct bus_client *client)
{
        if (!client)
                return NULL;
        bus_peer_free(client->peer);
        free(client);
        return NULL;
}

/* Who gave no redirect_uri has no browser: an address for one is nonsense, and is never shown. */
static int read_start(struct bus_client *client, sd_bus_message *reply,
                      const struct login_context *context, char **ret_id,
                      struct challenge *ret_challenge)
{
        _cleanup_challenge_ struct challenge challenge = {0};
        _cleanup_free_ char *id = NULL;
        bool at_once = false;

        int r = bus_reply_read_start(reply, &id, &challenge, &at_once);
        if (r < 0)
                return r;
        if (challenge_kind(&challenge) == CHALLENGE_BROWSER && !context->redirect_uri)
                return -EBADMSG;
        if (at_once)
                (void)snprintf(client->granted, sizeof(client->granted), "%s", id);
        *ret_id = TAKE_PTR(id);
        *ret_challenge = challenge;
        challenge = (struct challenge){0};
        return 0;
}

bool bus_client_start_login(struct bus_client *client, const char *account, const char *service,
                            const struct login_context *context, uint64_t deadline_usec,
                            char **ret_id, struct challenge *ret_challenge,
                            struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
        struct login_context told = *context;

        told.knows_granted = true;
        int r = new_context_call(client, "StartLogin", "ss", account, service, &told, &call);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return false;
        }
        if (!ask(client, call, sooner(deadline_usec, clock_now_usec() + WORK_TIMEOUT_USEC), &reply,
                 verdict))
                return false;
        r = read_start(client, reply, context, ret_id, ret_challenge);
        if (r < 0)
                bus_verdict_for_failure(r, verdict);
        return r >= 0;
}

static int login_path_format(const char *id, char path[static LOGIN_PATH_SIZE])
{
        if (!login_id_is_valid(id))
                return -EINVAL;
        (void)snprintf(path, LOGIN_PATH_SIZE, "%s/%s", BADGED_LOGIN_PATH, id);
        return 0;
}

static int new_login_call(struct bus_client *client, const char *id, const char *member,
                          sd_bus_message **ret_call)
{
        char path[LOGIN_PATH_SIZE];

        int r = login_path_format(id, path);
        return r < 0 ? r
                     : bus_peer_new_call(client->peer, path, BADGED_LOGIN_INTERFACE, member,
                                         ret_call);
}

void bus_client_cancel(struct bus_client *client, const char *id)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        if (new_login_call(client, id, "Cancel", &call) >= 0)
                bus_peer_send(client->peer, call);
}

/* A call that carries what must not be left lying about. */
static int new_text_call(struct bus_client *client, const char *id, const char *member,
                         const char *text, sd_bus_message **ret_call)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        int r = new_login_call(client, id, member, &call);
        if (r < 0)
                return r;
        r = sd_bus_message_sensitive(call);
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "s", text);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

static bool hand_over(struct bus_client *client, const char *id, const char *member,
                      const char *text, struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        int r = new_text_call(client, id, member, text, &call);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return false;
        }
        enum peer_answer answer = bus_peer_call(client->peer, call,
                                                clock_now_usec() + BRIEF_TIMEOUT_USEC, &reply);
        if (answer == PEER_ERROR)
                bus_verdict_for_error(reply, verdict);
        else if (answer != PEER_ANSWERED)
                bus_verdict_for_silence(answer, verdict);
        return answer == PEER_ANSWERED ||
               (answer == PEER_ERROR &&
                sd_bus_message_is_method_error(reply, BADGED_ERROR_UNEXPECTED_ANSWER) > 0);
}

bool bus_client_answer(struct bus_client *client, const char *id, const char *query,
                       struct login_verdict *verdict)
{
        return hand_over(client, id, "Answer", query, verdict);
}

/* People type their password at any prompt: most of them are kept from the bus by this. */
static bool secret_is_presentable(const struct secret *typed)
{
        static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789- ";
        size_t size = secret_size(typed);

        return size <= BADGED_SECRET_MAX_BYTES && strspn(secret_bytes(typed), good) == size;
}

bool bus_client_present(struct bus_client *client, const char *id, const struct secret *typed,
                        struct login_verdict *verdict)
{
        if (!secret_is_presentable(typed)) {
                login_verdict_set(verdict, LOGIN_REFUSED,
                                  "What was typed is no ticket. To approve, type nothing.");
                return false;
        }
        return hand_over(client, id, "Present", secret_bytes(typed), verdict);
}

static bool is_granted(const struct bus_client *client, const char *id)
{
        return login_id_is_valid(id) && strcmp(client->granted, id) == 0;
}

void bus_client_wait(struct bus_client *client, const char *id, uint64_t deadline_usec,
                     struct login_verdict *verdict, struct login_details *ret_details)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        if (is_granted(client, id)) {
                login_verdict_set_foreign(verdict, LOGIN_GRANTED, NULL);
                return;
        }
        int r = new_login_call(client, id, "Wait", &call);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return;
        }
        enum peer_answer answer = bus_peer_call(client->peer, call, deadline_usec, &reply);
        if (answer == PEER_ANSWERED)
                bus_reply_read_wait(reply, verdict, ret_details);
        else if (answer == PEER_ERROR)
                bus_verdict_for_error(reply, verdict);
        else if (answer == PEER_LATE)
                login_verdict_set(verdict, LOGIN_EXPIRED, NULL);
        else
                bus_verdict_for_silence(answer, verdict);
        if (!verdict->from_daemon)
                bus_client_cancel(client, id);
}

void bus_client_check_account(struct bus_client *client, const char *account, const char *service,
                              const struct login_context *context, struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        int r = new_context_call(client, "CheckAccount", "ss", account, service, context, &call);
        if (r < 0)
                bus_verdict_for_failure(r, verdict);
        else if (ask(client, call, clock_now_usec() + WORK_TIMEOUT_USEC, &reply, verdict))
                bus_reply_read_check(reply, verdict);
}

bool bus_client_open_session(struct bus_client *client, const char *account, const char *id,
                             const struct login_context *context, char **ret_session,
                             struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
        char path[LOGIN_PATH_SIZE];

        int r = login_path_format(id, path);
        if (r >= 0)
                r = new_context_call(client, "OpenSession", "so", account, path, context, &call);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return false;
        }
        if (!ask(client, call, clock_now_usec() + BRIEF_TIMEOUT_USEC, &reply, verdict))
                return false;
        r = bus_reply_read_session(reply, ret_session);
        if (r < 0)
                bus_verdict_for_failure(r, verdict);
        return r >= 0;
}

bool bus_client_bind_session(struct bus_client *client, const char *session,
                             const struct login_context *context, struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        int r = new_context_call(client, "BindSession", "s", session, NULL, context, &call);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return false;
        }
        return ask(client, call, clock_now_usec() + BRIEF_TIMEOUT_USEC, &reply, verdict);
}

/* Somebody else may have ended it before: closed is closed. */
bool bus_client_close_session(struct bus_client *client, const char *session,
                              struct login_verdict *verdict)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        int r = new_call(client, "CloseSession", &call);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", session);
        if (r < 0) {
                bus_verdict_for_failure(r, verdict);
                return false;
        }
        enum peer_answer answer = bus_peer_call(client->peer, call,
                                                clock_now_usec() + BRIEF_TIMEOUT_USEC, &reply);
        if (answer == PEER_ANSWERED ||
            (answer == PEER_ERROR &&
             sd_bus_message_is_method_error(reply, BADGED_ERROR_NO_SUCH_SESSION) > 0))
                return true;
        complain(answer, reply, verdict);
        return false;
}
