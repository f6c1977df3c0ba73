/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-login.h"

#include <limits.h>
#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/bus-client.h"
#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/clock.h"
#include "common/login-verdict.h"
#include "common/secret.h"
#include "pam/pam-dialog.h"
#include "pam/pam-interrupt.h"
#include "pam/pam-request.h"

/* The daemon itself ends a login that expired; this is for one that does not. */
#define EXPIRY_MARGIN_SEC 10
/* With nothing to approve, the daemon answers as soon as the provider does. */
#define SILENT_TIMEOUT_SEC 22

#define DATA_REFUSED "badge_refused"

/* One login while it lasts. */
struct attempt {
        struct request *request;
        struct bus_client *client;
        struct interrupt interrupt;
        struct challenge challenge;
        char *id;
        uint64_t limit_usec; /* by the timeout option */
};

static void attempt_init(struct attempt *attempt, struct request *request)
{
        uint64_t timeout_sec = request->options.timeout_sec;

        *attempt = (struct attempt){
                .request = request,
                .interrupt.fd = -1,
                .limit_usec = timeout_sec > 0 ? clock_now_usec() + timeout_sec * USEC_PER_SEC
                                              : UINT64_MAX,
        };
        /* A graphical agent has no terminal to press Ctrl-C on. */
        if (request->options.dialog != DIALOG_TEXT)
                interrupt_init(&attempt->interrupt);
}

static void attempt_finish(struct attempt *attempt)
{
        bus_client_free(attempt->client);
        challenge_finish(&attempt->challenge);
        free(attempt->id);
        interrupt_finish(&attempt->interrupt);
}

static bool check_locally(struct request *request, struct login_verdict *verdict)
{
        if (request->options.require_publickey && !request_has_prior(request, "publickey")) {
                login_verdict_set(verdict, LOGIN_REFUSED, "Use your SSH key first.");
                return false;
        }
        switch (request_look_up(request)) {
        case ACCOUNT_PERSON:
                return true;
        case ACCOUNT_ROOT:
                if (request->options.allow_root)
                        return true;
                login_verdict_set(verdict, LOGIN_REFUSED, "Nobody signs in as root this way.");
                return false;
        case ACCOUNT_SYSTEM:
                login_verdict_set(verdict, LOGIN_REFUSED,
                                  "Nobody signs in to a system account this way.");
                return false;
        case ACCOUNT_UNKNOWN:
        case ACCOUNT_UNCHECKED:
                break;
        }
        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
        return false;
}

/* sudo asks its modules again after a refusal. A person must want the next login: it costs the
 * provider a request and looks like the one that was just refused. */
static bool ask_again(const struct request *request, struct login_verdict *verdict)
{
        const void *refused = NULL;

        if (pam_get_data(request->pamh, DATA_REFUSED, &refused) != PAM_SUCCESS || !refused)
                return true;
        if (dialog_prompt(request->pamh, "Press Enter to try again: ") == PAM_SUCCESS)
                return true;
        login_verdict_set(verdict, LOGIN_CANCELLED, NULL);
        return false;
}

static void remember_refusal(const struct request *request)
{
        /* PAM wants a pointer; which one does not matter, and nobody writes through it. */
        (void)pam_set_data(request->pamh, DATA_REFUSED, request->pamh, NULL);
}

static bool start_login(struct attempt *attempt, struct login_verdict *verdict)
{
        const struct request *request = attempt->request;
        struct login_context context = request_context(request);

        return bus_client_new(attempt->interrupt.fd, attempt->limit_usec, &attempt->client,
                              verdict) &&
               bus_client_start_login(attempt->client, request->account, request->service, &context,
                                      attempt->limit_usec, &attempt->id, &attempt->challenge,
                                      verdict);
}

static int attempt_text(const struct attempt *attempt, char **ret_text)
{
        const struct request *request = attempt->request;
        struct window window = dialog_window();
        char host[HOST_NAME_MAX + 1] = "";

        (void)gethostname(host, sizeof(host) - 1);
        const struct challenge_view view = {
                .host = host,
                .service = request->service,
                .account = request->account,
                .origin = request->remote_host ? request->remote_host : request->terminal,
                .columns = window.columns,
                .lines = window.lines,
                .prompt = request->options.dialog == DIALOG_PROMPT,
                .one_line = request->options.dialog == DIALOG_TEXT,
        };
        return challenge_text_new(&attempt->challenge, &view, ret_text);
}

/* At a prompt, Ctrl-C is the application's. */
static int ask(struct attempt *attempt, const char *text, struct secret **ret_typed)
{
        interrupt_release(&attempt->interrupt);
        int r = dialog_ask(attempt->request->pamh, text, ret_typed);
        interrupt_hold(&attempt->interrupt);
        return r;
}

