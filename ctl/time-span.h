/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A length of time as people write it: 90, 90s, 5min, 2h, 30d, 2w. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* False when the text is none, or longer than max_sec. */
bool time_span_parse(const char *text, uint64_t max_sec, uint64_t *ret_sec);
