/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of the store, as the steps that lead to them from nothing: step i leads from version i
 * to i + 1, and only forward. A step that is in a release is never changed.
 *
 * A new column is added with a default of NULL or 0: rows prove themselves without what is empty
 * (io/store-row.h), so that those of before stay good. */
#pragma once

#include <stddef.h>

struct sqlite3;

struct schema {
        const char *const *steps;
        size_t n;
};

extern const struct schema store_schema;

/* Takes the steps that are missing, each wholly or not at all. -EPROTONOSUPPORT when the file is of
 * a version that is not known here. *ret_why is a static fragment. */
int schema_upgrade(struct sqlite3 *db, const struct schema *schema, const char **ret_why);

/* -EBADMSG unless the tables are just what the steps lead to, -EPROTONOSUPPORT when there were more
 * steps than are known here. */
int schema_check(struct sqlite3 *db, const struct schema *schema, const char **ret_why);

/* Says whether it is a file of the store at all, and of a version that can be read here. */
int schema_check_version(struct sqlite3 *db, const struct schema *schema, const char **ret_why);
