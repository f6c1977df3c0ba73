/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements that change rows, each prepared once for as long as the file is open: preparing
 * one costs more than what it does. For the files of the store alone. */
#pragma once

#include "common/cleanup.h"
#include "io/store-wording.h"

struct sqlite3;
struct sqlite3_stmt;
struct statements;

/* NULL when memory is short. */
struct statements *statements_new(void);
/* Before the file is closed. Takes NULL, returns NULL. */
struct statements *statements_free(struct statements *statements);
DEFINE_CLEANUP(struct statements *, statements_free);

/* The statement, for one use at a time: the borrower releases it. Not for WORDING_SELECT. */
int statements_borrow(struct statements *statements, struct sqlite3 *db, const struct table *table,
                      enum wording wording, struct sqlite3_stmt **ret_statement);

/* Forgets what was bound to it, and ends what it was doing. */
struct sqlite3_stmt *statement_release(struct sqlite3_stmt *statement);
DEFINE_CLEANUP(struct sqlite3_stmt *, statement_release);
#define _cleanup_borrowed_ _cleanup_(statement_releasep)