/* Whoever pressed Enter out of habit is asked once more. */
static int ask_for_code(struct attempt *attempt, const char *text, struct secret **ret_typed)
{
        int r = ask(attempt, text, ret_typed);

        return r == PAM_SUCCESS && !*ret_typed ? ask(attempt, "Type the code: ", ret_typed) : r;
}

/* What was typed in place of approving, or beside it, comes as *ret_typed; NULL: nothing was. */
static int show_text(struct attempt *attempt, const char *text, struct secret **ret_typed)
{
        if (challenge_kind(&attempt->challenge) == CHALLENGE_SECRET)
                return ask(attempt, text, ret_typed);
        if (attempt->challenge.wants_code)
                return ask_for_code(attempt, text, ret_typed);
        switch (attempt->request->options.dialog) {
        case DIALOG_WAIT:
        case DIALOG_TEXT:
                return dialog_show(attempt->request->pamh, text);
        case DIALOG_PROMPT:
                break;
        }
        return ask(attempt, text, ret_typed);
}

static bool show_challenge(struct attempt *attempt, struct secret **ret_typed,
                           struct login_verdict *verdict)
{
        _cleanup_free_ char *text = NULL;

        if (attempt_text(attempt, &text) < 0) {
                login_verdict_set(verdict, LOGIN_UNAVAILABLE, NULL);
                return false;
        }
        /* Who is asked for a secret alone, and has none, may go on to another way in. */
        attempt->request->code_was_shown = challenge_kind(&attempt->challenge) != CHALLENGE_SECRET;
        if (show_text(attempt, text, ret_typed) == PAM_SUCCESS)
                return true;
        login_verdict_set(verdict, LOGIN_CANCELLED, "This program could not show what to approve.");
        return false;
}

/* With nothing typed there is nothing to wait for where nothing can be approved. */
static bool hand_over(struct attempt *attempt, const struct secret *typed,
                      struct login_verdict *verdict)
{
        if (typed) {
                attempt->request->code_was_shown = true;
                return bus_client_present(attempt->client, attempt->id, typed, verdict);
        }
        if (challenge_kind(&attempt->challenge) != CHALLENGE_SECRET)
                return true;
        login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                          "The identity provider cannot be asked right now. Try again later.");
        return false;
}

/* False: it is over, and the verdict set. */
static bool meet_challenge(struct attempt *attempt, struct login_verdict *verdict)
{
        _cleanup_secret_ struct secret *typed = NULL;

        if (challenge_is_empty(&attempt->challenge))
                return true;
        if (show_challenge(attempt, &typed, verdict) && hand_over(attempt, typed, verdict))
                return true;
        bus_client_cancel(attempt->client, attempt->id);
        return false;
}

static void attempt_run(struct attempt *attempt, struct login_verdict *verdict)
{
        if (!start_login(attempt, verdict))
                return;

        uint64_t wait_sec = challenge_is_empty(&attempt->challenge)
                                    ? SILENT_TIMEOUT_SEC
                                    : attempt->challenge.expires_in_sec + EXPIRY_MARGIN_SEC;
        uint64_t deadline_usec = clock_now_usec() + wait_sec * USEC_PER_SEC;
        if (deadline_usec > attempt->limit_usec)
                deadline_usec = attempt->limit_usec;
        if (attempt->request->options.debug)
                pam_syslog(attempt->request->pamh, LOG_DEBUG, "login %s started", attempt->id);
        if (meet_challenge(attempt, verdict))
                bus_client_wait(attempt->client, attempt->id, deadline_usec, verdict, NULL);
}

static void free_account(pam_handle_t *pamh, void *account, int error_status)
{
        free(account);
}

static bool keep_account(const struct request *request)
{
        _cleanup_free_ char *account = strdup(request->account);

        if (!account ||
            pam_set_data(request->pamh, DATA_ACCOUNT, account, free_account) != PAM_SUCCESS)
                return false;
        TAKE_PTR(account);
        return true;
}

static bool put_login(const struct attempt *attempt)
{
        _cleanup_free_ char *entry = NULL;

        if (asprintf(&entry, ENV_LOGIN "=%s", attempt->id) < 0) {
                entry = NULL;
                return false;
        }
        return pam_putenv(attempt->request->pamh, entry) == PAM_SUCCESS;
}

/* Without the name of its login the session could not be told apart from one without badge. */
static void hand_on(const struct attempt *attempt, struct login_verdict *verdict)
{
        if (!keep_account(attempt->request) || !put_login(attempt))
                login_verdict_set(verdict, LOGIN_REFUSED, NULL);
}

void login_run(struct request *request, struct login_verdict *verdict)
{
        struct attempt attempt;

        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
        if (!check_locally(request, verdict) || !ask_again(request, verdict))
                return;
        attempt_init(&attempt, request);
        attempt_run(&attempt, verdict);
        if (login_verdict_is_granted(verdict))
                hand_on(&attempt, verdict);
        if (!login_verdict_is_granted(verdict))
                remember_refusal(request);
        attempt_finish(&attempt);
}
