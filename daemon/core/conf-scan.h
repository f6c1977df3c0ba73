/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of one settings file, by rules so narrow that no reader of such files reads them
 * differently. Whatever libeconf would join, cut or unquote in silence is a flaw here. Read by
 * daemon/settings-read.c; knows no section and no key by name. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

#define CONF_LINE_MAX_BYTES 4096

enum conf_kind {
        CONF_SECTION, /* section */
        CONF_KEY,     /* section, key, value (which may be empty) */
        CONF_FLAW,    /* reason and mend; scanning goes on behind it */
        CONF_END,
};

/* All text is borrowed from the scan; reason and mend are static. */
struct conf_line {
        enum conf_kind kind;
        unsigned number; /* counts from 1 */
        const char *section, *key, *value;
        const char *reason, *mend;
};

struct conf_scan;

/* Copies the bytes. 0, or -ENOMEM. */
int conf_scan_new(const char *bytes, size_t size, struct conf_scan **ret_scan);
struct conf_scan *conf_scan_free(struct conf_scan *scan);
DEFINE_CLEANUP(struct conf_scan *, conf_scan_free);

/* The next line that says something; comments and empty lines do not. Keys below a flawed section
 * line are left out, because nobody can tell where they belong. */
struct conf_line conf_scan_next(struct conf_scan *scan);

/* Takes comments, and blanks at the ends of lines, out of a text that has no flaw, in place;
 * returns how many bytes are left. The line breaks stay, so that every line keeps its number. */
size_t conf_scan_drop_comments(char *text, size_t size);
