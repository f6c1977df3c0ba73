/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/rate-limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_USEC (60 * 1000000ULL)

/* The generic cell rate algorithm: all that there is to know of a source is when it would have paid
 * for what it took, at an even pace. That may lie ahead of now by a minute, less one step. */
struct source {
        char *name;
        uint64_t paid_at_usec;
};

struct rate_limit {
        uint64_t step_usec;
        struct source *sources;
        size_t n_sources;
};

int rate_limit_new(unsigned per_minute, struct rate_limit **ret_limit)
{
        struct rate_limit *limit = calloc(1, sizeof(*limit));
        if (!limit)
                return -ENOMEM;
        limit->step_usec = MINUTE_USEC / (per_minute > 0 ? per_minute : 1);
        limit->sources = calloc(RATE_LIMIT_SOURCES_MAX, sizeof(*limit->sources));
        if (!limit->sources) {
                free(limit);
                return -ENOMEM;
        }
        *ret_limit = limit;
        return 0;
}

struct rate_limit *rate_limit_free(struct rate_limit *limit)
{
        if (!limit)
                return NULL;
        for (size_t i = 0; i < limit->n_sources; i++)
                free(limit->sources[i].name);
        free(limit->sources);
        free(limit);
        return NULL;
}

/* The place of a new source: a free one, or that of the one that has paid first. */
static int add_source(struct rate_limit *limit, const char *name, struct source **ret_source)
{
        struct source *place = &limit->sources[0];
        char *copy = strdup(name);
        if (!copy)
                return -ENOMEM;

        if (limit->n_sources < RATE_LIMIT_SOURCES_MAX)
                place = &limit->sources[limit->n_sources++];
        else
                for (size_t i = 1; i < limit->n_sources; i++)
                        if (limit->sources[i].paid_at_usec < place->paid_at_usec)
                                place = &limit->sources[i];
        free(place->name);
        *place = (struct source){.name = copy};
        *ret_source = place;
        return 0;
}

static int find_source(struct rate_limit *limit, const char *name, struct source **ret_source)
{
        for (size_t i = 0; i < limit->n_sources; i++)
                if (strcmp(limit->sources[i].name, name) == 0) {
                        *ret_source = &limit->sources[i];
                        return 0;
                }
        return add_source(limit, name, ret_source);
}

int rate_limit_take(struct rate_limit *limit, const char *source, uint64_t now_usec)
{
        struct source *found;

        int r = find_source(limit, source ? source : "", &found);
        if (r < 0)
                return r;
        if (found->paid_at_usec < now_usec)
                found->paid_at_usec = now_usec;
        if (found->paid_at_usec - now_usec > MINUTE_USEC - limit->step_usec)
                return 0;
        found->paid_at_usec += limit->step_usec;
        return 1;
}
