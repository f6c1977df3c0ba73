/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusals that count against whoever tries again (D7). Of a pair of account and origin, or of one
 * of them alone. Spoken to through io/store-mirror.h. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"

struct throttle_record {
        char *id;      /* names the row; made by the caller */
        char *account; /* NULL: any */
        char *origin;  /* NULL: any */
        uint64_t n_failures;
        uint64_t first_at_sec, last_at_sec; /* CLOCK_REALTIME */
};

/* Frees what it holds and empties it. */
void throttle_record_finish(struct throttle_record *throttle);
#define _cleanup_throttle_record_ _cleanup_(throttle_record_finish)
