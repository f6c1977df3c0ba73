/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parsers of values that name documents of the provider's API, and of presets. */
#include "settings-parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/provider-preset.h"
#include "settings.h"

#define GROUP_SOURCES_MAX 8
#define SOURCE_SEPARATOR  ", " /* addresses may have commas, and the settings no semicolon */

static int reject(const char *why, const char **ret_why)
{
        *ret_why = why;
        return -EINVAL;
}

int parse_preset(const char *text, const char *folder, void *field, const char **ret_why)
{
        const struct provider_preset *preset = provider_preset_find(text);

        if (!preset)
                return reject("is not the name of a preset", ret_why);
        *(const struct provider_preset **)field = preset;
        return 0;
}

static void group_source_finish(struct group_source *source)
{
        free(source->url);
        free(source->path);
        free(source->next);
        *source = (struct group_source){0};
}

void parsed_group_sources_finish(struct provider_settings *provider)
{
        for (size_t i = 0; i < provider->n_group_sources; i++)
                group_source_finish(&provider->group_sources[i]);
        free(provider->group_sources);
        provider->group_sources = NULL;
        provider->n_group_sources = 0;
}

static int add_source(struct provider_settings *provider, const char *url, const char *path,
                      const char *next)
{
        struct group_source made = {
                .url = strdup(url), .path = strdup(path), .next = next ? strdup(next) : NULL};
        struct group_source *grown = reallocarray(provider->group_sources,
                                                  provider->n_group_sources + 1, sizeof(*grown));

        provider->group_sources = grown ? grown : provider->group_sources;
        if (!grown || !made.url || !made.path || (next && !made.next)) {
                group_source_finish(&made);
                return -ENOMEM;
        }
        provider->group_sources[provider->n_group_sources++] = made;
        return 0;
}

/* An address whose path and query may hold {CLAIM}; never its host, or a claim could choose where
 * the client's token goes. */
static bool is_address_form(const char *text)
{
        static const char scheme[] = "https://";
        _cleanup_free_ char *plain = strdup(text);

        if (!plain || strncmp(text, scheme, sizeof(scheme) - 1) != 0)
                return false;
        const char *host = text + sizeof(scheme) - 1;
        if (host[strcspn(host, "{}/")] != '/')
                return false;
        for (char *s = plain; *s; s++)
                if (*s == '{' || *s == '}')
                        *s = '-';
        return text_is_https_url(plain);
}

/* The three words of one source. */
static int take_source(struct provider_settings *provider, char *item, const char **ret_why)
{
        char *rest = NULL;
        const char *url = strtok_r(item, " ", &rest), *path = strtok_r(NULL, " ", &rest);
        const char *next = strtok_r(NULL, " ", &rest);

        if (!url || !path || path[0] != '/' || strtok_r(NULL, " ", &rest))
                return reject(
                        "is not a list of URL /PATH [NEXT], with a comma and a blank between them",
                        ret_why);
        if (!is_address_form(url))
                return reject("has an address that is not of the form https://HOST/PATH", ret_why);
        if (provider->n_group_sources >= GROUP_SOURCES_MAX)
                return reject("names more than 8 sources", ret_why);
        const struct group_source source = {(char *)url, (char *)path, (char *)next};
        int r = group_source_check(&source, ret_why);
        if (r < 0)
                return r == -EBADMSG ? -EINVAL : r;
        return add_source(provider, url, path, next);
}

int parse_group_sources(const char *text, const char *folder, void *field, const char **ret_why)
{
        _cleanup_free_ char *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        for (char *item = copy, *rest; item; item = rest) {
                rest = strstr(item, SOURCE_SEPARATOR);
                if (rest) {
                        *rest = '\0';
                        rest += strlen(SOURCE_SEPARATOR);
                }
                int r = take_source(field, item, ret_why);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* "URL /PATH=VALUE" */
int parse_account_source(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char form[] = "is not URL /PATH=VALUE";
        _cleanup_free_ char *copy = strdup(text);
        struct account_source *source = &((struct provider_settings *)field)->account_source;
        char *rest = NULL;

        if (!copy)
                return -ENOMEM;
        const char *url = strtok_r(copy, " ", &rest), *path = strtok_r(NULL, "=", &rest);
        if (!url || !path || path[0] != '/' || strchr(path, ' ') || !rest || *rest == '\0')
                return reject(form, ret_why);
        if (!is_address_form(url))
                return reject("has an address that is not of the form https://HOST/PATH", ret_why);
        source->url = strdup(url);
        source->path = strdup(path);
        source->value = strdup(rest);
        return source->url && source->path && source->value ? 0 : -ENOMEM;
}
