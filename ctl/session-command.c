/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl session: who is here by whose approval; people see and end their own sessions,
 * administrators everybody's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/clock.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/json-output.h"
#include "ctl/listing.h"
#include "ctl/output.h"

/* The daemon answers from memory, or as soon as its disk has it. */
#define TIMEOUT_USEC (25 * USEC_PER_SEC)

#define ENV_SESSION "BADGE_SESSION"

static const struct listing_field fields[] = {
        {.key = "id", .heading = "SESSION", .is_whole = true},
        {.key = "current", .heading = "HERE", .kind = LISTING_FLAG, .flag = "*"},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "service", .heading = "SERVICE"},
        {.key = "remote_host", .heading = "FROM"},
        {.key = "terminal", .heading = "TERMINAL"},
        {.key = "opened_at", .heading = "OPENED", .kind = LISTING_TIME},
        {.key = "used_at", .heading = "LAST USED", .kind = LISTING_TIME, .is_spare = true},
        {.key = "expires_at", .heading = "EXPIRES", .kind = LISTING_TIME, .is_spare = true},
        {.key = "type", .heading = "BY", .is_spare = true},
        {.key = "provider", .heading = "PROVIDER", .is_spare = true},
        {.key = "subject"},
        {.key = "issuer"},
        {.key = "granted_at", .kind = LISTING_TIME},
        {.key = "proved_at", .kind = LISTING_TIME},
        {.key = "auth_time", .kind = LISTING_TIME},
        {.key = "acr"},
        {.key = "amr"},
        {.key = "used_from"},
        {.key = "login_session"},
        {.key = "has_tokens", .kind = LISTING_FLAG},
};

static const struct listing_field all_fields[] = {
        {.key = "id", .heading = "SESSION"},
        {.key = "current", .heading = "HERE", .kind = LISTING_FLAG},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "service", .heading = "SERVICE"},
        {.key = "remote_host", .heading = "FROM"},
        {.key = "terminal", .heading = "TERMINAL"},
        {.key = "login_session", .heading = "LOGIN SESSION"},
        {.key = "type", .heading = "PROVED BY"},
        {.key = "provider", .heading = "PROVIDER"},
        {.key = "issuer", .heading = "ISSUER"},
        {.key = "subject", .heading = "SUBJECT"},
        {.key = "acr", .heading = "ACR"},
        {.key = "amr", .heading = "AMR"},
        {.key = "auth_time", .heading = "SIGNED IN", .kind = LISTING_TIME},
        {.key = "granted_at", .heading = "GRANTED", .kind = LISTING_TIME},
        {.key = "opened_at", .heading = "OPENED", .kind = LISTING_TIME},
        {.key = "proved_at", .heading = "PROVED", .kind = LISTING_TIME},
        {.key = "used_at", .heading = "LAST USED", .kind = LISTING_TIME},
        {.key = "used_from", .heading = "USED FROM"},
        {.key = "expires_at", .heading = "EXPIRES", .kind = LISTING_TIME},
        {.key = "has_tokens", .heading = "TOKENS", .kind = LISTING_FLAG},
};

/* ---- one's own ---- */

static bool ask(const char *member, const char *id, sd_bus_message **ret_reply,
                struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL;

        if (!daemon_find(-1, &peer, complaint))
                return false;
        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, member, &call);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", id);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        return daemon_call(peer, call, TIMEOUT_USEC, ret_reply, complaint);
}

