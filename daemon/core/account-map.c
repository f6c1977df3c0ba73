/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/account-map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/text.h"
#include "core/identity.h"
#include "core/refuse.h"

#define BLANKS "\t "

struct account_map {
        struct account_map_entry *entries;
        size_t n_entries, room;
};

static void entry_finish(struct account_map_entry *entry)
{
        free(entry->account);
        free(entry->issuer);
        free(entry->subject);
        free(entry->provider);
        free(entry->claim);
        free(entry->value);
        *entry = (struct account_map_entry){0};
}

static int copy_part(const char *start, size_t size, char **ret_copy)
{
        *ret_copy = strndup(start, size);
        return *ret_copy ? 0 : -ENOMEM;
}

/* "https://issuer subject": RFC 8414 section 2 gives an issuer neither query nor fragment. */
static int read_key(const char *text, struct account_map_entry *entry, const char **ret_why)
{
        size_t size = strcspn(text, BLANKS);
        const char *subject = text + size + strspn(text + size, BLANKS);

        int r = copy_part(text, size, &entry->issuer);
        if (r < 0)
                return r;
        if (!text_is_https_url(entry->issuer) || strchr(entry->issuer, '?'))
                return refuse("the issuer is not a plain https address", ret_why);
        if (subject[0] == '\0')
                return refuse("there is no subject after the issuer", ret_why);
        if (!identity_subject_is_valid(subject))
                return refuse("the subject is not 1 to 255 printable ASCII characters", ret_why);
        return copy_part(subject, strlen(subject), &entry->subject);
}

static bool provider_is_valid(const char *name)
{
        static const char allowed[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
        return name[0] != '\0' && name[strspn(name, allowed)] == '\0';
}

static int read_claim_value(const char *text, struct account_map_entry *entry, const char **ret_why)
{
        size_t size = strcspn(text, "=");

        if (!text_is_printable(text))
                return refuse("control characters, or bytes that are not UTF-8", ret_why);
        if (strncmp(text, "//", 2) == 0)
                return refuse("the issuer is not a plain https address", ret_why);
        if (size == 0 || text[size] == '\0' || strcspn(text, BLANKS) < size)
                return refuse("there is no claim=value after the provider", ret_why);
        const char *value = text + size + 1;
        if (value[0] == '\0' || strchr(BLANKS, value[0]))
                return refuse("the claim has no value", ret_why);
        if (strlen(value) > IDENTITY_CLAIM_MAX_BYTES)
                return refuse("the value is too long", ret_why);
        int r = copy_part(text, size, &entry->claim);
        return r < 0 ? r : copy_part(value, strlen(value), &entry->value);
}

static int read_identity(const char *text, struct account_map_entry *entry, const char **ret_why)
{
        if (strncmp(text, "https://", strlen("https://")) == 0)
                return read_key(text, entry, ret_why);

        const char *colon = strchr(text, ':');
        if (!colon)
                return refuse("neither an issuer and subject nor provider:claim=value", ret_why);
        int r = copy_part(text, (size_t)(colon - text), &entry->provider);
        if (r < 0)
                return r;
        if (!provider_is_valid(entry->provider))
                return refuse("the provider's name is not valid", ret_why);
        return read_claim_value(colon + 1, entry, ret_why);
}

static int read_entry(char *line, struct account_map_entry *entry, const char **ret_why)
{
        size_t name_size = strcspn(line, BLANKS "=");
        const char *equals = line + name_size + strspn(line + name_size, BLANKS);

        if (*equals != '=')
                return refuse("there is no account = identity", ret_why);
        int r = copy_part(line, name_size, &entry->account);
        if (r < 0)
                return r;
        if (!account_name_is_valid(entry->account))
                return refuse("the account name is not valid", ret_why);
        return read_identity(equals + 1 + strspn(equals + 1, BLANKS), entry, ret_why);
}

static int map_append(struct account_map *map, struct account_map_entry *entry)
{
        if (map->n_entries == map->room) {
                size_t room = map->room ? map->room * 2 : 16;
                void *grown = reallocarray(map->entries, room, sizeof(*map->entries));
                if (!grown)
                        return -ENOMEM;
                map->entries = grown;
                map->room = room;
        }
        map->entries[map->n_entries++] = *entry;
        *entry = (struct account_map_entry){0};
        return 0;
}

static char *trim(char *line)
{
        line += strspn(line, BLANKS);
        for (size_t size = strlen(line); size > 0 && strchr(BLANKS, line[size - 1]); size--)
                line[size - 1] = '\0';
        return line;
}

static int read_line(struct account_map *map, char *line, const char **ret_why)
{
        _cleanup_(entry_finish) struct account_map_entry entry = {0};

        line = trim(line);
        if (line[0] == '\0' || line[0] == '#')
                return 0;
        int r = read_entry(line, &entry, ret_why);
        return r < 0 ? r : map_append(map, &entry);
}

int account_map_parse(const char *text, size_t size, struct account_map **ret_map,
                      unsigned *ret_line, const char **ret_why)
{
        *ret_line = 0;
        if (size > ACCOUNT_MAP_MAX_BYTES)
                return refuse("the map is larger than 1 MiB", ret_why);
        if (memchr(text, '\0', size))
                return refuse("a NUL byte", ret_why);

        _cleanup_account_map_ struct account_map *map = calloc(1, sizeof(*map));
        _cleanup_free_ char *copy = strndup(text, size);
        if (!map || !copy)
                return -ENOMEM;

        unsigned number = 0;
        for (char *rest = copy, *line; (line = strsep(&rest, "\n"));) {
                number++;
                int r = read_line(map, line, ret_why);
                if (r == -EBADMSG)
                        *ret_line = number;
                if (r < 0)
                        return r;
        }
        *ret_map = TAKE_PTR(map);
        return 0;
}

struct account_map *account_map_free(struct account_map *map)
{
        if (!map)
                return NULL;
        for (size_t i = 0; i < map->n_entries; i++)
                entry_finish(&map->entries[i]);
        free(map->entries);
        free(map);
        return NULL;
}

size_t account_map_entries(const struct account_map *map,
                           const struct account_map_entry **ret_entries)
{
        *ret_entries = map->entries;
        return map->n_entries;
}
