/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the program under test writes to standard output, and of what it complains, held back and
 * looked at. */
#pragma once

#include <json-c/json.h>

/* Between the two, stdout and stderr are memory. The texts are the caller's to free; ret_complaints
 * may be NULL. */
void own_output_begin(void);
char *own_output_end(char **ret_complaints);

/* The program aborts unless all of it may go to a terminal: printable text in whole lines. */
void own_output_check_lines(const char *text);

/* The program aborts unless it is one JSON object in one line of ASCII, which is returned; the
 * caller's to put. */
struct json_object *own_output_check_json(const char *text);
