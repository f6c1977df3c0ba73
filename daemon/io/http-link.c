/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-link.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

#define BLANKS " \t"

struct span {
        const char *start;
        size_t size;
};

struct link {
        struct span target;
        bool has_rel, is_next, has_anchor;
};

static bool span_is(struct span span, const char *word)
{
        return span.size == strlen(word) && strncasecmp(span.start, word, span.size) == 0;
}

static bool span_has_word(struct span span, const char *word)
{
        const char *end = span.start + span.size;

        for (const char *s = span.start; s < end; s++) {
                const char *blank = memchr(s, ' ', (size_t)(end - s));
                struct span one = {s, (size_t)((blank ? blank : end) - s)};
                if (span_is(one, word))
                        return true;
                s += one.size;
        }
        return false;
}

static const char *skip_blanks(const char *s)
{
        return s + strspn(s, BLANKS);
}

/* What stands between quotes is taken as it is written: no relation type needs an escape. NULL when
 * the closing quote is missing. */
static const char *read_quoted(const char *s, struct span *ret_value)
{
        const char *start = ++s;

        while (*s != '"') {
                if (*s == '\\')
                        s++;
                if (*s == '\0')
                        return NULL;
                s++;
        }
        *ret_value = (struct span){start, (size_t)(s - start)};
        return s + 1;
}

/* One name, with or without a value; section 3.3: of several rel only the first counts. NULL when
 * it cannot be read. */
static const char *read_parameter(const char *s, struct link *link)
{
        struct span name = {s, strcspn(s, BLANKS "=;,\"")}, value = {"", 0};

        s = skip_blanks(s + name.size);
        if (*s == '=') {
                s = skip_blanks(s + 1);
                if (*s == '"') {
                        s = read_quoted(s, &value);
                        if (!s)
                                return NULL;
                } else {
                        value = (struct span){s, strcspn(s, BLANKS ";,\"")};
                        s += value.size;
                }
        }
        if (span_is(name, "anchor"))
                link->has_anchor = true;
        if (span_is(name, "rel") && !link->has_rel) {
                link->has_rel = true;
                link->is_next = span_has_word(value, "next");
        }
        return skip_blanks(s);
}

/* Where the link ends; NULL when it cannot be read. */
static const char *read_link(const char *s, struct link *ret_link)
{
        struct link link = {0};
        const char *end = *s == '<' ? strchr(s, '>') : NULL;

        if (!end)
                return NULL;
        link.target = (struct span){s + 1, (size_t)(end - s - 1)};
        s = skip_blanks(end + 1);
        while (s && *s == ';')
                s = read_parameter(skip_blanks(s + 1), &link);
        if (!s || (*s != ',' && *s != '\0'))
                return NULL;
        *ret_link = link;
        return s;
}

static int copy_target(struct span target, char **ret_url)
{
        if (target.size > HTTP_LINK_MAX_BYTES)
                return -ENOENT;
        _cleanup_free_ char *url = strndup(target.start, target.size);
        if (!url)
                return -ENOMEM;
        if (!text_is_https_url(url))
                return -ENOENT;
        *ret_url = TAKE_PTR(url);
        return 0;
}

int http_link_next(const char *value, char **ret_url)
{
        struct link link;

        for (const char *s = value + strspn(value, BLANKS ","); *s; s += strspn(s, BLANKS ",")) {
                s = read_link(s, &link);
                if (!s)
                        return -ENOENT;
                if (link.is_next && !link.has_anchor)
                        return copy_target(link.target, ret_url);
        }
        return -ENOENT;
}
