/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps those who are refused from filling the journal, which is written without a limit of its own
 * so that no decision is lost: of each uid so many idle refusals (log.h) are written one by one,
 * and the rest as one entry that says how many. Root's are all written. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"

struct journal_bound;

/* Of one uid: so many at once, and so many a minute. */
#define JOURNAL_BOUND_PER_MINUTE 60

/* When what was held back is summed up. */
#define JOURNAL_BOUND_INTERVAL_USEC (UINT64_C(60) * 1000000)

/* Uids of which what was held back is counted one by one; those of others are counted as one. */
#define JOURNAL_BOUND_MAX_UIDS 64

/* Counts from here on. 0 or -ENOMEM. */
int journal_bound_new(sd_event *event, uint64_t interval_usec, struct journal_bound **ret_bound);

/* Sums up what is left; entries after that are all written. Takes NULL, returns NULL. */
struct journal_bound *journal_bound_free(struct journal_bound *bound);
DEFINE_CLEANUP(struct journal_bound *, journal_bound_free);
