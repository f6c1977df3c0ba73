/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state-folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "common/text.h"
#include "fuzz-target.h"
#include "io/store-fact.h"
#include "io/store-tables.h"
#include "io/store.h"
#include "state-files.h"

#define N_ROWS         2 /* of each table */
#define FILE_MAX_BYTES ((size_t)1024 * 1024)
#define RECORD_BYTES   ((size_t)1024)

static const struct table *const tables[] = {
        &account_table, &identity_table, &session_table, &ticket_table,
        &factor_table,  &throttle_table, &fact_table,
};

static const char *const names[FOLDER_FILES] = {"store", "store-wal", "store.key", "store.count",
                                                "store.objection"};

struct image {
        uint8_t *bytes;
        size_t size;
};

/* Made once. */
static char folder[64];
static struct image images[FOLDER_STATES][FOLDER_FILES];

/* In place of libsodium's: keys and nonces are the same in every run, or a finding would not come
 * again. */
void randombytes_buf(void *const bytes, const size_t size)
{
        static uint8_t last;

        for (size_t i = 0; i < size; i++)
                ((uint8_t *)bytes)[i] = (uint8_t)(last = (uint8_t)(last * 5 + 113));
}

/* ---- files ---- */

const char *state_folder_file(enum folder_file file)
{
        static char paths[FOLDER_FILES][96];

        (void)snprintf(paths[file], sizeof(paths[file]), "%s/%s", folder, names[file]);
        return paths[file];
}

bool state_folder_has(enum folder_file file)
{
        return access(state_folder_file(file), F_OK) == 0;
}

void state_folder_write(enum folder_file file, const void *bytes, size_t size)
{
        _cleanup_close_ int fd = open(state_folder_file(file),
                                      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);

        FUZZ_EXPECT(fd >= 0);
        FUZZ_EXPECT(size == 0 || write(fd, bytes, size) == (ssize_t)size);
}

static struct image image_read(enum folder_file file)
{
        struct image image = {.bytes = malloc(FILE_MAX_BYTES)};
        _cleanup_close_ int fd = open(state_folder_file(file), O_RDONLY | O_CLOEXEC);

        FUZZ_EXPECT(fd >= 0 && image.bytes);
        ssize_t size = read(fd, image.bytes, FILE_MAX_BYTES);
        FUZZ_EXPECT(size >= 0 && (size_t)size < FILE_MAX_BYTES);
        image.size = (size_t)size;
        return image;
}

void state_folder_flip(enum folder_file file, uint64_t offset, uint8_t mask)
{
        struct stat status;
        uint8_t byte;
        _cleanup_close_ int fd = open(state_folder_file(file), O_RDWR | O_CLOEXEC);

        if (fd < 0 || fstat(fd, &status) < 0 || status.st_size == 0)
                return;
        off_t at = (off_t)(offset % (uint64_t)status.st_size);
        FUZZ_EXPECT(pread(fd, &byte, 1, at) == 1);
        byte ^= mask;
        FUZZ_EXPECT(pwrite(fd, &byte, 1, at) == 1);
}

void state_folder_cut(enum folder_file file, uint64_t size)
{
        struct stat status;

        if (stat(state_folder_file(file), &status) == 0 && size < (uint64_t)status.st_size)
                FUZZ_EXPECT(truncate(state_folder_file(file), (off_t)size) == 0);
}

