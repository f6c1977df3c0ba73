/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the store know of each other. */
#pragma once

#include "io/store-row.h"

struct store;

extern const struct table account_table;
extern const struct table identity_table;
extern const struct table session_table;
extern const struct table ticket_table;
extern const struct table factor_table;
extern const struct table throttle_table;
extern const struct table fact_table;

/* Borrowed. */
const struct row_place *store_place(const struct store *store);
