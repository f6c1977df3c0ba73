/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl identity: who at a provider has which account. */
#include "common/cleanup.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/listing.h"

static const struct listing_field fields[] = {
        {.key = "id", .heading = "ID", .is_whole = true},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "state", .heading = "STATE"},
        {.key = "asked_account", .heading = "ASKED FOR"},
        {.key = "provider", .heading = "PROVIDER"},
        {.key = "subject", .heading = "SUBJECT"},
        {.key = "name", .heading = "NAME", .is_spare = true},
        {.key = "seen_name", .heading = "NAME NOW"},
        {.key = "bound_by", .heading = "BY", .is_spare = true},
        {.key = "last_seen_at", .heading = "LAST SEEN", .kind = LISTING_TIME},
        {.key = "issuer"},
        {.key = "created_at", .kind = LISTING_TIME},
};

static const struct listing identities = {"identities", "No identity has an account yet.", fields,
                                          ELEMENTSOF(fields)};

static enum command_exit list_command(const struct command_line *line)
{
        return admin_list(line, &identities, "ListIdentities", "s",
                          line->operands[0] ? line->operands[0] : "");
}

static enum command_exit link_command(const struct command_line *line)
{
        return admin_do(line, "The identity may use the account.", "LinkIdentity", "sss",
                        line->operands[0], line->operands[1], line->operands[2]);
}

static enum command_exit unlink_command(const struct command_line *line)
{
        return admin_do(line, "The identity has no account any more.", "UnlinkIdentity", "s",
                        line->operands[0]);
}

static enum command_exit accept_command(const struct command_line *line)
{
        return admin_do(line, "The identity may use the account that it asked for.",
                        "AcceptIdentity", "s", line->operands[0]);
}

static const struct verb verbs[] = {
        {
                .name = "list",
                .operands = "[ACCOUNT]",
                .max_operands = 1,
                .summary = "list identities, and who was refused an account",
                .help = "Lists the identities that have an account, or asked for one and were "
                        "refused: bound is in order; refused means that the account asked for is "
                        "another identity's, or that the identity has another account; renamed, "
                        "that the provider calls it by another name now; free, that it has no "
                        "account. Who is refused or renamed stays out until accepted.",
                .run = list_command,
        },
        {
                .name = "accept",
                .operands = "ID",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "let an identity that was refused have the account",
                .help = "Settles what the list shows as refused or renamed: the account that was "
                        "asked for is the identity's from now on, in place of one that it had, "
                        "and the name that it came with is right. Other identities of that "
                        "account stay what they are; unlink those that are not to use it any "
                        "more.",
                .run = accept_command,
        },
        {
                .name = "link",
                .operands = "ACCOUNT ISSUER SUBJECT",
                .min_operands = 3,
                .max_operands = 3,
                .summary = "let one more identity use an account",
                .help = "The identity with that subject at the provider with that issuer may use "
                        "the account, whatever the provider calls it. Not for accounts that "
                        "map_file or account_groups names.",
                .run = link_command,
        },
        {
                .name = "unlink",
                .operands = "ID",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "take the account away from an identity",
                .help = "The identity has no account any more. If no other identity has the "
                        "account, the next one that the rules allow is bound to it, which may be "
                        "this one: lock the account to keep everybody out.",
                .run = unlink_command,
        },
        {0},
};

const struct noun identity_noun = {
        .name = "identity",
        .summary = "who at a provider has which account (root, owner)",
        .verbs = verbs,
};
