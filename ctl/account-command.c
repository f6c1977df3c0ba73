/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl account: local accounts as badged knows them. */
#include <errno.h>
#include <stdio.h>

#include "common/cleanup.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/json-output.h"
#include "ctl/listing.h"

static const struct listing_field fields[] = {
        {.key = "account", .heading = "ACCOUNT", .is_whole = true},
        {.key = "uid", .heading = "UID", .kind = LISTING_NUMBER},
        {.key = "locked",
         .heading = "STATE",
         .kind = LISTING_FLAG,
         .flag = "locked",
         .tone = TONE_BAD},
        {.key = "owner",
         .heading = "ROLE",
         .kind = LISTING_FLAG,
         .flag = "owner",
         .is_spare = true},
        {.key = "identities", .heading = "IDENTITIES", .kind = LISTING_NUMBER},
        {.key = "waiting", .heading = "TO SETTLE", .kind = LISTING_NUMBER},
        {.key = "last_login_at", .heading = "LAST LOGIN", .kind = LISTING_TIME},
        {.key = "last_login_from", .heading = "FROM", .is_spare = true},
        {.key = "lock_reason", .heading = "REASON"},
        {.key = "locked_at", .kind = LISTING_TIME},
        {.key = "locked_by"},
};

static const struct listing_field all_fields[] = {
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "uid", .heading = "UID", .kind = LISTING_NUMBER},
        {.key = "current_uid", .heading = "UID NOW", .kind = LISTING_NUMBER},
        {.key = "owner", .heading = "OWNER", .kind = LISTING_FLAG},
        {.key = "locked", .heading = "LOCKED", .kind = LISTING_FLAG, .tone = TONE_BAD},
        {.key = "locked_at", .heading = "SINCE", .kind = LISTING_TIME},
        {.key = "locked_by", .heading = "BY"},
        {.key = "lock_reason", .heading = "REASON"},
        {.key = "identities", .heading = "IDENTITIES", .kind = LISTING_NUMBER},
        {.key = "waiting", .heading = "TO SETTLE", .kind = LISTING_NUMBER},
        {.key = "last_login_at", .heading = "LAST LOGIN", .kind = LISTING_TIME},
        {.key = "last_login_from", .heading = "FROM"},
};

static const struct listing accounts = {"accounts", "badged knows no accounts yet.", fields,
                                        ELEMENTSOF(fields)};
static const struct listing account = {"account", "", all_fields, ELEMENTSOF(all_fields)};

static enum command_exit list_command(const struct command_line *line)
{
        return admin_list(line, &accounts, "ListAccounts", NULL);
}

static enum command_exit show_command(const struct command_line *line)
{
        return admin_show(line, &account, "GetAccount", "s", line->operands[0]);
}

static enum command_exit lock_command(const struct command_line *line)
{
        return admin_do(line, "The account is locked. Sessions that are open stay open.",
                        "LockAccount", "ss", line->operands[0],
                        line->operands[1] ? line->operands[1] : "");
}

static enum command_exit unlock_command(const struct command_line *line)
{
        return admin_do(line, "The account is not locked any more.", "UnlockAccount", "s",
                        line->operands[0]);
}

static int print_forgotten(bool json, uint32_t n_ended)
{
        _cleanup_json_ struct json_object *object = NULL;

        if (!json) {
                puts("The account is forgotten; its next login is its first.");
                if (n_ended > 0)
                        printf("Logins that had not opened a session yet, and were ended: %u\n",
                               n_ended);
                return 0;
        }
        object = json_object_new_object();
        if (!object || json_add(object, "done", json_object_new_boolean(true)) < 0 ||
            json_add(object, "ended_logins", json_object_new_uint64(n_ended)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static enum command_exit forget_command(const struct command_line *line)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};
        uint32_t n_ended;

        if (!daemon_find(-1, &peer, &complaint) ||
            !daemon_ask(peer, "ForgetAccount", line->operands[0], ADMIN_TIMEOUT_USEC, &reply,
                        &complaint))
                return complaint_report(&complaint, line->json);
        int r = sd_bus_message_read(reply, "u", &n_ended);
        if (r > 0)
                r = print_forgotten(line->json, n_ended);
        else
                r = -EBADMSG;
        if (r >= 0)
                return COMMAND_GOOD;
        complaint_set_unreadable(&complaint, r);
        return complaint_report(&complaint, line->json);
}

static const struct verb verbs[] = {
        {
                .name = "list",
                .summary = "list the accounts that badged knows",
                .help = "Lists the accounts that somebody was let in to, or that were locked or "
                        "linked: whether they are locked, how many identities have them, and how "
                        "many want to be settled (badgectl identity list).",
                .run = list_command,
        },
        {
                .name = "show",
                .operands = "ACCOUNT",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "show all that badged knows of an account",
                .help = "Shows one account, line by line; also the uid that it has now. When that "
                        "is not the one that badged came to know, nobody is let in: forget the "
                        "account if it is meant to be another one.",
                .run = show_command,
        },
        {
                .name = "lock",
                .operands = "ACCOUNT [REASON]",
                .min_operands = 1,
                .max_operands = 2,
                .summary = "let nobody in to an account any more",
                .help = "From now on badged lets nobody in to the account, at no service, whoever "
                        "approves; where the account phase asks badged, not after a public key "
                        "either. Sessions that are open stay open: badgectl session end --account "
                        "ACCOUNT ends them.",
                .run = lock_command,
        },
        {
                .name = "unlock",
                .operands = "ACCOUNT",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "undo a lock",
                .help = "The account can be used again as the rules say.",
                .run = unlock_command,
        },
        {
                .name = "forget",
                .operands = "ACCOUNT",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "forget an account and whatever is its own",
                .help = "Forgets the account's identities, tickets and factors, and whether it is "
                        "the owner. For an account that was removed, or made anew with another "
                        "uid. Not while it is locked, or has sessions: end them first (badgectl "
                        "session end --account ACCOUNT). Logins that have not opened one yet are "
                        "ended.",
                .run = forget_command,
        },
        {0},
};

const struct noun account_noun = {
        .name = "account",
        .summary = "local accounts: list, lock, forget (root, owner)",
        .verbs = verbs,
};
