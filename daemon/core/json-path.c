/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json-path.h"

#include <errno.h>
#include <json-c/json_object.h>
#include <json-c/linkhash.h>
#include <string.h>

#include "common/text.h"
#include "core/strict-json.h"

#define EACH_NAME          "~*"
#define ARRAY_INDEX_MAX    999999
#define ARRAY_INDEX_DIGITS 6

struct walk {
        json_path_on_value on_value;
        void *userdata;
};

struct only {
        struct json_object *value;
        bool found, several;
};

static bool step_is(const char *step, size_t size, const char *word)
{
        return size == strlen(word) && memcmp(step, word, size) == 0;
}

/* RFC 6901 section 4: ~1 first, so that ~01 becomes ~1. The name is shorter than any path. */
static void step_name(const char *step, size_t size, char ret_name[JSON_PATH_MAX_BYTES + 1])
{
        size_t n = 0;

        for (size_t i = 0; i < size; i++) {
                if (step[i] != '~')
                        ret_name[n++] = step[i];
                else if (step[++i] == '1')
                        ret_name[n++] = '/';
                else
                        ret_name[n++] = '~';
        }
        ret_name[n] = '\0';
}

bool json_path_is_valid(const char *path)
{
        if (path[0] != '/' || strnlen(path, JSON_PATH_MAX_BYTES + 1) > JSON_PATH_MAX_BYTES ||
            !text_is_printable(path))
                return false;
        for (const char *tilde = strchr(path, '~'); tilde; tilde = strchr(tilde + 1, '~')) {
                bool each_name = tilde[-1] == '/' && strcmp(tilde, EACH_NAME) == 0;
                if (tilde[1] != '0' && tilde[1] != '1' && !each_name)
                        return false;
        }
        return true;
}

/* ---- the walk; rest is empty or starts with a slash ---- */

static int walk_on(struct walk *walk, struct json_object *at, const char *rest);

static int walk_elements(struct walk *walk, struct json_object *array, const char *rest)
{
        for (size_t i = 0; i < json_object_array_length(array); i++) {
                int r = walk_on(walk, json_object_array_get_idx(array, i), rest);
                if (r != 0)
                        return r;
        }
        return 0;
}

/* RFC 6901 section 4: digits, without leading zeros. */
static int walk_element(struct walk *walk, struct json_object *array, const char *step, size_t size,
                        const char *rest)
{
        char digits[ARRAY_INDEX_DIGITS + 1] = "";
        uint64_t index;

        if (size > ARRAY_INDEX_DIGITS || (size > 1 && step[0] == '0'))
                return 0;
        memcpy(digits, step, size);
        if (text_parse_number(digits, 0, ARRAY_INDEX_MAX, &index) < 0)
                return 0;
        return walk_on(walk, json_object_array_get_idx(array, index), rest);
}

static int walk_names(struct walk *walk, struct json_object *object)
{
        json_object_object_foreach (object, name, value) {
                (void)value;
                _cleanup_json_ struct json_object *text = json_object_new_string(name);
                if (!text)
                        return -ENOMEM;
                int r = walk->on_value(text, walk->userdata);
                if (r != 0)
                        return r;
        }
        return 0;
}

static int walk_member(struct walk *walk, struct json_object *object, const char *step, size_t size,
                       const char *rest)
{
        char name[JSON_PATH_MAX_BYTES + 1];
        struct json_object *member = NULL;

        step_name(step, size, name);
        (void)json_object_object_get_ex(object, name, &member);
        return walk_on(walk, member, rest);
}

/* As deep as the path has steps: JSON_PATH_MAX_BYTES bounds it, and so does the document. */
static int walk_on(struct walk *walk, struct json_object *at, const char *rest)
{
        if (!at)
                return 0;
        if (rest[0] == '\0')
                return walk->on_value(at, walk->userdata);

        const char *step = rest + 1;
        size_t size = strcspn(step, "/");
        if (json_object_is_type(at, json_type_array))
                return step_is(step, size, "*") ? walk_elements(walk, at, step + size)
                                                : walk_element(walk, at, step, size, step + size);
        if (!json_object_is_type(at, json_type_object))
                return 0;
        return step_is(step, size, EACH_NAME) ? walk_names(walk, at)
                                              : walk_member(walk, at, step, size, step + size);
}

int json_path_each(struct json_object *document, const char *path, json_path_on_value on_value,
                   void *userdata)
{
        struct walk walk = {.on_value = on_value, .userdata = userdata};

        return json_path_is_valid(path) ? walk_on(&walk, document, path) : -EINVAL;
}

static int on_only_value(struct json_object *value, void *userdata)
{
        struct only *only = userdata;

        only->several = only->found;
        only->found = true;
        only->value = value;
        return only->several;
}

struct json_object *json_path_only(struct json_object *document, const char *path)
{
        struct only only = {0};
        const char *last = strrchr(path, '/');

        /* Names have no place of their own in the document to be borrowed from. */
        if (!last || strcmp(last + 1, EACH_NAME) == 0 ||
            json_path_each(document, path, on_only_value, &only) != 0)
                return NULL;
        return only.value;
}

static bool step_names(const char *slash, const char *name)
{
        char step[JSON_PATH_MAX_BYTES + 1];

        step_name(slash + 1, strcspn(slash + 1, "/"), step);
        return strcmp(step, name) == 0;
}

bool json_path_has_step(const char *path, const char *name)
{
        if (!json_path_is_valid(path))
                return false;
        for (const char *slash = path; slash; slash = strchr(slash + 1, '/'))
                if (step_names(slash, name))
                        return true;
        return false;
}

bool json_path_starts_at(const char *path, const char *name)
{
        return json_path_is_valid(path) && step_names(path, name);
}
