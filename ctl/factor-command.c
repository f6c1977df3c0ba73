/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl factor: second factors, set up, listed and removed by their owner, or an administrator.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/account-name.h"
#include "common/bus-names.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/factor-enrolment.h"
#include "ctl/json-output.h"
#include "ctl/listing-read.h"
#include "ctl/listing.h"
#include "ctl/login-attempt.h"
#include "ctl/output.h"
#include "ctl/terminal.h"

#define CODE_MAX_BYTES 32
#define ID_MAX_BYTES   64
#define NAME_USUAL     "authenticator app"

/* Of the login that a person sets one up by. */
#define LOGIN_SERVICE "badgectl-factor"

/* ---- enrol ---- */

/* Whatever way it ends, the secret is on the screen no longer than the person leaves it there. */
static void show(const struct factor_enrolment *enrolment)
{
        puts("Photograph this with your authenticator app, or type the letters into it.");
        if (enrolment->picture)
                puts(secret_bytes(enrolment->picture));
        printf("Secret: %s\n", secret_bytes(enrolment->letters));
}

static int show_json(const struct factor_enrolment *enrolment)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "id", enrolment->id) < 0 ||
            json_add_text(object, "secret_uri", secret_bytes(enrolment->uri)) < 0)
                return -ENOMEM;
        return json_print(object);
}

/* People write codes with a blank in the middle, as apps show them. */
static bool read_code(int interrupt_fd, const char *prompt, char code[static CODE_MAX_BYTES])
{
        char *end = code;

        fputs(prompt, stdout);
        (void)fflush(stdout);
        if (terminal_read_line(interrupt_fd, code, CODE_MAX_BYTES) <= 0)
                return false;
        for (const char *s = code; *s; s++)
                if (*s != ' ')
                        *end++ = *s;
        *end = '\0';
        return true;
}

static int report_done(const char *account, bool json)
{
        _cleanup_json_ struct json_object *object = json ? json_object_new_object() : NULL;

        if (!json) {
                printf("The factor of %s is in force. Each code counts once.\n", account);
                return 0;
        }
        return object && json_add(object, "confirmed", json_object_new_boolean(true)) == 0
                       ? json_print(object)
                       : -ENOMEM;
}

static enum command_exit confirm(struct bus_peer *peer, const struct factor_enrolment *enrolment,
                                 int interrupt_fd, const char *account, bool json)
{
        char first[CODE_MAX_BYTES], second[CODE_MAX_BYTES];
        bool again = true;

        while (again) {
                struct complaint complaint = {0};
                if (!read_code(interrupt_fd, json ? "" : "The code that it shows: ", first) ||
                    !read_code(interrupt_fd, json ? "" : "The next one, when it comes: ", second)) {
                        output_complaint("Nothing was set up.", NULL);
                        return COMMAND_CANCELLED;
                }
                if (factor_enrolment_confirm(peer, enrolment, first, second, &again, &complaint))
                        return report_done(account, json) < 0 ? COMMAND_BAD : COMMAND_GOOD;
                enum command_exit code = complaint_report(&complaint, json);
                if (!again)
                        return code;
        }
        return COMMAND_BAD;
}

static enum command_exit enrol(const struct command_line *line, int interrupt_fd, const char *login,
                               const char *account)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_enrolment_ struct factor_enrolment enrolment = {0};
        struct complaint complaint = {0};
        const char *name = command_value(line, "name");

        if (!daemon_find(interrupt_fd, &peer, &complaint) ||
            !factor_enrolment_begin(peer, login, account, name ? name : NAME_USUAL,
                                    line->json ? "none" : terminal_qr_word(), &enrolment,
                                    &complaint))
                return complaint_report(&complaint, line->json);
        if (!line->json)
                show(&enrolment);
        else if (show_json(&enrolment) < 0)
                return COMMAND_BAD;
        return confirm(peer, &enrolment, interrupt_fd, account, line->json);
}

static enum command_exit enrol_as_root(const struct command_line *line)
{
        const char *account = command_value(line, "account");
        _cleanup_close_ int interrupt_fd = terminal_interrupt_fd();

        if (!account || !account_name_is_valid(account)) {
                output_complaint(account ? "That is no account's name." : "Whose factor is it?",
                                 "name the account: badgectl factor enrol totp --account ACCOUNT");
                return COMMAND_USAGE;
        }
        return enrol(line, interrupt_fd, NULL, account);
}

/* Who may set up or remove a factor is who signs in once more. */
static enum command_exit prove(const struct command_line *line,
                               enum command_exit (*go_on)(const struct command_line *line,
                                                          const struct login_attempt *attempt))
{
        _cleanup_login_attempt_ struct login_attempt attempt;
        const struct login_attempt_spec spec = {
                .account = command_value(line, "account"),
                .provider = command_value(line, "provider"),
                .service = LOGIN_SERVICE,
                .json = line->json,
        };

        int r = login_attempt_init(&attempt, &spec);
        if (r < 0) {
                output_complaint(r == -ENOENT ? "Your user id has no name here." : strerror(-r),
                                 NULL);
                return COMMAND_BAD;
        }
        if (login_attempt_run(&attempt))
                return go_on(line, &attempt);
        attempt.end.mend = login_attempt_mend(&attempt);
        enum command_exit code = complaint_report(&attempt.end, line->json);
        return code == COMMAND_GOOD ? COMMAND_BAD : code;
}

static enum command_exit enrol_own(const struct command_line *line,
                                   const struct login_attempt *attempt)
{
        return enrol(line, attempt->interrupt_fd, attempt->id, attempt->account);
}

