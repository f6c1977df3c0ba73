/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl store, badgectl rekey: what the daemon keeps, as a whole. */
#include "common/cleanup.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/listing.h"

static const struct listing_field fields[] = {
        {.key = "path", .heading = "FILE"},
        {.key = "objection", .heading = "OBJECTION", .tone = TONE_BAD},
        {.key = "failing",
         .heading = "WRITING",
         .kind = LISTING_FLAG,
         .flag = "a write has failed",
         .tone = TONE_BAD},
        {.key = "credential",
         .heading = "KEY",
         .kind = LISTING_FLAG,
         .flag = "a credential of the service"},
        {.key = "accounts", .heading = "ACCOUNTS", .kind = LISTING_NUMBER},
        {.key = "identities", .heading = "IDENTITIES", .kind = LISTING_NUMBER},
        {.key = "sessions", .heading = "SESSIONS", .kind = LISTING_NUMBER},
        {.key = "tickets", .heading = "TICKETS", .kind = LISTING_NUMBER},
        {.key = "factors", .heading = "FACTORS", .kind = LISTING_NUMBER},
        {.key = "throttles", .heading = "THROTTLES", .kind = LISTING_NUMBER},
        {.key = "waiting", .heading = "WAITING", .kind = LISTING_NUMBER},
};

static const struct listing store = {"store", "", fields, ELEMENTSOF(fields)};

static enum command_exit show_command(const struct command_line *line)
{
        return admin_show(line, &store, "GetStore", NULL);
}

static enum command_exit accept_command(const struct command_line *line)
{
        return admin_do(line, "The store counts as it is. People can sign in.", "AcceptStore",
                        NULL);
}

enum command_exit rekey_command(const struct command_line *line)
{
        return admin_do(line, "All that is kept is sealed with a new key.", "Rekey", NULL);
}

static const struct verb verbs[] = {
        {
                .name = "status",
                .summary = "show how the store is and how much is in it",
                .help = "Shows the file that the daemon keeps what it knows in, what stands "
                        "against believing it, and how many records there are. Sessions are those "
                        "that are open, and those whose tokens are to be revoked yet.",
                .run = show_command,
        },
        {
                .name = "accept",
                .summary = "let people in again after the store was damaged or put back (root)",
                .help = "A store that was damaged is set aside, and one that is older than what "
                        "was here before is kept: nobody is let in on the ground of either, for "
                        "locks and links may be missing. This says that it counts as it is. Look "
                        "at the locks first: badgectl account list.",
                .run = accept_command,
        },
        {0},
};

const struct noun store_noun = {
        .name = "store",
        .summary = "what the daemon keeps, as a whole",
        .verbs = verbs,
};
