/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row between record and file: its cells as they stand in the file, with secrets sealed, and
 * the proof over them. For store-row.c alone. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "io/store-row.h"
#include "io/token-seal.h"

struct sqlite3_stmt;

struct cell {
        const void *bytes; /* of a text or sealed secret; NULL: none */
        size_t size;
        uint64_t number;
        struct secret *sealed; /* what bytes points into, when it was made here */
};

struct cells {
        const struct table *table;
        struct cell cells[TABLE_MAX_COLUMNS];
        unsigned char proof[TOKEN_SEAL_PROOF_BYTES];
};

void cells_finish(struct cells *cells);
#define _cleanup_cells_ _cleanup_(cells_finish)

/* What the proof is over. The caller frees it. */
int cells_encode(const struct cells *cells, struct secret **ret_bytes);
/* Where the secret of column i belongs. Borrows from the cells. */
struct seal_place cells_place(const struct cells *cells, size_t i);

/* From a record, which must stay. -EINVAL without a key, -ERANGE. */
int cells_pack(struct cells *cells, const struct token_seal *seal, const void *record);
int cells_bind(const struct cells *cells, struct sqlite3 *db, struct sqlite3_stmt *statement);

/* From a row, which must stay the current one. */
int cells_fetch(struct cells *cells, struct sqlite3 *db, struct sqlite3_stmt *statement);
/* Says whether the proof holds, and every secret opens. */
int cells_check(const struct cells *cells, const struct token_seal *seal);
/* Checks, and makes a record of it. */
int cells_unpack(const struct cells *cells, const struct token_seal *seal, void *ret_record);
