/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-throttle.h"

#include "io/store-tables.h"

#define MEMBER(kind, member)                                            \
        {                                                               \
#member, kind, offsetof(struct throttle_record, member) \
        }

static const struct column columns[] = {
        MEMBER(COLUMN_TEXT, id),
        MEMBER(COLUMN_TEXT, account),
        MEMBER(COLUMN_TEXT, origin),
        MEMBER(COLUMN_NUMBER, n_failures),
        MEMBER(COLUMN_NUMBER, first_at_sec),
        MEMBER(COLUMN_NUMBER, last_at_sec),
};

_Static_assert(ELEMENTSOF(columns) <= TABLE_MAX_COLUMNS, "a row has room for them");

const struct table throttle_table = {"throttle", sizeof(struct throttle_record), columns,
                                     ELEMENTSOF(columns)};

void throttle_record_finish(struct throttle_record *throttle)
{
        row_finish(&throttle_table, throttle);
}
