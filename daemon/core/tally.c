/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/tally.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* In which texts of a pair count: both, one of them, or neither. */
#define KINDS 4

struct counter {
        const char *first, *second; /* NULL: any */
        size_t n;
        char texts[];
};

/* "Any" comes before all texts. */
static int compare_texts(const char *a, const char *b)
{
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
        const struct counter *one = a, *other = b;
        int order = compare_texts(one->first, other->first);

        return order != 0 ? order : compare_texts(one->second, other->second);
}

static struct counter key_of(const char *first, const char *second, unsigned kind)
{
        return (struct counter){.first = kind & 1 ? first : NULL,
                                .second = kind & 2 ? second : NULL};
}

static struct counter *counter_find(const struct tally *tally, const struct counter *key)
{
        struct counter **node = tfind(key, &tally->root, compare);

        return node ? *node : NULL;
}

static char *put_text(char *place, const char *text, const char **ret_text)
{
        if (!text)
                return place;
        *ret_text = place;
        return stpcpy(place, text) + 1;
}

static struct counter *counter_new(const struct counter *key)
{
        size_t size = (key->first ? strlen(key->first) + 1 : 0) +
                      (key->second ? strlen(key->second) + 1 : 0);
        struct counter *counter = calloc(1, sizeof(*counter) + size);
        if (!counter)
                return NULL;

        (void)put_text(put_text(counter->texts, key->first, &counter->first), key->second,
                       &counter->second);
        return counter;
}

static int counter_raise(struct tally *tally, const struct counter *key)
{
        struct counter *counter = counter_find(tally, key);

        if (!counter) {
                counter = counter_new(key);
                if (!counter)
                        return -ENOMEM;
                if (!tsearch(counter, &tally->root, compare)) {
                        free(counter);
                        return -ENOMEM;
                }
        }
        counter->n++;
        return 0;
}

static void counter_lower(struct tally *tally, const struct counter *key)
{
        struct counter *counter = counter_find(tally, key);

        if (!counter || --counter->n > 0)
                return;
        (void)tdelete(counter, &tally->root, compare);
        free(counter);
}

int tally_add(struct tally *tally, const char *first, const char *second)
{
        for (unsigned kind = 0; kind < KINDS; kind++) {
                struct counter key = key_of(first, second, kind);
                int r = counter_raise(tally, &key);
                if (r == 0)
                        continue;
                while (kind-- > 0) {
                        key = key_of(first, second, kind);
                        counter_lower(tally, &key);
                }
                return r;
        }
        return 0;
}

void tally_take(struct tally *tally, const char *first, const char *second)
{
        for (unsigned kind = 0; kind < KINDS; kind++) {
                struct counter key = key_of(first, second, kind);
                counter_lower(tally, &key);
        }
}

size_t tally_count(const struct tally *tally, const char *first, const char *second)
{
        struct counter key = {.first = first, .second = second};
        const struct counter *counter = counter_find(tally, &key);

        return counter ? counter->n : 0;
}
