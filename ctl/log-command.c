/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl log: the decisions of badged, as the journal has them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "common/text.h"
#include "ctl/command.h"
#include "ctl/journal-reader.h"
#include "ctl/log-entry.h"
#include "ctl/log-verify.h"
#include "ctl/output.h"
#include "ctl/table.h"
#include "ctl/time-span.h"

#define LINES_USUAL   1000
#define LINES_MAX     1000000
#define SINCE_MAX_SEC ((uint64_t)100 * 365 * 24 * 60 * 60)
#define USEC_PER_SEC  1000000ULL

/* "2h" ago, or a day, or a moment, by the local clock. */
static bool parse_since(const char *text, uint64_t *ret_usec)
{
        static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"};
        time_t now = time(NULL);
        uint64_t sec;

        if (time_span_parse(text, SINCE_MAX_SEC, &sec)) {
                *ret_usec = sec < (uint64_t)now ? ((uint64_t)now - sec) * USEC_PER_SEC : 0;
                return true;
        }
        for (size_t i = 0; i < ELEMENTSOF(forms); i++) {
                struct tm parts = {.tm_isdst = -1};
                const char *end = strptime(text, forms[i], &parts);
                time_t at = end && *end == '\0' ? mktime(&parts) : -1;
                if (at >= 0) {
                        *ret_usec = (uint64_t)at * USEC_PER_SEC;
                        return true;
                }
        }
        return false;
}

static bool parse_filter(const struct command_line *line, struct journal_filter *filter)
{
        const char *since = command_value(line, "since"), *lines = command_value(line, "lines");
        uint64_t most = LINES_USUAL;
        enum login_outcome outcome;

        if (since && !parse_since(since, &filter->since_usec)) {
                output_complaint("That is no time.",
                                 "write 2h, 30d, 2026-11-22, or '2026-11-22 08:00'");
                return false;
        }
        if (lines && text_parse_number(lines, 1, LINES_MAX, &most) < 0) {
                output_complaint("That is no number of lines.", "write one from 1 to 1000000");
                return false;
        }
        filter->account = command_value(line, "account");
        filter->service = command_value(line, "service");
        filter->outcome = command_value(line, "outcome");
        if (filter->outcome && login_outcome_from_word(filter->outcome, &outcome) < 0) {
                output_complaint("No decision ends with that word.",
                                 "write granted, denied, expired, refused, unavailable, throttled "
                                 "or cancelled");
                return false;
        }
        filter->most = most;
        return true;
}

static int show_json(struct journal_reader *reader)
{
        const struct journal_entry *entry;
        int r;

        while ((r = journal_reader_next(reader, &entry)) > 0) {
                r = log_entry_print_json(entry);
                if (r < 0)
                        return r;
        }
        return r;
}

static int show_table(struct journal_reader *reader)
{
        _cleanup_table_ struct table *table = NULL;
        const struct journal_entry *entry;
        size_t n = 0;

        int r = log_table_new(&table);
        if (r < 0)
                return r;
        while ((r = journal_reader_next(reader, &entry)) > 0) {
                r = log_entry_add_row(table, entry);
                if (r < 0)
                        return r;
                n++;
        }
        if (r < 0)
                return r;
        if (n > 0)
                return table_print(table);
        puts("The journal has no such decision that you may read.");
        if (geteuid() != 0)
                fputs("Root, and members of group systemd-journal, may read all of it.\n", stderr);
        return 0;
}

enum command_exit log_command(const struct command_line *line)
{
        const char *files[COMMAND_OPTIONS_MAX + 1] = {NULL};
        struct journal_filter filter = {.files = files};
        _cleanup_(journal_reader_freep) struct journal_reader *reader = NULL;

        if (!parse_filter(line, &filter))
                return COMMAND_USAGE;
        for (size_t i = 0; i < COMMAND_OPTIONS_MAX; i++)
                files[i] = command_value_at(line, "file", i);
        if (command_has(line, "verify")) {
                if (filter.account || filter.service || filter.outcome ||
                    command_has(line, "lines")) {
                        output_complaint("--verify is for all that is in the journal.",
                                         "leave the other options out, but --since and --file");
                        return COMMAND_USAGE;
                }
                return log_verify(&filter, line->json);
        }
        int r = journal_reader_new(&filter, &reader);
        if (r >= 0)
                r = line->json ? show_json(reader) : show_table(reader);
        return r < 0 ? log_complain(r, line->json) : COMMAND_GOOD;
}
