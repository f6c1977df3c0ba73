/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often somebody may do a thing: so many times at once, and then so many a minute, counted for
 * each source by itself. Keeps one time for each source that was seen of late, and never more than
 * RATE_LIMIT_SOURCES_MAX: then the one that was seen longest ago is forgotten. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"

#define RATE_LIMIT_SOURCES_MAX 4096

struct rate_limit;

int rate_limit_new(unsigned per_minute, struct rate_limit **ret_limit);
struct rate_limit *rate_limit_free(struct rate_limit *limit);
DEFINE_CLEANUP(struct rate_limit *, rate_limit_free);

/* 1: it may, and that is counted. 0: not now. -ENOMEM. NULL is a source like any other. now_usec is
 * of a clock that does not go back. */
int rate_limit_take(struct rate_limit *limit, const char *source, uint64_t now_usec);
