/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-count.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "common/secret.h"
#include "common/text.h"
#include "io/durable-file.h"
#include "io/secret-file.h"
#include "io/store-fact.h"
#include "io/store-tables.h"
#include "io/store.h"

#define FACT       "store.count"
#define DIGITS_MAX 20
#define COUNT_MAX  INT64_MAX

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

/* 0 when there is none yet, as in a new store. */
static int read_stored(struct store *store, uint64_t *ret_count)
{
        _cleanup_fact_record_ struct fact_record fact = {0};
        const struct row_match match = {"name", FACT};

        int r = row_get(store_place(store), &fact_table, &match, 1, &fact);
        if (r == -ENOENT) {
                *ret_count = 0;
                return 0;
        }
        if (r < 0)
                return r;
        return text_parse_number(fact.value, 0, COUNT_MAX, ret_count) < 0 ? -EBADMSG : 0;
}

/* -ENOENT, -EBADMSG. */
static int read_file(const char *path, uint64_t *ret_count)
{
        _cleanup_secret_ struct secret *digits = NULL;
        const char *why;

        int r = secret_file_read(path, DIGITS_MAX, &digits, &why);
        if (r == -EFBIG || r == -ENODATA)
                return -EBADMSG;
        if (r < 0)
                return r;
        return text_parse_number(secret_bytes(digits), 0, COUNT_MAX, ret_count) < 0 ? -EBADMSG : 0;
}

int store_count_check(struct store *store, const char *path, const char **ret_why)
{
        uint64_t stored = 0, beside = 0;

        int r = read_stored(store, &stored);
        if (r < 0)
                return refuse(r, "its counter cannot be read", ret_why);
        r = read_file(path, &beside);
        if (r == -ENOENT && stored == 0)
                return 0;
        if (r == -ENOENT)
                return refuse(-ESTALE, "the counter beside it is gone", ret_why);
        if (r == -EBADMSG)
                return refuse(-ESTALE, "the counter beside it is no number", ret_why);
        if (r < 0)
                return refuse(r, "the counter beside it cannot be read", ret_why);
        if (stored < beside)
                return refuse(-ESTALE, "it is older than what was here before", ret_why);
        return 0;
}

static int write_stored(struct store *store, const char *digits)
{
        char name[] = FACT;
        const struct fact_record fact = {name, (char *)(uintptr_t)digits};

        int r = store_begin(store);
        if (r < 0)
                return r;
        r = row_put(store_place(store), &fact_table, &fact);
        if (r == 0)
                r = store_commit(store);
        if (r < 0)
                store_rollback(store);
        return r;
}

static int write_file(const char *path, const char *digits)
{
        _cleanup_secret_ struct secret *text = secret_new_text(digits);

        return text ? durable_file_write(path, text, true) : -ENOMEM;
}

/* A new file comes before the store has counted: were it not to come after that, it would look as
 * if somebody had taken it away. */
static int find_file(const char *path, uint64_t *ret_count)
{
        int r = read_file(path, ret_count);

        if (r == -ENOENT)
                return write_file(path, "0");
        return r == -EBADMSG ? 0 : r;
}

/* What the file says counts if it is more: otherwise an older store would be older for ever. */
int store_count_advance(struct store *store, const char *path)
{
        uint64_t stored = 0, beside = 0;
        char digits[DIGITS_MAX + 1];

        int r = read_stored(store, &stored);
        if (r == 0)
                r = find_file(path, &beside);
        if (r < 0)
                return r;
        uint64_t most = stored > beside ? stored : beside;
        if (most >= COUNT_MAX)
                return -EOVERFLOW;
        (void)snprintf(digits, sizeof(digits), "%" PRIu64, most + 1);
        r = write_stored(store, digits);
        return r < 0 ? r : write_file(path, digits);
}
