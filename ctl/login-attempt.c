/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/login-attempt.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/bus-client.h"
#include "common/bus-names.h"
#include "common/challenge-text.h"
#include "common/clock.h"
#include "common/login-context.h"
#include "common/text.h"
#include "ctl/browser-listener.h"
#include "ctl/desktop.h"
#include "ctl/login-report.h"
#include "ctl/output.h"
#include "ctl/terminal.h"

#define SERVICE "badgectl"

/* The one that the administrator registers: only the port is left open there. */
#define CALLBACK_PATH "/callback"

#define NAME_MAX_BYTES 255

/* The daemon itself ends a login that expired; this is for one that does not. */
#define EXPIRY_MARGIN_SEC 10
/* With nothing to approve, the daemon answers as soon as the provider does. */
#define SILENT_TIMEOUT_SEC 22

void login_attempt_finish(struct login_attempt *attempt)
{
        browser_listener_free(attempt->listener);
        bus_client_free(attempt->client);
        challenge_finish(&attempt->challenge);
        login_details_finish(&attempt->details);
        free(attempt->id);
        free(attempt->account);
        free(attempt->caller);
        free(attempt->terminal);
        closep(&attempt->interrupt_fd);
}

static char *caller_name_new(void)
{
        const struct passwd *entry = getpwuid(getuid());

        return entry ? text_sanitise(entry->pw_name, NAME_MAX_BYTES) : NULL;
}

int login_attempt_init(struct login_attempt *attempt, const struct login_attempt_spec *spec)
{
        *attempt = (struct login_attempt){.spec = spec, .interrupt_fd = -1};
        attempt->caller = caller_name_new();
        attempt->terminal = terminal_name_new();
        const char *account = spec->account ? spec->account : attempt->caller;
        if (!account)
                return -ENOENT;
        attempt->account = text_sanitise(account, NAME_MAX_BYTES);
        if (!attempt->account)
                return -ENOMEM;
        int fd = terminal_interrupt_fd();
        if (fd < 0)
                return fd;
        attempt->interrupt_fd = fd;
        return 0;
}

static bool attempt_connect(struct login_attempt *attempt)
{
        struct bus_peer *peer;

        if (!daemon_find(attempt->interrupt_fd, &peer, &attempt->end))
                return false;
        attempt->client = bus_client_new_for(peer);
        if (!attempt->client)
                complaint_set_unreadable(&attempt->end, -ENOMEM);
        return attempt->client != NULL;
}

/* Whatever keeps a browser from approving here, another device can. */
static void attempt_listen(struct login_attempt *attempt)
{
        if (!attempt->spec->browser)
                return;
        if (!desktop_is_here()) {
                output_complaint("There is no display for a browser; here is a code instead.",
                                 NULL);
                return;
        }
        if (browser_listener_new(CALLBACK_PATH, &attempt->listener) < 0)
                output_complaint("A browser could not come back here; here is a code instead.",
                                 NULL);
}

static const char *service_of(const struct login_attempt *attempt)
{
        return attempt->spec->service ? attempt->spec->service : SERVICE;
}

static bool attempt_start(struct login_attempt *attempt)
{
        struct window window = terminal_window();
        const struct login_context context = {
                .terminal = attempt->terminal,
                .requesting_user = attempt->caller,
                .provider = attempt->spec->provider,
                .offer = attempt->spec->offer,
                .qr = attempt->spec->json ? "none" : terminal_qr_word(),
                .columns = window.columns,
                .lines = window.lines,
                .redirect_uri = attempt->listener ? browser_listener_address(attempt->listener)
                                                  : NULL,
        };

        return bus_client_start_login(attempt->client, attempt->account, service_of(attempt),
                                      &context, UINT64_MAX, &attempt->id, &attempt->challenge,
                                      &attempt->end.verdict);
}

static bool attempt_show(struct login_attempt *attempt)
{
        struct window window = terminal_window();
        char host[HOST_NAME_MAX + 1] = "";

        (void)gethostname(host, sizeof(host) - 1);
        const struct challenge_view view = {
                .host = host,
                .service = service_of(attempt),
                .account = attempt->account,
                .origin = attempt->terminal,
                .columns = window.columns,
                .lines = window.lines,
        };
        int r = login_report_challenge(&attempt->challenge, &view, attempt->spec->json);
        if (r < 0) {
                complaint_set_unreadable(&attempt->end, r);
                bus_client_cancel(attempt->client, attempt->id);
        }
        return r >= 0;
}

/* False: the login is over, and the verdict set. Without an answer it is the daemon that ends it.
 */
static bool attempt_bring_answer(struct login_attempt *attempt, uint64_t deadline_usec)
{
        _cleanup_secret_ struct secret *query = NULL;

        switch (browser_listener_wait(attempt->listener, attempt->interrupt_fd, deadline_usec,
                                      &query)) {
        case LISTENER_ANSWERED:
                if (bus_client_answer(attempt->client, attempt->id, secret_bytes(query),
                                      &attempt->end.verdict))
                        return true;
                break;
        case LISTENER_LATE:
                return true;
        case LISTENER_INTERRUPTED:
                login_verdict_set(&attempt->end.verdict, LOGIN_CANCELLED, NULL);
                break;
        case LISTENER_FAILED:
                complaint_set_unreadable(&attempt->end, -ENOMEM);
                break;
        }
        bus_client_cancel(attempt->client, attempt->id);
        return false;
}

