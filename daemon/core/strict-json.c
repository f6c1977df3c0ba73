/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/strict-json.h"

#include <errno.h>
#include <json-c/json_tokener.h>
#include <json-c/linkhash.h>
#include <string.h>

#include "common/secret.h"
#include "common/text.h"
#include "core/json-lexer.h"
#include "core/refuse.h"

#define TEXT_NUMBER_MAX_BYTES 20 /* digits of UINT64_MAX */

static struct json_object *tokener_parse(struct json_tokener *tokener, const char *bytes,
                                         size_t size)
{
        struct json_object *object = json_tokener_parse_ex(tokener, bytes, (int)size);
        if (json_tokener_get_error(tokener) == json_tokener_success)
                return object;
        (void)json_object_put(object);
        return NULL;
}

/* The tokener gathers strings in a buffer that it frees as it is. Reading this one string before
 * and after the input makes the buffer large enough to never move, and overwrites it. */
static int tokener_fill(struct json_tokener *tokener, size_t size)
{
        _cleanup_free_ char *filler = malloc(size + 2);
        if (!filler)
                return -ENOMEM;
        memset(filler, 'x', size + 2);
        filler[0] = filler[size + 1] = '"';

        json_tokener_reset(tokener);
        _cleanup_json_ struct json_object *text = tokener_parse(tokener, filler, size + 2);
        json_tokener_reset(tokener);
        return text ? 0 : -ENOMEM;
}

static size_t tree_members(struct json_object *tree)
{
        size_t members = 0;

        if (json_object_is_type(tree, json_type_array)) {
                for (size_t i = 0; i < json_object_array_length(tree); i++)
                        members += tree_members(json_object_array_get_idx(tree, i));
        } else if (json_object_is_type(tree, json_type_object)) {
                json_object_object_foreach (tree, name, value) {
                        (void)name;
                        members += 1 + tree_members(value);
                }
        }
        return members;
}

static void tree_erase(struct json_object *tree)
{
        if (json_object_is_type(tree, json_type_array)) {
                for (size_t i = 0; i < json_object_array_length(tree); i++)
                        tree_erase(json_object_array_get_idx(tree, i));
        } else if (json_object_is_type(tree, json_type_object)) {
                json_object_object_foreach (tree, name, value) {
                        (void)name;
                        tree_erase(value);
                }
        } else if (json_object_is_type(tree, json_type_string)) {
                secret_erase((char *)json_object_get_string(tree),
                             (size_t)json_object_get_string_len(tree));
        }
}

struct json_object *strict_json_erase(struct json_object *object)
{
        tree_erase(object);
        (void)json_object_put(object);
        return NULL;
}

static void tokener_freep(struct json_tokener **tokener)
{
        if (*tokener)
                json_tokener_free(*tokener);
}

/* Only for bytes that the lexer has passed: what is still wrong then is their order. NULL then.
 * json-c's strict mode would add nothing to that but what its versions disagree on: from 0.17 on it
 * refuses numbers that are too large for it, and 0.18 all strings that are not ASCII. */
static int tree_new(const char *bytes, size_t size, struct json_object **ret_tree)
{
        /* json-c counts one level more than there are containers. */
        _cleanup_(tokener_freep) struct json_tokener *tokener = json_tokener_new_ex(
                STRICT_JSON_MAX_DEPTH + 1);
        if (!tokener)
                return -ENOMEM;
        json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
        int r = tokener_fill(tokener, size);
        if (r < 0)
                return r;

        _cleanup_json_erase_ struct json_object *tree = tokener_parse(tokener, bytes, size);
        r = tokener_fill(tokener, size);
        if (r < 0)
                return r;
        *ret_tree = TAKE_PTR(tree);
        return 0;
}

