/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/conf-scan.h"
#include "io/conf-file.h"
#include "io/conf-folders.h"
#include "io/secret-file.h"

#define SETTINGS_FILE_MAX_BYTES (64 * 1024)
#define SETTINGS_ENTRIES_MAX    4096

static void entry_finish(struct settings_entry *entry)
{
        free((char *)entry->place.file);
        free((char *)entry->place.section);
        free((char *)entry->place.key);
        free(entry->folder);
        free(entry->value);
}

void settings_entries_finish(struct settings_entries *entries)
{
        for (size_t i = 0; i < entries->n; i++)
                entry_finish(&entries->items[i]);
        free(entries->items);
        free(entries->home);
        *entries = (struct settings_entries){0};
}

static bool same_text(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

const struct settings_entry *settings_entries_find(const struct settings_entries *entries,
                                                   const char *section, const char *key)
{
        for (size_t i = entries->n; i > 0; i--) {
                const struct settings_entry *entry = &entries->items[i - 1];
                if (same_text(entry->place.section, section) && same_text(entry->place.key, key))
                        return entry->value && *entry->value == '\0' ? NULL : entry;
        }
        return NULL;
}

struct settings_place settings_entries_place(const struct settings_entries *entries,
                                             const char *section, const char *key)
{
        const struct settings_entry *entry = settings_entries_find(entries, section, key);
        if (!entry)
                entry = settings_entries_find(entries, section, NULL);
        struct settings_place place = {.file = entries->home};
        if (entry)
                place = entry->place;
        place.section = section;
        place.key = key;
        return place;
}

/* What is at hand while one file is read. */
struct reading {
        struct settings_entries *entries;
        struct settings_report *report;
        const struct conf_path *path;
        size_t first; /* index of this file's first entry */
};

static void report_line(struct reading *reading, const struct conf_line *line, const char *mend,
                        const char *reason)
{
        const struct settings_place place = {.file = reading->path->path,
                                             .line = line->number,
                                             .section = line->section,
                                             .key = line->key};
        settings_report_add(reading->report, SETTINGS_ERROR, &place, mend, "%s", reason);
}

static bool is_repeated(const struct reading *reading, const struct conf_line *line)
{
        for (size_t i = reading->first; i < reading->entries->n; i++) {
                const struct settings_place *place = &reading->entries->items[i].place;
                if (same_text(place->section, line->section) && same_text(place->key, line->key))
                        return true;
        }
        return false;
}

static int entries_add(struct reading *reading, const struct conf_line *line)
{
        struct settings_entries *entries = reading->entries;
        struct settings_entry entry = {
                .place = {.file = strdup(reading->path->path),
                          .line = line->number,
                          .section = strdup(line->section),
                          .key = line->key ? strdup(line->key) : NULL},
                .folder = strdup(reading->path->folder),
                .value = line->value ? strdup(line->value) : NULL,
        };
        struct settings_entry *grown = reallocarray(entries->items, entries->n + 1, sizeof(*grown));

        entries->items = grown ? grown : entries->items;
        if (!grown || !entry.place.file || !entry.place.section || !entry.folder ||
            (line->key && !entry.place.key) || (line->value && !entry.value)) {
                entry_finish(&entry);
                return -ENOMEM;
        }
        entries->items[entries->n++] = entry;
        return 0;
}

static int take_line(struct reading *reading, const struct conf_line *line)
{
        if (is_repeated(reading, line)) {
                report_line(reading, line, "keep one of the two, in one place",
                            line->key ? "this file has the key twice"
                                      : "this file has the section twice");
                return 0;
        }
        if (reading->entries->n >= SETTINGS_ENTRIES_MAX) {
                report_line(reading, line, "remove what is not needed",
                            "the settings have more than 4096 lines");
                return -E2BIG;
        }
        return entries_add(reading, line);
}

/* 0, -E2BIG when the rest of the file is left out, -ENOMEM. */
static int take_lines(struct reading *reading, const char *text, size_t size)
{
        _cleanup_(conf_scan_freep) struct conf_scan *scan = NULL;

        int r = conf_scan_new(text, size, &scan);
        while (r >= 0) {
                struct conf_line line = conf_scan_next(scan);
                switch (line.kind) {
                case CONF_SECTION:
                case CONF_KEY:
                        r = take_line(reading, &line);
                        break;
                case CONF_FLAW:
                        report_line(reading, &line, line.mend, line.reason);
                        break;
                case CONF_END:
                        return 0;
                }
        }
        return r;
}

/* 1 when libeconf reads the entry just as the scan did, 0 when not, -ENOMEM. */
static int entry_is_agreed(struct conf_file *file, const struct settings_entry *entry)
{
        _cleanup_free_ char *value = NULL;

        if (!entry->place.key || *entry->value == '\0')
                return 1;
        int r = conf_file_value(file, entry->place.section, entry->place.key, &value);
        if (r <= 0)
                return r;
        size_t length = strlen(value);
        while (length > 0 && strchr(" \t", value[length - 1]))
                length--;
        return length == strlen(entry->value) && memcmp(value, entry->value, length) == 0;
}

/* The second reader: a line that libeconf, and so every program built on it, would read otherwise
 * is a line that the administrator may have meant otherwise. Not of comments: 0.7.7 takes one with
 * two
 * '#' in it for a broken line, and 0.5 joins an indented one to the value above it. */
static int hold_against_libeconf(struct reading *reading, char *text, size_t size)
{
        static const char mend[] = "write it plainly: key = value, no quotes, no continued lines";
        _cleanup_(conf_file_freep) struct conf_file *file = NULL;
        struct conf_line whole = {0};
        const char *why = NULL;

        int r = conf_file_open(text, conf_scan_drop_comments(text, size), &file, &whole.number,
                               &why);
        if (r == -EBADMSG) {
                report_line(reading, &whole, mend, why);
                return 0;
        }
        for (size_t i = reading->first; r >= 0 && i < reading->entries->n; i++) {
                const struct settings_entry *entry = &reading->entries->items[i];
                r = entry_is_agreed(file, entry);
                if (r == 0)
                        settings_report_add(reading->report, SETTINGS_ERROR, &entry->place, mend,
                                            "libeconf reads this line differently");
        }
        return r < 0 ? r : 0;
}

static int read_file(struct reading *reading)
{
        const struct settings_place place = {.file = reading->path->path};
        _cleanup_free_ char *text = NULL;
        const char *why = NULL;
        size_t size = 0;

        int r = trusted_file_read(reading->path->path, SETTINGS_FILE_MAX_BYTES, &text, &size, &why);
        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                settings_report_add(reading->report, SETTINGS_ERROR, &place,
                                    "a regular file, owned by root, mode 0644 or less, "
                                    "64 KiB at most; an empty one where a file is unwanted",
                                    "the file cannot be used: %s", settings_file_reason(r, why));
                return 0;
        }
        size_t n_errors = reading->report->n_errors;
        r = take_lines(reading, text, size);
        if (r < 0)
                return r == -E2BIG ? 0 : r;
        return reading->report->n_errors == n_errors ? hold_against_libeconf(reading, text, size)
                                                     : 0;
}

int settings_entries_read(const char *const *folders, struct settings_entries *ret_entries,
                          struct settings_report *report)
{
        _cleanup_(settings_entries_finish) struct settings_entries entries = {0};
        _cleanup_(conf_paths_finish) struct conf_paths paths = {0};
        struct settings_place place = {0};
        size_t n_folders = 0;

        while (folders[n_folders])
                n_folders++;
        if (n_folders > 0 &&
            asprintf(&entries.home, "%s/badged.conf", folders[n_folders - 1]) < 0) {
                entries.home = NULL;
                return -ENOMEM;
        }
        int r = conf_paths_find(folders, &paths, &place.file);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                settings_report_add(report, SETTINGS_ERROR, &place,
                                    "root must own the folder, the daemon must be able to read it",
                                    "the settings files cannot be listed: %s", strerror(-r));
        for (size_t i = 0; i < paths.n; i++) {
                struct reading reading = {.entries = &entries,
                                          .report = report,
                                          .path = &paths.items[i],
                                          .first = entries.n};
                r = read_file(&reading);
                if (r < 0)
                        return r;
        }
        *ret_entries = entries;
        entries = (struct settings_entries){0};
        return 0;
}
