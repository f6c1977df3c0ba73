/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

#define PROBLEM_MAX_BYTES 1024

void settings_report_finish(struct settings_report *report)
{
        for (size_t i = 0; i < report->n_problems; i++)
                free(report->problems[i].text);
        free(report->problems);
        *report = (struct settings_report){0};
}

static const char *severity_word(enum settings_severity severity)
{
        switch (severity) {
        case SETTINGS_WARNING:
                return "warning";
        case SETTINGS_ERROR:
                return "error";
        }
        return "error";
}

static char *problem_text(enum settings_severity severity, const struct settings_place *place,
                          const char *reason, const char *mend)
{
        _cleanup_free_ char *text = NULL;
        char line[sizeof(":4294967295")] = "";

        if (place->line > 0)
                (void)snprintf(line, sizeof(line), ":%u", place->line);
        if (asprintf(&text, "%s%s: %s: %s%s%s%s%s%s (%s)", place->file ? place->file : "settings",
                     line, severity_word(severity), place->section ? "[" : "",
                     place->section ? place->section : "", place->section ? "] " : "",
                     place->key ? place->key : "", place->key ? ": " : "", reason, mend) < 0) {
                text = NULL;
                return NULL;
        }
        return text_sanitise(text, PROBLEM_MAX_BYTES);
}

static bool report_append(struct settings_report *report, enum settings_severity severity,
                          const struct settings_place *place, const char *reason, const char *mend)
{
        _cleanup_free_ char *text = problem_text(severity, place, reason, mend);
        if (!text)
                return false;
        struct settings_problem *grown = reallocarray(report->problems, report->n_problems + 1,
                                                      sizeof(*grown));
        if (!grown)
                return false;
        report->problems = grown;
        report->problems[report->n_problems++] = (struct settings_problem){.severity = severity,
                                                                           .text = TAKE_PTR(text)};
        return true;
}

void settings_report_add(struct settings_report *report, enum settings_severity severity,
                         const struct settings_place *place, const char *mend, const char *format,
                         ...)
{
        _cleanup_free_ char *reason = NULL;
        va_list arguments;

        if (severity == SETTINGS_ERROR)
                report->n_errors++;
        va_start(arguments, format);
        int r = vasprintf(&reason, format, arguments);
        va_end(arguments);
        if (r < 0)
                reason = NULL;
        if (!reason || !report_append(report, severity, place, reason, mend))
                report->is_incomplete = true;
}

const char *settings_file_reason(int error, const char *why)
{
        if (error == -ENOENT)
                return "it does not exist";
        if (error == -EACCES)
                return "the user that badged runs as may not open it";
        return why ? why : strerrordesc_np(-error);
}
