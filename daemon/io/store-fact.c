/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-fact.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                        \
        {                                                           \
#member, kind, offsetof(struct fact_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, name),
        MEMBER(COLUMN_TEXT, value),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table fact_table = {"fact", sizeof(struct fact_record), columns, ELEMENTSOF(columns)};

void fact_record_finish(struct fact_record *fact)
{
        row_finish(&fact_table, fact);
}