static enum command_exit enrol_command(const struct command_line *line)
{
        if (strcmp(line->operands[0], "totp") != 0) {
                output_complaint("There is no such type of factor.", "badgectl factor enrol totp");
                return COMMAND_USAGE;
        }
        return geteuid() == 0 ? enrol_as_root(line) : prove(line, enrol_own);
}

/* ---- list, remove ---- */

static const struct listing_field fields[] = {
        {.key = "id", .heading = "FACTOR", .is_whole = true},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "type", .heading = "TYPE", .is_spare = true},
        {.key = "name", .heading = "NAME"},
        {.key = "created_at", .heading = "CREATED", .kind = LISTING_TIME},
        {.key = "used_at", .heading = "USED", .kind = LISTING_TIME},
        {.key = "used_from", .heading = "FROM", .is_spare = true},
        {.key = "failures", .heading = "WRONG", .kind = LISTING_NUMBER},
        {.key = "proved_at", .kind = LISTING_TIME},
};

static const struct listing factors = {
        "factors",
        "There are no second factors.",
        fields,
        ELEMENTSOF(fields),
};

static const struct listing own_factors = {
        "factors",
        "You have no second factors: badgectl factor enrol totp",
        fields,
        ELEMENTSOF(fields),
};

/* Nobody is to sign in for a factor that is not there. */
static bool has_record(struct json_object *list, const char *id)
{
        struct json_object *value;

        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (json_object_object_get_ex(json_object_array_get_idx(list, i), "id", &value) &&
                    strcmp(json_object_get_string(value), id) == 0)
                        return true;
        return false;
}

static bool is_own(const char *id, struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        _cleanup_json_ struct json_object *list = NULL;

        if (!own_ask("ListOwnFactors", &reply, complaint))
                return false;
        int r = listing_read_records(&own_factors, reply, &list);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        if (has_record(list, id))
                return true;
        login_verdict_set(&complaint->verdict, LOGIN_REFUSED, "You have no such factor.");
        complaint->mend = "badgectl factor list shows those that there are";
        return false;
}

static enum command_exit list_command(const struct command_line *line)
{
        const char *account = line->operands[0];

        if (!account && !command_has(line, "all") && geteuid() != 0)
                return own_list(line, &own_factors, "ListOwnFactors");
        return admin_list(line, &factors, "ListFactors", "s", account ? account : "");
}

static enum command_exit remove_own(const struct command_line *line,
                                    const struct login_attempt *attempt)
{
        char path[sizeof(BADGED_LOGIN_PATH) + ID_MAX_BYTES + 1];

        (void)snprintf(path, sizeof(path), BADGED_LOGIN_PATH "/%s", attempt->id);
        return own_do(line, "The factor is removed.", "RemoveOwnFactor", "os", path,
                      line->operands[0]);
}

static enum command_exit remove_command(const struct command_line *line)
{
        if (geteuid() == 0 || command_has(line, "all"))
                return admin_do(line, "The factor is removed.", "RemoveFactor", "s",
                                line->operands[0]);
        struct complaint complaint = {0};
        if (!is_own(line->operands[0], &complaint))
                return complaint_report(&complaint, line->json);
        return prove(line, remove_own);
}

/* ---- the noun ---- */

static const struct command_option enrol_options[] = {
        {"account", "ACCOUNT", "whose factor it is; only root may name another's"},
        {"name", "NAME", "what you call it; otherwise \"" NAME_USUAL "\""},
        {"provider", "NAME", "ask this provider, whatever the settings say"},
        {0},
};

static const struct command_option list_options[] = {
        {"all", NULL, "everybody's (administrators); root needs not say so"},
        {0},
};

static const struct command_option remove_options[] = {
        {"all", NULL, "whoever's it is (administrators); root needs not say so"},
        {"provider", "NAME", "ask this provider, whatever the settings say"},
        {0},
};

static const struct verb verbs[] = {
        {
                .name = "enrol",
                .operands = "totp",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "set up an authenticator app as your second factor",
                .help = "Has you sign in once more, unless you are root, shows the secret as a "
                        "picture for the app and in letters, and asks for two codes, one right "
                        "after the other, each when the app shows it. Until then nothing is kept."
                        "\n\n"
                        "The app makes codes of six digits, every thirty seconds (RFC 6238). Where "
                        "the settings of a service ask for one, it is typed at the prompt in place "
                        "of Enter.",
                .exit_codes = "0 it is in force, 1 refused, 2 wrong arguments, 3 denied, 4 "
                              "expired, 5 unavailable, 6 throttled, 7 cancelled.",
                .options = enrol_options,
                .run = enrol_command,
        },
        {
                .name = "list",
                .operands = "[ACCOUNT]",
                .max_operands = 1,
                .summary = "list second factors: your own ones, or all",
                .help = "Lists your own factors, or for administrators those of the account, or "
                        "all of them: when each was set up, when and from where it was used last, "
                        "and how many codes were wrong since then.",
                .options = list_options,
                .run = list_command,
        },
        {
                .name = "remove",
                .operands = "FACTOR",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "remove a second factor",
                .help = "From now on no code of it counts. Where a service asks for a code, the "
                        "account is shut out there until it has another factor.\n\n"
                        "Who removes one of the own signs in once more for it, with a code of any "
                        "of them. Whoever lost the app asks an administrator, or comes in by a "
                        "ticket for service badgectl-factor.",
                .exit_codes = "0 it is removed, 1 refused or not there, 2 wrong arguments, 3 "
                              "denied, 4 expired, 5 unavailable, 6 throttled, 7 cancelled.",
                .options = remove_options,
                .run = remove_command,
        },
        {0},
};

const struct noun factor_noun = {"factor", "second factors: one-time codes of an app", verbs};
