/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a command line to the verb that it means. */
#pragma once

#include "ctl/command.h"

/* Runs what stands in argv, argv[0] being the program's own name; complains where it makes no
 * sense. nouns ends with NULL. */
enum command_exit dispatch(int argc, char **argv, const struct noun *const nouns[],
                           const char *badged_program);
