/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-statements.h"

#include <errno.h>
#include <sqlite3.h>

#include "io/store-database.h"

struct kept_statement {
        struct kept_statement *next;
        const struct table *table;
        enum wording wording;
        sqlite3_stmt *statement;
};

struct statements {
        struct kept_statement *first;
};

struct statements *statements_new(void)
{
        return calloc(1, sizeof(struct statements));
}

struct statements *statements_free(struct statements *statements)
{
        struct kept_statement *kept;

        if (!statements)
                return NULL;
        while ((kept = statements->first)) {
                statements->first = kept->next;
                (void)statement_free(kept->statement);
                free(kept);
        }
        free(statements);
        return NULL;
}

static int keep(struct statements *statements, sqlite3 *db, const struct table *table,
                enum wording wording, struct kept_statement **ret_kept)
{
        _cleanup_free_ struct kept_statement *kept = calloc(1, sizeof(*kept));

        if (!kept)
                return -ENOMEM;
        int r = wording_prepare(db, table, wording, NULL, 0, &kept->statement);
        if (r < 0)
                return r;
        kept->table = table;
        kept->wording = wording;
        kept->next = statements->first;
        statements->first = kept;
        *ret_kept = TAKE_PTR(kept);
        return 0;
}

int statements_borrow(struct statements *statements, sqlite3 *db, const struct table *table,
                      enum wording wording, sqlite3_stmt **ret_statement)
{
        struct kept_statement *kept = statements->first;

        while (kept && (kept->table != table || kept->wording != wording))
                kept = kept->next;
        int r = kept ? 0 : keep(statements, db, table, wording, &kept);
        if (r < 0)
                return r;
        *ret_statement = kept->statement;
        return 0;
}

sqlite3_stmt *statement_release(sqlite3_stmt *statement)
{
        (void)sqlite3_reset(statement);
        (void)sqlite3_clear_bindings(statement);
        return NULL;
}