static void folder_empty(void)
{
        DIR *entries = opendir(folder);
        struct dirent *entry;

        FUZZ_EXPECT(entries);
        while ((entry = readdir(entries)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        FUZZ_EXPECT(unlinkat(dirfd(entries), entry->d_name, 0) == 0);
        closedir(entries);
}

static void folder_remove(void)
{
        folder_empty();
        (void)rmdir(folder);
}

/* ---- rows ---- */

/* Others are what they refer to. */
static char *sample_text(const struct table *table, const char *column, size_t n)
{
        bool refers = strcmp(column, "account") == 0 || strcmp(column, "identity") == 0;
        bool is_key = strcmp(column, table->columns[0].name) == 0;
        char *text = NULL;

        FUZZ_EXPECT(asprintf(&text, "%s-%s%zu", refers ? column : table->name,
                             refers || is_key ? "" : column, n) > 0);
        return text;
}

static void sample_fill(const struct table *table, size_t n, char *record)
{
        for (size_t i = 0; i < table->n_columns; i++) {
                void *member = record + table->columns[i].offset;
                char *text = sample_text(table, table->columns[i].name, n);
                switch (table->columns[i].kind) {
                case COLUMN_TEXT:
                        *(char **)member = TAKE_PTR(text);
                        break;
                case COLUMN_SECRET:
                        *(struct secret **)member = secret_new_text(text);
                        break;
                case COLUMN_NUMBER:
                        *(uint64_t *)member = 1000 * i + n;
                        break;
                case COLUMN_FLAG:
                        *(bool *)member = n % 2 == 1;
                        break;
                }
                free(text);
        }
}

static void rows_add(struct store *store, size_t n)
{
        _Alignas(max_align_t) char record[RECORD_BYTES];

        for (size_t i = 0; i < ELEMENTSOF(tables); i++) {
                memset(record, 0, sizeof(record));
                FUZZ_EXPECT(tables[i]->record_size <= sizeof(record));
                sample_fill(tables[i], n, record);
                FUZZ_EXPECT(row_add(store_place(store), tables[i], record) == 0);
                row_finish(tables[i], record);
        }
}

static bool is_same_text(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_secret(const struct secret *a, const struct secret *b)
{
        return a && b ? secret_size(a) == secret_size(b) &&
                                memcmp(secret_bytes(a), secret_bytes(b), secret_size(a)) == 0
                      : a == b;
}

static bool is_same(enum column_kind kind, const void *a, const void *b)
{
        switch (kind) {
        case COLUMN_TEXT:
                return is_same_text(*(char *const *)a, *(char *const *)b);
        case COLUMN_SECRET:
                return is_same_secret(*(struct secret *const *)a, *(struct secret *const *)b);
        case COLUMN_NUMBER:
                return *(const uint64_t *)a == *(const uint64_t *)b;
        case COLUMN_FLAG:
                return *(const bool *)a == *(const bool *)b;
        }
        return false;
}

static bool is_sample(const struct table *table, const char *record, size_t n)
{
        _Alignas(max_align_t) char sample[RECORD_BYTES] = {0};
        bool same = true;

        sample_fill(table, n, sample);
        for (size_t i = 0; i < table->n_columns; i++) {
                size_t offset = table->columns[i].offset;
                same &= is_same(table->columns[i].kind, record + offset, sample + offset);
        }
        row_finish(table, sample);
        return same;
}

/* The counter's own row is a number of badged's. */
static bool is_counter(const struct table *table, const char *record)
{
        const struct fact_record *fact = (const void *)record;
        uint64_t count;

        return table == &fact_table && strcmp(fact->name, "store.count") == 0 &&
               text_parse_number(fact->value, 0, INT64_MAX, &count) == 0;
}

static bool table_is_whole(struct store *store, const struct table *table)
{
        size_t n, n_samples[N_ROWS] = {0};
        bool whole = true;
        void *rows;

        FUZZ_EXPECT(row_list(store_place(store), table, NULL, &rows, &n) == 0);
        for (size_t i = 0; i < n; i++) {
                const char *row = (const char *)rows + i * table->record_size;
                bool known = is_counter(table, row);
                for (size_t j = 0; j < N_ROWS && !known; j++)
                        if ((known = is_sample(table, row, j)))
                                n_samples[j]++;
                FUZZ_EXPECT(known);
        }
        for (size_t j = 0; j < N_ROWS; j++) {
                FUZZ_EXPECT(n_samples[j] <= 1);
                whole &= n_samples[j] == 1;
        }
        row_list_free(table, rows, n);
        return whole;
}

bool state_folder_is_whole(struct store *store)
{
        bool whole = true;

        for (size_t i = 0; i < ELEMENTSOF(tables); i++)
                whole &= table_is_whole(store, tables[i]);
        return whole;
}

/* ---- the whole ---- */

static void take_images(enum folder_state state)
{
        for (enum folder_file file = 0; file < FOLDER_FILES; file++)
                if (state_folder_has(file))
                        images[state][file] = image_read(file);
}

static void open_state(struct state_files **ret_files, struct store **ret_store)
{
        FUZZ_EXPECT(state_files_open(folder, ret_files, ret_store) == 0);
        FUZZ_EXPECT(!(*ret_files)->why);
}

static void make_images(void)
{
        struct state_files *files = NULL;
        struct store *store = NULL;

        open_state(&files, &store);
        rows_add(store, 0);
        FUZZ_EXPECT(state_files_settle(store, files) == 0);
        store = store_close(store);
        struct image before = image_read(FILE_STORE);
        files = state_files_free(files);

        open_state(&files, &store);
        rows_add(store, 1);
        take_images(FOLDER_KILLED);
        FUZZ_EXPECT(state_files_settle(store, files) == 0);
        (void)store_close(store);
        take_images(FOLDER_AT_REST);
        take_images(FOLDER_BACKUP);
        (void)state_files_free(files);
        free(images[FOLDER_BACKUP][FILE_STORE].bytes);
        images[FOLDER_BACKUP][FILE_STORE] = before;
}

const char *state_folder_path(void)
{
        const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

        if (*folder)
                return folder;
        (void)snprintf(folder, sizeof(folder), "%s/badged-fuzz-XXXXXX", root);
        FUZZ_EXPECT(mkdtemp(folder));
        FUZZ_EXPECT(atexit(folder_remove) == 0);
        make_images();
        return folder;
}

void state_folder_fill(enum folder_state state)
{
        (void)state_folder_path();
        folder_empty();
        for (enum folder_file file = 0; file < FOLDER_FILES; file++)
                if (images[state][file].bytes)
                        state_folder_write(file, images[state][file].bytes,
                                           images[state][file].size);
}
