/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badgectl says about itself, all of it from the table of nouns. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct noun;
struct verb;

/* All nouns and verbs, a line or two for each. */
void command_help_all(FILE *file, const struct noun *const nouns[]);

/* The verbs of a noun that has a name. */
void command_help_noun(FILE *file, const struct noun *noun);

/* All about one verb, on standard output. 0 or -ENOMEM. */
int command_help_verb(const struct noun *noun, const struct verb *verb);

/* The whole table for programs: one JSON object. 0 or -ENOMEM. */
int command_help_json(const struct noun *const nouns[]);
