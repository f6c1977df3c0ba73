/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/group-source.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json_object.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "core/json-path.h"
#include "core/refuse.h"
#include "core/strict-json.h"

/* A piece of a form: letters as they are, or what stands in braces. */
struct piece {
        const char *start;
        size_t size;
        bool braced;
};

/* Cuts the next piece off *form. False at its end, and at braces that do not match. */
static bool piece_next(const char **form, struct piece *ret_piece)
{
        const char *start = *form;
        bool braced = start[0] == '{';

        size_t size = strcspn(start + braced, "{}");
        if (size == 0 || (braced && start[1 + size] != '}'))
                return false;
        *ret_piece = (struct piece){start + braced, size, braced};
        *form = start + size + (braced ? strlen("{}") : 0);
        return true;
}

/* What stands in braces: PLACE, or PLACE=VALUE. Both are freed by the caller. */
static int piece_split(const struct piece *piece, char **ret_place, char **ret_value)
{
        const char *equals = memchr(piece->start, '=', piece->size);
        size_t size = equals ? (size_t)(equals - piece->start) : piece->size;
        _cleanup_free_ char *place = strndup(piece->start, size);
        _cleanup_free_ char *value = equals ? strndup(equals + 1, piece->size - size - 1) : NULL;

        if (!place || (equals && !value))
                return -ENOMEM;
        *ret_place = TAKE_PTR(place);
        *ret_value = TAKE_PTR(value);
        return 0;
}

/* ---- what a source may be ---- */

static bool is_sign(char c)
{
        return !isalnum((unsigned char)c);
}

static bool has_sign(const struct piece *piece)
{
        for (size_t i = 0; i < piece->size; i++)
                if (is_sign(piece->start[i]))
                        return true;
        return false;
}

static int check_braces(const struct piece *piece, bool *ret_inserts, const char **ret_why)
{
        _cleanup_free_ char *place = NULL, *value = NULL;

        int r = piece_split(piece, &place, &value);
        if (r < 0)
                return r;
        if (!json_path_is_valid(place))
                return refuse("has braces without a place in the entry", ret_why);
        *ret_inserts = !value;
        return 0;
}

/* Without a sign between two texts, "ab" and "c" would be the same group as "a" and "bc". */
static int check_form(const char *form, const char **ret_why)
{
        bool apart = true, any = false;
        struct piece piece;

        while (piece_next(&form, &piece)) {
                bool inserts = false;
                int r = piece.braced ? check_braces(&piece, &inserts, ret_why) : 0;
                if (r < 0)
                        return r;
                if (inserts && !apart)
                        return refuse("has no sign between two texts of an entry", ret_why);
                apart = piece.braced ? apart && !inserts : apart || has_sign(&piece);
                any = any || inserts;
        }
        if (form[0] != '\0')
                return refuse("has braces that do not match", ret_why);
        return any ? 0 : refuse("has a form that is the same for every entry", ret_why);
}

static int check_path(const struct group_source *source, const char **ret_why)
{
        _cleanup_free_ char *place = strndup(source->path, strcspn(source->path, "="));
        const char *form = group_source_form(source);

        if (!place)
                return -ENOMEM;
        if (!json_path_is_valid(place) || !text_is_printable(source->path) ||
            strlen(source->path) > GROUP_SOURCE_MAX_BYTES)
                return refuse("is no place in the answer", ret_why);
        return form ? check_form(form, ret_why) : 0;
}

static int check_next(const char *next, const char **ret_why)
{
        size_t size = strcspn(next, "=");

        if (strcmp(next, GROUP_NEXT_BY_LINK) == 0)
                return 0;
        if (next[0] == '/' ? !json_path_is_valid(next)
                           : size == 0 || next[size] == '\0' || !text_is_printable(next) ||
                                     !json_path_is_valid(next + size + 1))
                return refuse("names no next page: write link, /PLACE or NAME=/PLACE", ret_why);
        return 0;
}

int group_source_check(const struct group_source *source, const char **ret_why)
{
        int r = check_path(source, ret_why);

        return r < 0 || !source->next ? r : check_next(source->next, ret_why);
}

const char *group_source_form(const struct group_source *source)
{
        const char *equals = strchr(source->path, '=');

        return equals ? equals + 1 : NULL;
}

/* ---- what an entry is called ---- */

/* 1 and the text that stands there; 0 when there is none of use. */
static int entry_text(struct json_object *entry, const char *place, char **ret_text)
{
        int r = strict_json_scalar(place ? json_path_only(entry, place) : entry,
                                   GROUP_NAME_MAX_BYTES, ret_text);

        return r == -EBADMSG ? 0 : r < 0 ? r : 1;
}

/* 1: the condition holds. */
static int entry_meets(struct json_object *entry, const char *place, const char *value)
{
        struct json_object *there = json_path_only(entry, place);
        _cleanup_free_ char *text = NULL;

        if (json_object_is_type(there, json_type_boolean))
                return strcmp(json_object_get_boolean(there) ? "true" : "false", value) == 0;
        int r = entry_text(entry, place, &text);
        return r <= 0 ? r : strcmp(text, value) == 0;
}

static bool text_has_sign_of(const char *text, const char *form)
{
        struct piece piece;

        while (piece_next(&form, &piece))
                for (size_t i = 0; !piece.braced && i < piece.size; i++)
                        if (is_sign(piece.start[i]) && strchr(text, piece.start[i]))
                                return true;
        return false;
}

static int name_add(char name[GROUP_NAME_MAX_BYTES + 1], const char *text, size_t size)
{
        size_t length = strlen(name);

        if (size > GROUP_NAME_MAX_BYTES - length)
                return 0;
        memcpy(name + length, text, size);
        name[length + size] = '\0';
        return 1;
}

static int name_add_braces(char name[GROUP_NAME_MAX_BYTES + 1], const char *form,
                           const struct piece *piece, struct json_object *entry)
{
        _cleanup_free_ char *place = NULL, *value = NULL, *text = NULL;

        int r = piece_split(piece, &place, &value);
        if (r < 0)
                return r;
        if (value)
                return entry_meets(entry, place, value);
        r = entry_text(entry, place, &text);
        if (r <= 0)
                return r;
        return text_has_sign_of(text, form) ? 0 : name_add(name, text, strlen(text));
}

int group_source_name(const char *form, struct json_object *entry, char **ret_name)
{
        char name[GROUP_NAME_MAX_BYTES + 1] = "";
        const char *rest = form;
        struct piece piece;

        if (!form)
                return entry_text(entry, NULL, ret_name);
        while (piece_next(&rest, &piece)) {
                int r = piece.braced ? name_add_braces(name, form, &piece, entry)
                                     : name_add(name, piece.start, piece.size);
                if (r <= 0)
                        return r;
        }
        char *copy = strdup(name);
        if (!copy)
                return -ENOMEM;
        *ret_name = copy;
        return 1;
}