static int tree_parse(const char *bytes, size_t size, bool arrays, struct json_object **ret_tree,
                      const char **ret_why)
{
        size_t members;

        if (size > STRICT_JSON_MAX_BYTES)
                return refuse("too large", ret_why);
        int r = json_lexer_check(bytes, size, STRICT_JSON_MAX_DEPTH, &members, ret_why);
        if (r < 0)
                return r;

        _cleanup_json_erase_ struct json_object *tree = NULL;
        r = tree_new(bytes, size, &tree);
        if (r < 0)
                return r;
        if (!json_object_is_type(tree, json_type_object) &&
            !(arrays && json_object_is_type(tree, json_type_array)))
                return refuse(arrays ? "neither a JSON object nor an array" : "not a JSON object",
                              ret_why);
        /* json-c keeps the last of two members with one name, so the tree has fewer. */
        if (tree_members(tree) != members)
                return refuse("duplicate member names", ret_why);
        *ret_tree = TAKE_PTR(tree);
        return 0;
}

int strict_json_parse_object(const char *bytes, size_t size, struct json_object **ret_object,
                             const char **ret_why)
{
        return tree_parse(bytes, size, false, ret_object, ret_why);
}

int strict_json_parse(const char *bytes, size_t size, struct json_object **ret_tree,
                      const char **ret_why)
{
        return tree_parse(bytes, size, true, ret_tree, ret_why);
}

int strict_json_text(struct json_object *object, const char *name, size_t max_bytes,
                     const char **ret_text)
{
        struct json_object *member = NULL;

        if (!json_object_object_get_ex(object, name, &member) || !member)
                return 0;
        if (!json_object_is_type(member, json_type_string))
                return -EBADMSG;
        const char *text = json_object_get_string(member);
        size_t size = (size_t)json_object_get_string_len(member);
        if (size > max_bytes || strlen(text) != size)
                return -EBADMSG;
        *ret_text = text;
        return 1;
}

int strict_json_number(struct json_object *object, const char *name, uint64_t min, uint64_t max,
                       uint64_t *ret_number)
{
        struct json_object *member = NULL;
        uint64_t number;

        if (!json_object_object_get_ex(object, name, &member) || !member)
                return 0;
        if (json_object_is_type(member, json_type_int)) {
                if (json_object_get_int64(member) < 0)
                        return -EBADMSG;
                number = json_object_get_uint64(member);
        } else {
                const char *text;
                if (strict_json_text(object, name, TEXT_NUMBER_MAX_BYTES, &text) <= 0 ||
                    text_parse_number(text, 0, UINT64_MAX, &number) < 0)
                        return -EBADMSG;
        }
        /* json-c turns everything beyond UINT64_MAX into it. */
        if (number < min || number > max || number == UINT64_MAX)
                return -EBADMSG;
        *ret_number = number;
        return 1;
}

int strict_json_bool(struct json_object *object, const char *name, bool *ret_bool)
{
        struct json_object *member = NULL;

        if (!json_object_object_get_ex(object, name, &member) || !member)
                return 0;
        if (json_object_is_type(member, json_type_boolean)) {
                *ret_bool = json_object_get_boolean(member);
                return 1;
        }
        const char *text;
        if (strict_json_text(object, name, strlen("false"), &text) <= 0)
                return -EBADMSG;
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
                return -EBADMSG;
        *ret_bool = strcmp(text, "true") == 0;
        return 1;
}

int strict_json_scalar(struct json_object *value, size_t max_bytes, char **ret_text)
{
        if (!json_object_is_type(value, json_type_string) &&
            !json_object_is_type(value, json_type_int))
                return -EBADMSG;
        /* json-c turns what is beyond its range into the ends of it. */
        if (json_object_is_type(value, json_type_int) &&
            (json_object_get_int64(value) == INT64_MIN ||
             json_object_get_uint64(value) == UINT64_MAX))
                return -EBADMSG;
        const char *text = json_object_get_string(value);
        if (!text)
                return -ENOMEM;
        size_t size = strnlen(text, max_bytes + 1);
        if (size == 0 || size > max_bytes || !text_is_printable(text))
                return -EBADMSG;
        return text_copy(text, ret_text);
}
