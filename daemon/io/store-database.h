/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One sqlite file as the store wants it: a single writer, each commit on the disk when it returns,
 * nothing in the file trusted. Knows no table. For the files of the store alone. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"

struct sqlite3;
struct sqlite3_stmt;

/* Marks the file as one of badged's (sqlite's application_id). */
#define DATABASE_APPLICATION 0x62616467

/* The negative errno for what sqlite answered: -EBADMSG damaged, -EBUSY another has it, -EEXIST
 * such a row is there already, -ENOENT what it refers to is not, -EINVAL a value is missing,
 * -E2BIG, -ENOSPC, -ENOMEM, -EROFS, otherwise -EIO. */
int database_error(struct sqlite3 *db, int answer);

/* Opens a file that is there, for this process alone until it is closed. */
int database_open(const char *path, struct sqlite3 **ret_db);

/* Makes an empty one, marked; the file must not be there. */
int database_make(const char *path, struct sqlite3 **ret_db);

/* One in memory, for comparing. */
int database_open_memory(struct sqlite3 **ret_db);

/* Takes NULL, returns NULL. */
struct sqlite3 *database_close(struct sqlite3 *db);
DEFINE_CLEANUP(struct sqlite3 *, database_close);
#define _cleanup_database_ _cleanup_(database_closep)

/* Statements without an answer that counts. */
int database_execute(struct sqlite3 *db, const char *sql);

/* The number that is the first row's first column; -EBADMSG when there is no row. */
int database_number(struct sqlite3 *db, const char *sql, int64_t *ret_number);

int database_prepare(struct sqlite3 *db, const char *sql, struct sqlite3_stmt **ret_statement);
/* 1: a row; 0: done; negative errno. */
int database_step(struct sqlite3 *db, struct sqlite3_stmt *statement);
/* The text of a column, borrowed until the next step; empty when there is none. -ENOMEM. */
int database_text(struct sqlite3 *db, struct sqlite3_stmt *statement, int at,
                  const char **ret_text);
struct sqlite3_stmt *statement_free(struct sqlite3_stmt *statement);
DEFINE_CLEANUP(struct sqlite3_stmt *, statement_free);
#define _cleanup_statement_ _cleanup_(statement_freep)

/* Looks at every page, index and reference. -EBADMSG with *ret_why (static), or another error. */
int database_check(struct sqlite3 *db, const char **ret_why);
