/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thing that badged has to know again when it starts, under a name of its own. Spoken to
 * through io/store-mirror.h. */
#pragma once

#include "common/cleanup.h"

struct fact_record {
        char *name; /* names the row */
        char *value;
};

/* Frees what it holds and empties it. */
void fact_record_finish(struct fact_record *fact);
#define _cleanup_fact_record_ _cleanup_(fact_record_finish)
