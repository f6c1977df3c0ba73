/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-journal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "common/cleanup.h"
#include "common/decision-chain.h"
#include "fuzz-target.h"

#define FIELDS_MAX 200 /* more than badgectl takes */
#define NAME_RAW   UINT8_MAX

static const char *const names[] = {"MESSAGE",  "ACCOUNT",  "SERVICE",    "ORIGIN",
                                    "IDENTITY", "REASON",   "OUTCOME",    "SEQUENCE",
                                    "PREVIOUS", "DIGEST",   "DECIDED_AT", "_PID",
                                    "_BOOT_ID", "PRIORITY", "TIME",       "account"};

/* What libsystemd has: "NAME=value", without a NUL behind it. */
struct field {
        char *text;
        size_t size;
};

struct sd_journal {
        struct fuzz_bytes *bytes;
        struct field fields[FIELDS_MAX];
        size_t n_fields, next;
        uint64_t usec, sequence;
        char digest[DECISION_DIGEST_DIGITS + 1]; /* of the last well chained entry */
};

static struct sd_journal journal;

static void clear(void)
{
        for (size_t i = 0; i < journal.n_fields; i++)
                free(journal.fields[i].text);
        journal.n_fields = journal.next = 0;
}

void fake_journal_begin(struct fuzz_bytes *bytes)
{
        clear();
        journal = (struct sd_journal){.bytes = bytes, .digest = DECISION_NO_DIGEST};
}

static void add_raw(const void *bytes, size_t size)
{
        char *text = malloc(size);

        FUZZ_EXPECT((text || size == 0) && journal.n_fields < FIELDS_MAX);
        if (size > 0)
                memcpy(text, bytes, size);
        journal.fields[journal.n_fields++] = (struct field){text, size};
}

static void add(const char *name, const void *value, size_t size)
{
        _cleanup_free_ char *text = malloc(strlen(name) + 1 + size);
        char *end = text ? stpcpy(text, name) : NULL;

        FUZZ_EXPECT(end);
        *end++ = '=';
        if (size > 0)
                memcpy(end, value, size);
        add_raw(text, (size_t)(end - text) + size);
}

static void add_text(const char *name, const char *value)
{
        add(name, value, strlen(value));
}

/* From here on it is the digest of all fields so far. */
static void renew_digest(void)
{
        struct decision_field fields[FIELDS_MAX];

        for (size_t i = 0; i < journal.n_fields; i++) {
                struct field *field = &journal.fields[i];
                char *equal = memchr(field->text, '=', field->size);
                *equal = '\0';
                fields[i] = (struct decision_field){
                        field->text, equal + 1, field->size - (size_t)(equal + 1 - field->text)};
        }
        FUZZ_EXPECT(decision_digest(fields, journal.n_fields, journal.digest) == 0);
        for (size_t i = 0; i < journal.n_fields; i++)
                journal.fields[i].text[strlen(journal.fields[i].text)] = '=';
}

static void chain_up(void)
{
        char sequence[24];

        (void)snprintf(sequence, sizeof(sequence), "%llu", (unsigned long long)++journal.sequence);
        add_text(DECISION_FIELD_SEQUENCE, sequence);
        add_text(DECISION_FIELD_PREVIOUS, journal.digest);
        renew_digest();
        add_text(DECISION_FIELD_DIGEST, journal.digest);
}

/* False when one of them has no name, or is the third that makes a chain. */
static bool read_field(struct fuzz_bytes *bytes)
{
        uint8_t name = fuzz_byte(bytes);
        size_t size, asked = fuzz_byte(bytes);
        const uint8_t *value = fuzz_piece(bytes, asked, &size);

        if (name == NAME_RAW)
                add_raw(value, size);
        else
                add(names[name % ELEMENTSOF(names)], value, size);
        return name != NAME_RAW;
}

static void read_entry(struct fuzz_bytes *bytes)
{
        uint8_t kind = fuzz_byte(bytes), n = fuzz_byte(bytes) % 16;
        bool is_sound = true;

        journal.usec = fuzz_number(bytes);
        for (; n > 0 && fuzz_bytes_left(bytes) > 0; n--)
                is_sound &= read_field(bytes);
        for (uint8_t i = 0; kind == NAME_RAW && i < FIELDS_MAX / 2 + 50; i++)
                add_text("ACCOUNT", "alice");
        if (is_sound && kind % 2 == 1)
                chain_up();
}

/* ---- libsystemd's ---- */

int sd_journal_open(sd_journal **ret, int flags)
{
        *ret = &journal;
        return 0;
}

int sd_journal_open_files(sd_journal **ret, const char **paths, int flags)
{
        return sd_journal_open(ret, flags);
}

void sd_journal_close(sd_journal *opened)
{
        clear();
}

int sd_journal_set_data_threshold(sd_journal *opened, size_t size)
{
        return 0;
}

int sd_journal_add_match(sd_journal *opened, const void *data, size_t size)
{
        return 0;
}

int sd_journal_seek_realtime_usec(sd_journal *opened, uint64_t usec)
{
        return 0;
}

int sd_journal_next(sd_journal *opened)
{
        clear();
        if (fuzz_bytes_left(opened->bytes) == 0)
                return 0;
        read_entry(opened->bytes);
        return 1;
}

int sd_journal_get_realtime_usec(sd_journal *opened, uint64_t *ret)
{
        *ret = opened->usec;
        return 0;
}

void sd_journal_restart_data(sd_journal *opened)
{
        opened->next = 0;
}

int sd_journal_enumerate_data(sd_journal *opened, const void **data, size_t *length)
{
        if (opened->next == opened->n_fields)
                return 0;
        *data = opened->fields[opened->next].text;
        *length = opened->fields[opened->next++].size;
        return 1;
}
