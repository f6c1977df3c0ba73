/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl logout: ends the tokens of the person's own session and, if that is wanted, the session
 * of a browser at the provider. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/bus-dict.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "common/secret.h"
#include "common/text.h"
#include "ctl/browser-listener.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/desktop.h"
#include "ctl/json-output.h"
#include "ctl/output.h"
#include "ctl/terminal.h"

#define END_TIMEOUT_USEC     (10 * USEC_PER_SEC)
#define BROWSER_TIMEOUT_USEC (30 * USEC_PER_SEC)

#define PATH "/logout"

#define TEXT_MAX_BYTES 4096
#define URL_MAX_BYTES  ((size_t)16 * 1024)

#define MEND_REFUSED                                                                       \
        "nothing is left to end; or ask the administrator (badged.conf(5): keep_tokens): " \
        "\"loginctl "                                                                      \
        "terminate-session\" ends the session itself"

/* What the daemon said of the tokens that it ended. */
struct ended {
        char *provider, *issuer, *subject; /* printable */
        char *url;                         /* NULL: the provider has none */
        struct secret *hinted_url;         /* likewise, with the id_token; never shown */
};

static void ended_finish(struct ended *ended)
{
        free(ended->provider);
        free(ended->issuer);
        free(ended->subject);
        free(ended->url);
        (void)secret_free(ended->hinted_url);
}

/* ---- the tokens ---- */

static int read_secret_url(sd_bus_message *message, void *place)
{
        struct secret **ret_url = place;
        const char *text;

        int r = sd_bus_message_read(message, "v", "s", &text);
        if (r < 0)
                return r;
        if (*ret_url || strlen(text) > URL_MAX_BYTES || !text_is_https_url(text))
                return -EBADMSG;
        *ret_url = secret_new_text(text);
        return *ret_url ? 0 : -ENOMEM;
}

static int read_ended(sd_bus_message *reply, struct ended *ended)
{
        const struct bus_field fields[] = {
                {.key = "provider", .ret_text = &ended->provider, .max_bytes = TEXT_MAX_BYTES},
                {.key = "issuer", .ret_text = &ended->issuer, .max_bytes = TEXT_MAX_BYTES},
                {.key = "subject", .ret_text = &ended->subject, .max_bytes = TEXT_MAX_BYTES},
                {.key = "end_session_url",
                 .ret_text = &ended->url,
                 .max_bytes = URL_MAX_BYTES,
                 .is_sound = text_is_https_url},
                {.key = "end_session_url_hinted",
                 .read = read_secret_url,
                 .place = &ended->hinted_url},
        };

        if (sd_bus_message_has_signature(reply, "a{sv}") <= 0)
                return -EBADMSG;
        int r = bus_dict_read(reply, fields, ELEMENTSOF(fields));
        return r < 0 ? r : 0;
}

static bool end_tokens(struct ended *ended, struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        /* A core would be the id_token on disk. */
        (void)prctl(PR_SET_DUMPABLE, 0);
        if (!daemon_find(-1, &peer, complaint))
                return false;
        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, "EndTokens", &call);
        if (r >= 0 && !daemon_call(peer, call, END_TIMEOUT_USEC, &reply, complaint)) {
                if (complaint->verdict.from_daemon)
                        complaint->mend = MEND_REFUSED;
                return false;
        }
        if (r >= 0)
                r = read_ended(reply, ended);
        if (r < 0)
                complaint_set_unreadable(complaint, r);
        return r >= 0;
}

/* ---- the browser ---- */

/* True when a browser was led to the provider. Its arguments have an address of ours: what it is
 * led to is nobody else's to see. */
static bool lead_browser(const struct secret *url)
{
        _cleanup_(browser_listener_freep) struct browser_listener *listener = NULL;
        _cleanup_close_ int interrupt_fd = terminal_interrupt_fd();

        if (interrupt_fd < 0 || browser_listener_new(PATH, &listener) < 0)
                return false;
        browser_listener_lead_on(listener, url);
        desktop_open(browser_listener_address(listener));
        return browser_listener_wait(listener, interrupt_fd,
                                     clock_now_usec() + BROWSER_TIMEOUT_USEC,
                                     NULL) == LISTENER_ANSWERED;
}

static bool end_browser_session(const struct ended *ended)
{
        if (!ended->url)
                output_complaint("The identity provider has no address where a browser ends its "
                                 "session.",
                                 NULL);
        else if (!desktop_is_here() || geteuid() == 0)
                output_complaint("There is no display for a browser.", NULL);
        else if (!ended->hinted_url)
                desktop_open(ended->url);
        else if (lead_browser(ended->hinted_url))
                return true;
        else
                output_complaint("No browser came.", NULL);
        return false;
}

/* ---- the answer ---- */

static int print_json(const struct ended *ended)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "provider", ended->provider) < 0 ||
            json_add_text(object, "issuer", ended->issuer) < 0 ||
            json_add_text(object, "subject", ended->subject) < 0 ||
            json_add_text(object, "end_session_url", ended->url) < 0)
                return -ENOMEM;
        return json_print(object);
}

static void print_rest(const struct ended *ended)
{
        if (ended->url)
                printf("\nTo end the session of a browser at the provider, too, open this address "
                       "in "
                       "it:\n\n%s\n",
                       ended->url);
}

enum command_exit logout_command(const struct command_line *line)
{
        _cleanup_(ended_finish) struct ended ended = {0};
        struct complaint complaint = {0};

        if (!end_tokens(&ended, &complaint))
                return complaint_report(&complaint, line->json);
        if (line->json) {
                if (print_json(&ended) < 0)
                        return COMMAND_BAD;
        } else {
                puts("The tokens of your session are ended; the session stays open.");
                (void)fflush(stdout);
        }
        bool is_led = command_has(line, "browser") && end_browser_session(&ended);
        if (!line->json && !is_led)
                print_rest(&ended);
        else if (!line->json)
                puts("Your browser is at the provider now, which ends its session there.");
        return COMMAND_GOOD;
}
