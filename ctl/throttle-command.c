/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl throttle: who has to wait after logins that failed. */
#include "common/cleanup.h"
#include "ctl/admin-command.h"
#include "ctl/command.h"
#include "ctl/listing.h"

static const struct listing_field fields[] = {
        {.key = "id", .heading = "THROTTLE", .is_whole = true},
        {.key = "account", .heading = "ACCOUNT"},
        {.key = "origin", .heading = "FROM"},
        {.key = "failures", .heading = "FAILED", .kind = LISTING_NUMBER},
        {.key = "wait", .heading = "WAITS", .kind = LISTING_SPAN},
        {.key = "last_at", .heading = "LAST", .kind = LISTING_TIME},
        {.key = "first_at", .kind = LISTING_TIME},
};

static const struct listing throttles = {
        "throttles",
        "No login failed of late.",
        fields,
        ELEMENTSOF(fields),
};

static enum command_exit list_command(const struct command_line *line)
{
        return admin_list(line, &throttles, "ListThrottles", NULL);
}

static enum command_exit clear_command(const struct command_line *line)
{
        return admin_do(line, "The failures are forgotten.", "ClearThrottle", "s",
                        line->operands[0]);
}

static const struct verb verbs[] = {
        {
                .name = "list",
                .summary = "list who failed to log in, and how long they have to wait",
                .help = "Logins that were denied or refused count for the account and where they "
                        "came from, together. From the third on, the next one has to wait: 5 "
                        "seconds, then twice as long each time, up to an hour. A login that is "
                        "granted, or a day without a failure, ends it.",
                .run = list_command,
        },
        {
                .name = "clear",
                .operands = "THROTTLE",
                .min_operands = 1,
                .max_operands = 1,
                .summary = "let somebody try again now",
                .help = "Forgets the failures of the account from there.",
                .run = clear_command,
        },
        {0},
};

const struct noun throttle_noun = {"throttle", "who has to wait after logins that failed", verbs};
