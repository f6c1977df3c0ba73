/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badgectl check finds, one by one: shown at once to people, gathered into one JSON object for
 * programs. */
#pragma once

#include <stdbool.h>

#include "common/cleanup.h"

struct json_object;

enum finding_state {
        FINDING_GOOD,
        FINDING_WARNING,
        FINDING_BAD,
};

/* All borrowed and printable; detail and mend may be empty. */
struct finding {
        enum finding_state state;
        const char *part;     /* settings, daemon, provider */
        const char *provider; /* its name; NULL for the other parts */
        const char *what, *detail, *mend;
};

struct findings {
        struct json_object *list; /* NULL: for people */
        char heading[256];        /* the part that was shown last */
        unsigned n_bad, n_warnings;
};

/* 0 or -ENOMEM. */
int findings_init(struct findings *findings, bool json);
void findings_finish(struct findings *findings);
#define _cleanup_findings_ _cleanup_(findings_finish)

/* 0 or -ENOMEM. */
int findings_add(struct findings *findings, const struct finding *finding);

/* The last line, or the whole of the JSON. 0 or -ENOMEM. */
int findings_conclude(struct findings *findings);
