/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with the settings: all of it, in the order it was found. Filled by the files of
 * daemon/settings-*.c, shown by the daemon at its start and by badged --check. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum settings_severity {
        SETTINGS_WARNING, /* the daemon starts */
        SETTINGS_ERROR,   /* it does not */
};

/* Where in the settings; any text may be NULL and line may be 0, when there is no such place. */
struct settings_place {
        const char *file;
        unsigned line;
        const char *section, *key;
};

struct settings_problem {
        enum settings_severity severity;
        char *text; /* "FILE:LINE: error: [SECTION] KEY: REASON (MEND)", printable, one line */
};

struct settings_report {
        struct settings_problem *problems;
        size_t n_problems;
        size_t n_errors;
        bool is_incomplete; /* memory was short: treat the settings as refused */
};

void settings_report_finish(struct settings_report *report);

/* Adds a problem. The reason comes from a format; what it takes from the files is made printable.
 * Running out of memory is remembered in the report, so that callers need not stop for it. */
void settings_report_add(struct settings_report *report, enum settings_severity severity,
                         const struct settings_place *place, const char *mend, const char *format,
                         ...) __attribute__((format(printf, 5, 6)));

/* The words for a file that could not be read: why (from io/secret-file.h), or better ones for an
 * error that has a plain name. Static. */
const char *settings_file_reason(int error, const char *why);
