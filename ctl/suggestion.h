/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody may have meant whose word is none that badgectl knows: for a person to read, never
 * to be done. */
#pragma once

#include "ctl/command.h"

/* Each prints a line to standard error, or nothing where no word comes near. */

/* In place of a noun, or of a verb that stands alone. */
void suggestion_print_first(const struct noun *const nouns[], const char *word);

/* In place of a verb of the noun. */
void suggestion_print_verb(const struct noun *noun, const char *word);

/* In place of an option, with its dashes. */
void suggestion_print_option(const struct verb *verb, const char *word);
