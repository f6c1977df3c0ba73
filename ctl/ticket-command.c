/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl ticket: credentials for when nobody can be asked, made, listed and revoked by an
 * administrator. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/json-output.h"
#include "ctl/listing.h"
#include "ctl/output.h"
#include "ctl/time-span.h"

#define CALL_TIMEOUT_USEC (25 * USEC_PER_SEC)
#define LIFETIME_MAX_SEC  (UINT64_C(100) * 365 * 86400)

/* ---- create ---- */

/* What is asked for. */
struct wish {
        const char *account, *name;
        bool is_once;
        uint64_t lifetime_sec;
};

static bool read_wish(const struct command_line *line, struct wish *ret_wish)
{
        const char *lifetime = command_value(line, "lifetime");
        struct wish wish = {
                .account = line->operands[0],
                .name = command_value(line, "name"),
                .is_once = command_has(line, "once"),
        };

        if (!wish.name || !command_value(line, "service")) {
                output_complaint("A ticket needs a name, and at least one service that it opens.",
                                 "badgectl ticket create ACCOUNT --service sshd --once --name "
                                 "\"night shift\"");
                return false;
        }
        if (!wish.is_once && !lifetime) {
                output_complaint("A ticket is for once, or for a time.",
                                 "add --once, --lifetime 30d, or both");
                return false;
        }
        if (lifetime && (!time_span_parse(lifetime, LIFETIME_MAX_SEC, &wish.lifetime_sec) ||
                         wish.lifetime_sec == 0)) {
                output_complaint("That is no length of time.",
                                 "write it as 90s, 5min, 2h, 30d or 2w");
                return false;
        }
        *ret_wish = wish;
        return true;
}

static int fill_call(sd_bus_message *call, const struct command_line *line, const struct wish *wish)
{
        const char *service;

        int r = sd_bus_message_append(call, "s", wish->account);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "s");
        for (size_t i = 0; r >= 0 && (service = command_value_at(line, "service", i)); i++)
                r = sd_bus_message_append(call, "s", service);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        if (r >= 0)
                r = sd_bus_message_append(call, "bts", wish->is_once, wish->lifetime_sec,
                                          wish->name);
        return r;
}

/* The secret on a line of its own, the rest around it. */
static int show(const struct wish *wish, const char *id, const char *secret, bool json)
{
        _cleanup_json_ struct json_object *object = json ? json_object_new_object() : NULL;

        if (!json) {
                printf("Ticket %s for %s. It is shown this once; whoever has it gets in:\n\n"
                       "    %s\n\nIt is typed at the prompt in place of Enter.\n",
                       id, wish->account, secret);
                return 0;
        }
        return object && json_add_text(object, "id", id) == 0 &&
                               json_add_text(object, "secret", secret) == 0
                       ? json_print(object)
                       : -ENOMEM;
}

static int show_reply(sd_bus_message *reply, const struct wish *wish, bool json)
{
        const char *id, *secret;

        if (sd_bus_message_has_signature(reply, "ss") <= 0 ||
            sd_bus_message_read(reply, "ss", &id, &secret) < 0 || !text_is_printable(id) ||
            !text_is_printable(secret))
                return -EBADMSG;
        return show(wish, id, secret, json);
}

static enum command_exit create(const struct command_line *line, const struct wish *wish)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
        struct complaint complaint = {0};

        if (!daemon_find(-1, &peer, &complaint))
                return complaint_report(&complaint, line->json);
        int r = daemon_new_admin_call(peer, "CreateTicket", &call);
        if (r >= 0)
                r = fill_call(call, line, wish);
        if (r < 0) {
                complaint_set_unreadable(&complaint, r);
                return complaint_report(&complaint, line->json);
        }
        if (!daemon_call_admin(peer, call, CALL_TIMEOUT_USEC, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        r = show_reply(reply, wish, line->json);
        if (r >= 0)
                return COMMAND_GOOD;
        complaint_set_unreadable(&complaint, r);
        return complaint_report(&complaint, line->json);
}

static enum command_exit create_command(const struct command_line *line)
{
        struct wish wish;

        return read_wish(line, &wish) ? create(line, &wish) : COMMAND_USAGE;
}

/* ---- list, revoke ---- */

static const struct listing_field fields[] = {
        {.key = "id", .heading = "TICKET", .is_whole = true},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "name", .heading = "NAME"},
        {.key = "state", .heading = "STATE"},
        {.key = "services", .heading = "SERVICES", .kind = LISTING_TEXTS},
        {.key = "once", .heading = "ONCE", .kind = LISTING_FLAG},
        {.key = "expires_at", .heading = "EXPIRES", .kind = LISTING_TIME},
        {.key = "used_at", .heading = "USED", .kind = LISTING_TIME},
        {.key = "used_from", .heading = "FROM", .is_spare = true},
        {.key = "uses", .kind = LISTING_NUMBER},
        {.key = "created_at", .kind = LISTING_TIME},
        {.key = "created_by"},
};

static const struct listing tickets = {
        "tickets",
        "There are no tickets.",
        fields,
        ELEMENTSOF(fields),
};

static enum command_exit list_command(const struct command_line *line)
{
        return admin_list(line, &tickets, "ListTickets", "s",
                          line->operands[0] ? line->operands[0] : "");
}

static enum command_exit revoke_command(const struct command_line *line)
{
        return admin_do(line, "The ticket is revoked.", "RevokeTicket", "s", line->operands[0]);
}

/* ---- the noun ---- */

static const struct command_option create_options[] = {
        {"service", "NAME", "a service that it opens; may come more than once"},
        {"name", "NAME", "what you call it, for the list and the journal"},
        {"once", NULL, "it opens once"},
        {"lifetime", "TIME", "it opens for so long: 90s, 5min, 2h, 30d, 2w"},
        {0},
};

static const struct verb verbs[] = {
        {
                .name = "create",
                .operands = "ACCOUNT",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "make a ticket that opens an account",
                .help = "Prints a secret of 26 letters, once: badged keeps no more of it than a "
                        "hash. Whoever types it at the module's prompt in place of Enter is in, "
                        "also while the identity provider is out of reach. Blanks, dashes and "
                        "small letters do not matter.",
                .options = create_options,
                .run = create_command,
        },
        {
                .name = "list",
                .operands = "[ACCOUNT]",
                .max_operands = 1,
                .summary = "list tickets",
                .help = "Lists the tickets of the account, or all of them: what each opens, until "
                        "when, and when and from where it was used last. Secrets are not kept.",
                .run = list_command,
        },
        {
                .name = "revoke",
                .operands = "TICKET",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "revoke a ticket",
                .help = "From now on it opens nothing. Sessions that it opened go on.",
                .run = revoke_command,
        },
        {0},
};

const struct noun ticket_noun = {"ticket", "credentials for when nobody can be asked", verbs};
