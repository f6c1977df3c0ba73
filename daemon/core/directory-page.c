/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/directory-page.h"

#include <errno.h>
#include <json-c/json_object.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/secret.h"
#include "common/text.h"
#include "core/form.h"
#include "core/json-path.h"
#include "core/refuse.h"
#include "core/strict-json.h"

#define SCHEME       "https://"
#define DEFAULT_PORT ":443"

struct reading {
        const char *form;
        struct text_list *groups;
        const char **ret_why;
};

static int on_entry(struct json_object *entry, void *userdata)
{
        struct reading *reading = userdata;
        _cleanup_free_ char *name = NULL;

        int r = group_source_name(reading->form, entry, &name);
        if (r <= 0)
                return r;
        if (reading->groups->n >= DIRECTORY_MAX_GROUPS)
                return refuse("there are more groups than badged takes", reading->ret_why);
        return text_list_add(reading->groups, name);
}

static int read_entries(const struct group_source *source, struct json_object *page,
                        struct text_list *groups, const char **ret_why)
{
        struct reading reading = {group_source_form(source), groups, ret_why};
        _cleanup_free_ char *place = strndup(source->path, strcspn(source->path, "="));

        return place ? json_path_each(page, place, on_entry, &reading) : -ENOMEM;
}

/* ---- the next page ---- */

/* HOST[:PORT] of an https address, without the port that need not be written. */
static const char *authority(const char *url, size_t *ret_size)
{
        const char *start = url + strlen(SCHEME);
        size_t size = strcspn(start, "/?#"), port = strlen(DEFAULT_PORT);

        if (size > port && memcmp(start + size - port, DEFAULT_PORT, port) == 0)
                size -= port;
        *ret_size = size;
        return start;
}

/* RFC 6454 section 5 */
static bool origin_is_same(const char *one, const char *other)
{
        size_t one_size, other_size;

        if (!text_is_https_url(one) || !text_is_https_url(other))
                return false;
        const char *a = authority(one, &one_size), *b = authority(other, &other_size);
        return one_size == other_size && strncasecmp(a, b, one_size) == 0;
}

static int take_address(const struct group_source *source, const char *address, char **ret_next_url,
                        const char **ret_why)
{
        if (strlen(address) > DIRECTORY_ADDRESS_MAX_BYTES)
                return refuse("the address of the next page is too long", ret_why);
        if (!origin_is_same(source->url, address))
                return refuse("the next page is at another server than the first", ret_why);
        return text_copy(address, ret_next_url);
}

/* The source's own address with one parameter more. */
static int take_parameter(const struct group_source *source, const char *value, char **ret_next_url,
                          const char **ret_why)
{
        size_t name_size = strcspn(source->next, "=");
        _cleanup_secret_ struct secret *address = secret_new_text(source->url);

        int r = !address ? -ENOMEM
                         : secret_append_text(address, strchr(source->url, '?') ? "&" : "?",
                                              FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(address, source->next, name_size);
        if (r >= 0)
                r = secret_append_text(address, "=", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(address, value, strlen(value));
        return r < 0 ? r : take_address(source, secret_bytes(address), ret_next_url, ret_why);
}

static int find_next(const struct group_source *source, struct json_object *page,
                     const char *next_link, char **ret_next_url, const char **ret_why)
{
        _cleanup_free_ char *text = NULL;

        if (!source->next)
                return 0;
        if (strcmp(source->next, GROUP_NEXT_BY_LINK) == 0)
                return next_link ? take_address(source, next_link, ret_next_url, ret_why) : 0;

        bool address = source->next[0] == '/';
        const char *place = address ? source->next : strchr(source->next, '=') + 1;
        struct json_object *there = json_path_only(page, place);
        /* Some write an empty text on the last page, in place of nothing. */
        if (!there ||
            (json_object_is_type(there, json_type_string) && !json_object_get_string_len(there)))
                return 0;
        int r = strict_json_scalar(there, DIRECTORY_ADDRESS_MAX_BYTES, &text);
        if (r == -EBADMSG)
                return refuse("the name of the next page is no short text", ret_why);
        if (r < 0)
                return r;
        return address ? take_address(source, text, ret_next_url, ret_why)
                       : take_parameter(source, text, ret_next_url, ret_why);
}

int directory_page_read(const struct group_source *source, const char *body, size_t size,
                        const char *next_link, struct text_list *groups, char **ret_next_url,
                        const char **ret_why)
{
        _cleanup_json_ struct json_object *page = NULL;
        _cleanup_free_ char *next_url = NULL;
        const char *why = NULL;

        int r = group_source_check(source, &why);
        if (r < 0)
                return r == -EBADMSG ? -EINVAL : r;
        r = strict_json_parse(body, size, &page, ret_why);
        if (r < 0)
                return r;
        r = read_entries(source, page, groups, ret_why);
        if (r < 0)
                return r;
        r = find_next(source, page, next_link, &next_url, ret_why);
        if (r < 0)
                return r;
        *ret_next_url = TAKE_PTR(next_url);
        return 0;
}
