/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl link: a further identity for the own account, approved with both. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bus-names.h"
#include "common/clock.h"
#include "common/text.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/json-output.h"
#include "ctl/login-attempt.h"
#include "ctl/output.h"
#include "ctl/terminal.h"

#define TIMEOUT_USEC   (10 * USEC_PER_SEC)
#define TEXT_MAX_BYTES 2048

#define ANSWER_MAX_BYTES 16

/* The logins' services: the first one is granted to nobody. */
#define OFFER_SERVICE   "badgectl-other"
#define CONFIRM_SERVICE "badgectl-link"

/* Who approved the first one. */
struct offer {
        char *login;            /* its id */
        char *issuer, *subject; /* printable */
};

static void offer_finish(struct offer *offer)
{
        free(offer->login);
        free(offer->issuer);
        free(offer->subject);
}

static int read_offer(sd_bus_message *reply, struct offer *offer)
{
        const char *issuer, *subject;

        int r = sd_bus_message_read(reply, "ss", &issuer, &subject);
        if (r < 0)
                return r;
        offer->issuer = text_sanitise(issuer, TEXT_MAX_BYTES);
        offer->subject = text_sanitise(subject, TEXT_MAX_BYTES);
        return offer->issuer && offer->subject ? 0 : -ENOMEM;
}

static bool ask(const char *member, const char *login, sd_bus_message **ret_reply,
                struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL;
        char path[sizeof(BADGED_LOGIN_PATH) + 64];

        if (!daemon_find(-1, &peer, complaint))
                return false;
        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, member, &call);
        (void)snprintf(path, sizeof(path), BADGED_LOGIN_PATH "/%s", login);
        if (r >= 0)
                r = sd_bus_message_append(call, "o", path);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        return daemon_call(peer, call, TIMEOUT_USEC, ret_reply, complaint);
}

static enum command_exit fail(struct complaint *complaint, bool json)
{
        enum command_exit code = complaint_report(complaint, json);
        return code == COMMAND_GOOD ? COMMAND_BAD : code;
}

static enum command_exit fail_to_begin(int error)
{
        output_complaint(error == -ENOENT ? "Your user id has no name here." : strerror(-error),
                         NULL);
        return COMMAND_BAD;
}

/* ---- 1. the identity that is to be linked ---- */

static enum command_exit get_offer(const struct command_line *line, struct offer *ret_offer)
{
        _cleanup_login_attempt_ struct login_attempt attempt;
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};
        const struct login_attempt_spec spec = {
                .provider = command_value(line, "provider"),
                .service = OFFER_SERVICE,
                .json = line->json,
        };

        if (!line->json)
                puts("1. Approve with the identity that is to be linked.");
        int r = login_attempt_init(&attempt, &spec);
        if (r < 0)
                return fail_to_begin(r);
        (void)login_attempt_run(&attempt);
        /* Whatever its end was called: whoever approved is known to the daemon, or nobody did. */
        if (!attempt.id || !ask("GetOfferedIdentity", attempt.id, &reply, &complaint)) {
                attempt.end.mend = login_attempt_mend(&attempt);
                return fail(&attempt.end, line->json);
        }
        r = read_offer(reply, ret_offer);
        ret_offer->login = TAKE_PTR(attempt.id);
        if (r < 0) {
                complaint_set_unreadable(&complaint, r);
                return fail(&complaint, line->json);
        }
        return COMMAND_GOOD;
}

/* ---- 2. the one that has the account ---- */

static int print_json(const struct offer *offer, bool is_linked)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "issuer", offer->issuer) < 0 ||
            json_add_text(object, "subject", offer->subject) < 0 ||
            json_add(object, "linked", json_object_new_boolean(is_linked)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static enum command_exit confirm(const struct command_line *line, const struct offer *offer)
{
        _cleanup_login_attempt_ struct login_attempt attempt;
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};
        const struct login_attempt_spec spec = {
                .provider = command_value(line, "own-provider"),
                .service = CONFIRM_SERVICE,
                .offer = offer->login,
                .json = line->json,
        };

        int r = login_attempt_init(&attempt, &spec);
        if (r < 0)
                return fail_to_begin(r);
        if (!login_attempt_run(&attempt)) {
                attempt.end.mend = login_attempt_mend(&attempt);
                return fail(&attempt.end, line->json);
        }
        if (!ask("LinkOfferedIdentity", attempt.id, &reply, &complaint))
                return fail(&complaint, line->json);
        if (line->json)
                return print_json(offer, true) < 0 ? COMMAND_BAD : COMMAND_GOOD;
        puts("Linked. Both may use your account.");
        return COMMAND_GOOD;
}

/* Only a whole word: whoever presses Enter out of habit links nothing. */
static enum command_exit ask_person(const struct offer *offer)
{
        char answer[ANSWER_MAX_BYTES] = "";
        _cleanup_close_ int interrupt_fd = terminal_interrupt_fd();

        printf("\n%s, subject %s,\nis to use your account, as you do. Type yes if that is you: ",
               offer->issuer, offer->subject);
        (void)fflush(stdout);
        if (terminal_read_line(interrupt_fd, answer, sizeof(answer)) > 0 &&
            strcmp(answer, "yes") == 0)
                return COMMAND_GOOD;
        output_complaint("Nothing was linked.", NULL);
        return COMMAND_CANCELLED;
}

/* A program that reads sees who it is before the second code, and may stop here. */
static enum command_exit show_offer(const struct command_line *line, const struct offer *offer)
{
        if (line->json)
                return print_json(offer, false) < 0 ? COMMAND_BAD : COMMAND_GOOD;
        enum command_exit code = ask_person(offer);
        if (code == COMMAND_GOOD)
                puts("2. Approve with the identity that has the account.");
        return code;
}

enum command_exit link_own_command(const struct command_line *line)
{
        _cleanup_(offer_finish) struct offer offer = {0};

        enum command_exit code = get_offer(line, &offer);
        if (code == COMMAND_GOOD)
                code = show_offer(line, &offer);
        return code == COMMAND_GOOD ? confirm(line, &offer) : code;
}
