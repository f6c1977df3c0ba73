/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/journal-reader.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#define UNIT     "_SYSTEMD_UNIT=badged.service"
#define FACILITY "SYSLOG_FACILITY=10" /* of decisions, not of what the daemon says about itself */

#define FIELDS_MAX      128
#define VALUE_MAX_BYTES 65536

struct journal_reader {
        sd_journal *journal;
        struct journal_entry entry;
};

/* ---- one entry ---- */

static void entry_clear(struct journal_entry *entry)
{
        for (size_t i = 0; i < entry->n_fields; i++)
                free((char *)entry->fields[i].name);
        free(entry->fields);
        *entry = (struct journal_entry){0};
}

/* Name, NUL, value, NUL in one piece of memory, which the name stands for. */
static int entry_add(struct journal_entry *entry, const char *bytes, size_t size)
{
        const char *equal = memchr(bytes, '=', size);

        if (!equal || size > VALUE_MAX_BYTES || entry->n_fields == FIELDS_MAX)
                return -EBADMSG;
        struct decision_field *grown = reallocarray(entry->fields, entry->n_fields + 1,
                                                    sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        entry->fields = grown;

        char *copy = malloc(size + 1);
        if (!copy)
                return -ENOMEM;
        memcpy(copy, bytes, size);
        copy[size] = '\0';
        copy[equal - bytes] = '\0';
        grown[entry->n_fields++] = (struct decision_field){
                .name = copy,
                .value = copy + (equal - bytes) + 1,
                .size = size - (size_t)(equal - bytes) - 1,
        };
        return 0;
}

const char *journal_entry_text(const struct journal_entry *entry, const char *name)
{
        const struct decision_field *found = NULL;

        for (size_t i = 0; i < entry->n_fields; i++) {
                if (strcmp(entry->fields[i].name, name) != 0)
                        continue;
                if (found)
                        return NULL;
                found = &entry->fields[i];
        }
        return found && strlen(found->value) == found->size ? found->value : NULL;
}

/* ---- the journal ---- */

static int open_journal(const struct journal_filter *filter, sd_journal **ret_journal)
{
        if (filter->files && filter->files[0])
                return sd_journal_open_files(ret_journal, (const char **)filter->files, 0);
        return sd_journal_open(ret_journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
}

static int add_match(sd_journal *journal, const char *name, const char *value)
{
        char *match = NULL;

        if (!value)
                return 0;
        if (asprintf(&match, "%s=%s", name, value) < 0)
                return -ENOMEM;
        int r = sd_journal_add_match(journal, match, 0);
        free(match);
        return r;
}

static int add_matches(sd_journal *journal, const struct journal_filter *filter)
{
        int r = sd_journal_add_match(journal, UNIT, 0);
        if (r >= 0)
                r = sd_journal_add_match(journal, FACILITY, 0);
        if (r >= 0)
                r = add_match(journal, "ACCOUNT", filter->account);
        if (r >= 0)
                r = add_match(journal, "SERVICE", filter->service);
        if (r >= 0)
                r = add_match(journal, "OUTCOME", filter->outcome);
        return r;
}

/* Before the first entry that is wanted. */
static int seek(sd_journal *journal, const struct journal_filter *filter)
{
        uint64_t usec;

        if (filter->most == 0)
                return sd_journal_seek_realtime_usec(journal, filter->since_usec);
        int r = sd_journal_seek_tail(journal);
        if (r >= 0)
                r = sd_journal_previous_skip(journal, filter->most + 1);
        if (r < 0)
                return r;
        if ((size_t)r <= filter->most) /* there are no more than that */
                return sd_journal_seek_realtime_usec(journal, filter->since_usec);
        r = sd_journal_get_realtime_usec(journal, &usec);
        if (r < 0 || usec >= filter->since_usec)
                return r;
        return sd_journal_seek_realtime_usec(journal, filter->since_usec);
}

int journal_reader_new(const struct journal_filter *filter, struct journal_reader **ret_reader)
{
        _cleanup_(journal_reader_freep) struct journal_reader *reader = calloc(1, sizeof(*reader));

        int r = reader ? open_journal(filter, &reader->journal) : -ENOMEM;
        if (r >= 0)
                r = sd_journal_set_data_threshold(reader->journal, 0);
        if (r >= 0)
                r = add_matches(reader->journal, filter);
        if (r >= 0)
                r = seek(reader->journal, filter);
        if (r < 0)
                return r;
        *ret_reader = TAKE_PTR(reader);
        return 0;
}

struct journal_reader *journal_reader_free(struct journal_reader *reader)
{
        if (!reader)
                return NULL;
        entry_clear(&reader->entry);
        sd_journal_close(reader->journal);
        free(reader);
        return NULL;
}

static int read_entry(sd_journal *journal, struct journal_entry *entry)
{
        const void *bytes;
        size_t size;

        int r = sd_journal_get_realtime_usec(journal, &entry->received_at_usec);
        if (r < 0)
                return r;
        sd_journal_restart_data(journal);
        while ((r = sd_journal_enumerate_data(journal, &bytes, &size)) > 0) {
                r = entry_add(entry, bytes, size);
                if (r < 0)
                        return r;
        }
        return r;
}

int journal_reader_next(struct journal_reader *reader, const struct journal_entry **ret_entry)
{
        int r = sd_journal_next(reader->journal);
        if (r <= 0)
                return r;
        entry_clear(&reader->entry);
        r = read_entry(reader->journal, &reader->entry);
        if (r < 0)
                return r;
        *ret_entry = &reader->entry;
        return 1;
}

int journal_reader_wait(struct journal_reader *reader, uint64_t timeout_usec)
{
        int r = sd_journal_wait(reader->journal, timeout_usec);
        return r < 0 ? r : 0;
}
