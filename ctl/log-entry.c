/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/log-entry.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/complaint-report.h"
#include "ctl/journal-reader.h"
#include "ctl/json-output.h"
#include "ctl/table.h"

#define NAME_LETTERS    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define NAME_MAX_BYTES  64
#define VALUE_MAX_BYTES 4096
#define USEC_PER_SEC    1000000ULL

static const struct table_column columns[] = {
        {.heading = "TIME", .is_whole = true},
        {.heading = "DECISION", .is_whole = true},
        {.heading = "ACCOUNT"},
        {.heading = "SERVICE"},
        {.heading = "ORIGIN", .is_spare = true},
        {.heading = "IDENTITY", .is_spare = true},
        {.heading = "REASON"},
};

int log_table_new(struct table **ret_table)
{
        return table_new(columns, ELEMENTSOF(columns), ret_table);
}

void log_time(uint64_t usec, char ret_text[static LOG_TIME_BYTES])
{
        time_t sec = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;

        ret_text[0] = '\0';
        if (usec > 0 && localtime_r(&sec, &parts))
                (void)strftime(ret_text, LOG_TIME_BYTES, "%Y-%m-%d %H:%M:%S", &parts);
}

/* The message up to its fields: "login granted". */
static char *decision_text(const struct journal_entry *entry)
{
        const char *message = journal_entry_text(entry, "MESSAGE");

        return strndup(message ? message : "", message ? strcspn(message, ":") : 0);
}

static enum tone outcome_tone(const struct journal_entry *entry)
{
        const char *word = journal_entry_text(entry, "OUTCOME");

        return word && strcmp(word, "granted") == 0 ? TONE_GOOD : TONE_BAD;
}

int log_entry_add_row(struct table *table, const struct journal_entry *entry)
{
        static const char *const names[] = {"ACCOUNT", "SERVICE", "ORIGIN", "IDENTITY", "REASON"};
        _cleanup_free_ char *decision = decision_text(entry);
        char time[LOG_TIME_BYTES];

        if (!decision)
                return -ENOMEM;
        log_time(entry->received_at_usec, time);
        int r = table_add(table, TONE_PLAIN, time);
        if (r >= 0)
                r = table_add(table, outcome_tone(entry), decision);
        for (size_t i = 0; i < ELEMENTSOF(names) && r >= 0; i++)
                r = table_add(table, TONE_PLAIN, journal_entry_text(entry, names[i]));
        return r;
}

/* ---- for programs ---- */

/* The syslog part is the same for all of them; what starts with "_" is the journal's own. A file
 * may have other names than badged's: none of them stands for the time, nor for one of badged's. */
static bool is_shown(const char *name)
{
        return name[0] != '_' && strncmp(name, "SYSLOG_", 7) != 0 &&
               strcmp(name, "PRIORITY") != 0 && strcmp(name, "TIME") != 0 &&
               strlen(name) < NAME_MAX_BYTES && name[strspn(name, NAME_LETTERS)] == '\0';
}

static int add_field(struct json_object *object, const struct journal_entry *entry,
                     const char *name)
{
        const char *value = journal_entry_text(entry, name);
        char key[NAME_MAX_BYTES];

        for (size_t i = 0; i <= strlen(name); i++)
                key[i] = (char)tolower((unsigned char)name[i]);
        _cleanup_free_ char *shown = value ? text_sanitise(value, VALUE_MAX_BYTES) : NULL;
        return json_add_text(object, key, shown);
}

int log_entry_print_json(const struct journal_entry *entry)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add(object, "time",
                                json_object_new_uint64(entry->received_at_usec / USEC_PER_SEC)) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < entry->n_fields; i++)
                if (is_shown(entry->fields[i].name) &&
                    add_field(object, entry, entry->fields[i].name) < 0)
                        return -ENOMEM;
        return json_print(object);
}

enum command_exit log_complain(int r, bool json)
{
        struct complaint complaint = {0};

        login_verdict_set(&complaint.verdict,
                          r == -ENOMEM || r == -EIO ? LOGIN_UNAVAILABLE : LOGIN_REFUSED,
                          r == -ENOMEM ? "Memory is short." : "The journal cannot be read.");
        complaint.mend = r == -EACCES || r == -EPERM
                                 ? "ask as root, or as a member of group systemd-journal"
                                 : "journalctl --verify";
        return complaint_report(&complaint, json);
}