/* NULL, and the verdict set: nothing was typed. stands_alone: there is nothing else to go by. */
static struct secret *attempt_read(struct login_attempt *attempt, bool stands_alone)
{
        char text[BADGED_SECRET_MAX_BYTES + 1];
        struct secret *typed = NULL;

        int r = terminal_read_line(attempt->interrupt_fd, text, sizeof(text));
        if (r > 0 && !(stands_alone && text[0] == '\0')) {
                typed = secret_new_text(text);
                if (!typed)
                        complaint_set_unreadable(&attempt->end, -ENOMEM);
        } else if (r >= 0 && stands_alone) {
                login_verdict_set(&attempt->end.verdict, LOGIN_UNAVAILABLE,
                                  "The identity provider cannot be asked right now.");
        } else {
                login_verdict_set(&attempt->end.verdict, LOGIN_CANCELLED, NULL);
        }
        secret_erase(text, sizeof(text));
        return typed;
}

/* Likewise: what stands in for the approval, or the code that goes with it, before that is waited
 * for. The text for people ends in the prompt for it. */
static bool attempt_bring_secret(struct login_attempt *attempt, bool stands_alone,
                                 const char *prompt)
{
        if (attempt->spec->json || challenge_kind(&attempt->challenge) == CHALLENGE_BROWSER) {
                fputs(prompt, stderr);
                (void)fflush(stderr);
        }
        _cleanup_secret_ struct secret *typed = attempt_read(attempt, stands_alone);
        if (typed && bus_client_present(attempt->client, attempt->id, typed, &attempt->end.verdict))
                return true;
        bus_client_cancel(attempt->client, attempt->id);
        return false;
}

/* Hidden before it is asked for: who types ahead is not shown either. */
static bool attempt_go_by_secret(struct login_attempt *attempt)
{
        bool was_shown = terminal_set_echo(false);
        bool goes_on = attempt_show(attempt) &&
                       attempt_bring_secret(attempt, true, "Ticket or code: ");

        (void)terminal_set_echo(was_shown);
        return goes_on;
}

/* False: the login is over, and the verdict set. */
static bool attempt_approve(struct login_attempt *attempt)
{
        if (challenge_kind(&attempt->challenge) == CHALLENGE_SECRET)
                return attempt_go_by_secret(attempt);
        if (!attempt_show(attempt))
                return false;
        if (attempt->challenge.wants_code &&
            !attempt_bring_secret(attempt, false, "Code of your authenticator app: "))
                return false;
        if (challenge_kind(&attempt->challenge) != CHALLENGE_BROWSER)
                return true;
        browser_listener_expect(attempt->listener, attempt->challenge.authorization_url);
        desktop_open(attempt->challenge.authorization_url);
        bool goes_on = attempt_bring_answer(
                attempt, clock_now_usec() + attempt->challenge.expires_in_sec * USEC_PER_SEC);
        /* One answer, then closed. */
        attempt->listener = browser_listener_free(attempt->listener);
        return goes_on;
}

static void run(struct login_attempt *attempt)
{
        uint64_t wait_sec = SILENT_TIMEOUT_SEC;

        if (!attempt_connect(attempt))
                return;
        attempt_listen(attempt);
        if (!attempt_start(attempt))
                return;
        if (!challenge_is_empty(&attempt->challenge)) {
                wait_sec = attempt->challenge.expires_in_sec + EXPIRY_MARGIN_SEC;
                if (!attempt_approve(attempt))
                        return;
        }
        bus_client_wait(attempt->client, attempt->id, clock_now_usec() + wait_sec * USEC_PER_SEC,
                        &attempt->end.verdict, &attempt->details);
}

/* The module's own rule: only the daemon grants. */
bool login_attempt_run(struct login_attempt *attempt)
{
        login_verdict_set(&attempt->end.verdict, LOGIN_REFUSED, NULL);
        run(attempt);
        return login_verdict_is_granted(&attempt->end.verdict);
}

/* The reason is for whoever logs in: it does not tell who approved, nor which accounts exist. The
 * journal does. */
const char *login_attempt_mend(const struct login_attempt *attempt)
{
        enum login_outcome outcome = attempt->end.verdict.outcome;

        if (attempt->end.mend || geteuid() != 0)
                return attempt->end.mend;
        return outcome == LOGIN_REFUSED || outcome == LOGIN_UNAVAILABLE
                       ? "journalctl -u badged has the whole reason"
                       : NULL;
}

enum command_exit login_attempt_exit(const struct login_attempt *attempt)
{
        if (login_verdict_is_granted(&attempt->end.verdict))
                return COMMAND_GOOD;
        return attempt->end.verdict.outcome == LOGIN_GRANTED
                       ? COMMAND_BAD
                       : command_exit_for(attempt->end.verdict.outcome);
}
