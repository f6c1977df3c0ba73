/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entry of the journal in the words of badgectl log. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctl/command.h"

struct journal_entry;
struct table;

#define LOG_TIME_BYTES 32

/* Local time; empty for 0. */
void log_time(uint64_t usec, char ret_text[static LOG_TIME_BYTES]);

/* A table for entries, and the row of one. 0 or -ENOMEM. */
int log_table_new(struct table **ret_table);
int log_entry_add_row(struct table *table, const struct journal_entry *entry);

/* One JSON object a line, with the entry's own fields in lower case. 0 or -ENOMEM. */
int log_entry_print_json(const struct journal_entry *entry);

/* For a journal that cannot be read: r is what its reader returned. */
enum command_exit log_complain(int r, bool json);