static int print_ended(bool json, uint32_t count)
{
        _cleanup_json_ struct json_object *object = NULL;

        if (!json) {
                printf(count == 1 ? "%u session is ended.\n" : "%u sessions are ended.\n", count);
                return 0;
        }
        object = json_object_new_object();
        if (!object || json_add(object, "ended", json_object_new_uint64(count)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static enum command_exit end_own(const struct command_line *line)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!ask("EndOwnSession", line->operands[0], &reply, &complaint))
                return complaint_report(&complaint, line->json);
        return complaint_report_unless_good(print_ended(line->json, 1), line->json);
}

/* ---- the verbs ---- */

/* The session of this shell is known here alone. */
static void set_current(struct listing_field *own_fields, const struct listing_field *of, size_t n)
{
        memcpy(own_fields, of, n * sizeof(*of));
        for (size_t i = 0; i < n; i++)
                if (strcmp(own_fields[i].key, "current") == 0)
                        own_fields[i].of_id = getenv(ENV_SESSION);
}

static enum command_exit list_command(const struct command_line *line)
{
        const char *account = command_value(line, "account");
        struct listing_field own_fields[ELEMENTSOF(fields)];
        const struct listing sessions = {"sessions", "There are no open sessions.", own_fields,
                                         ELEMENTSOF(own_fields)};

        set_current(own_fields, fields, ELEMENTSOF(fields));
        if (account || command_has(line, "all") || geteuid() == 0)
                return admin_list(line, &sessions, "ListSessions", "s", account ? account : "");
        return own_list(line, &sessions, "ListOwnSessions");
}

static enum command_exit show_command(const struct command_line *line)
{
        const char *id = line->operands[0] ? line->operands[0] : getenv(ENV_SESSION);
        struct listing_field own_fields[ELEMENTSOF(all_fields)];
        const struct listing session = {"session", "", own_fields, ELEMENTSOF(own_fields)};
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!id) {
                output_complaint("This shell has no session of badged.",
                                 "name the session: badgectl session list");
                return COMMAND_USAGE;
        }
        set_current(own_fields, all_fields, ELEMENTSOF(all_fields));
        if (!ask("GetSession", id, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        return complaint_report_unless_good(listing_show_one(&session, reply, line->json),
                                            line->json);
}

static enum command_exit end_many(const struct command_line *line, const char *account)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};
        uint32_t count;

        if (!daemon_find(-1, &peer, &complaint) ||
            !daemon_ask(peer, "EndSessions", account, TIMEOUT_USEC, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        int r = sd_bus_message_read(reply, "u", &count);
        if (r <= 0)
                return complaint_report_unless_good(-EBADMSG, line->json);
        return complaint_report_unless_good(print_ended(line->json, count), line->json);
}

static enum command_exit end_command(const struct command_line *line)
{
        const char *id = line->operands[0], *account = command_value(line, "account");
        bool all = command_has(line, "all");

        if ((id != NULL) + (account != NULL) + all != 1 || (account && !*account)) {
                output_complaint("Which session?", "name one, or give --account ACCOUNT, or --all");
                return COMMAND_USAGE;
        }
        if (!id)
                return end_many(line, all ? "" : account);
        if (geteuid() != 0)
                return end_own(line);
        return admin_do(line, "The session is ended.", "EndSession", "s", id);
}

/* ---- the noun ---- */

static const struct command_option list_options[] = {
        {"account", "ACCOUNT", "the sessions of this account (administrators)"},
        {"all", NULL, "everybody's (administrators); root needs not say so"},
        {0},
};

static const struct command_option end_options[] = {
        {"account", "ACCOUNT", "all sessions of this account (administrators)"},
        {"all", NULL, "everybody's (administrators)"},
        {0},
};

static const struct verb verbs[] = {
        {
                .name = "list",
                .summary = "list open sessions: your own ones, or all",
                .help = "Lists the sessions that badged opened and that have not ended: who is "
                        "here since when, from where, and by whose approval. A star marks the one "
                        "of this shell.",
                .options = list_options,
                .run = list_command,
        },
        {
                .name = "show",
                .operands = "[SESSION]",
                .max_operands = 1,
                .summary = "show all that badged knows of a session",
                .help = "Shows one session, line by line: your own, or for root any. Without "
                        "SESSION it is the one of this shell.",
                .run = show_command,
        },
        {
                .name = "end",
                .operands = "[SESSION]",
                .max_operands = 1,
                .summary = "end sessions: badged forgets them and has their tokens revoked",
                .help = "Ends a session of your own; root, any. What it could do by badged it "
                        "cannot do any more: its tokens are revoked at the provider, and sudo asks "
                        "again. Where the settings say end_login = yes, the programs of the login "
                        "session are ended, too.",
                .options = end_options,
                .run = end_command,
        },
        {0},
};

const struct noun session_noun = {"session", "who is here by whose approval, and until when",
                                  verbs};
