/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The half of identity.h that looks claims up. */
#include "core/identity.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "common/text.h"
#include "core/json-path.h"
#include "core/strict-json.h"

/* OIDC Core section 5.1: claims that say nothing unless another one vouches for them. */
static const struct {
        const char *name, *verified;
} vouched[] = {
        {"email", "email_verified"},
        {"phone_number", "phone_number_verified"},
};

struct search {
        const char *text;
        bool found;
};

static bool is_path(const char *name)
{
        return name[0] == '/';
}

static bool is_vouched_for(struct json_object *document, const char *name)
{
        bool verified = false;

        for (size_t i = 0; i < ELEMENTSOF(vouched); i++) {
                if (is_path(name) ? !json_path_has_step(name, vouched[i].name)
                                  : strcmp(name, vouched[i].name) != 0)
                        continue;
                return (!is_path(name) || json_path_starts_at(name, vouched[i].name)) &&
                       strict_json_bool(document, vouched[i].verified, &verified) > 0 && verified;
        }
        return true;
}

/* As json_path_each(), for a path or a name. */
static int claim_each(struct json_object *document, const char *name, json_path_on_value on_value,
                      void *userdata)
{
        struct json_object *claim = NULL;

        if (!document || !is_vouched_for(document, name))
                return 0;
        if (is_path(name))
                return json_path_each(document, name, on_value, userdata);
        (void)json_object_object_get_ex(document, name, &claim);
        return claim ? on_value(claim, userdata) : 0;
}

static int on_any(struct json_object *value, void *userdata)
{
        return 1;
}

/* The first document that has the claim; NULL when none has. */
static struct json_object *document_of(const struct identity *identity, const char *name)
{
        if (claim_each(identity->id_token, name, on_any, NULL) > 0)
                return identity->id_token;
        return claim_each(identity->userinfo, name, on_any, NULL) > 0 ? identity->userinfo : NULL;
}

static const struct text_list *list_of(const struct identity *identity, const char *name)
{
        for (size_t i = 0; i < identity->n_lists; i++)
                if (strcmp(identity->lists[i].claim, name) == 0)
                        return &identity->lists[i].texts;
        return NULL;
}

static struct json_object *only_value(struct json_object *document, const char *name)
{
        return is_path(name) ? json_path_only(document, name)
                             : json_object_object_get(document, name);
}

static int take_text(const char *text, const char **ret_text)
{
        size_t size = strnlen(text, IDENTITY_CLAIM_MAX_BYTES + 1);

        if (size == 0 || size > IDENTITY_CLAIM_MAX_BYTES)
                return -EBADMSG;
        *ret_text = text;
        return 1;
}

int identity_claim_text(const struct identity *identity, const char *name, const char **ret_text)
{
        struct json_object *document = document_of(identity, name);
        const struct text_list *list = list_of(identity, name);

        if (document) {
                struct json_object *claim = only_value(document, name);
                return json_object_is_type(claim, json_type_string)
                               ? take_text(json_object_get_string(claim), ret_text)
                               : -EBADMSG;
        }
        if (!list || list->n == 0)
                return 0;
        return list->n == 1 ? take_text(list->items[0], ret_text) : -EBADMSG;
}

int identity_claim_word(const struct identity *identity, const char *name, char **ret_text)
{
        struct json_object *document = document_of(identity, name);
        struct json_object *claim = document ? only_value(document, name) : NULL;
        const char *text = NULL;
        int r;

        if (json_object_is_type(claim, json_type_int)) {
                r = strict_json_scalar(claim, IDENTITY_CLAIM_MAX_BYTES, ret_text);
                return r < 0 ? r : 1;
        }
        r = identity_claim_text(identity, name, &text);
        if (r != 1)
                return r;
        r = text_copy(text, ret_text);
        return r < 0 ? r : 1;
}

static bool text_equals(struct json_object *one, const char *text)
{
        return json_object_is_type(one, json_type_string) &&
               (size_t)json_object_get_string_len(one) == strlen(text) &&
               strcmp(json_object_get_string(one), text) == 0;
}

static int on_candidate(struct json_object *value, void *userdata)
{
        struct search *search = userdata;

        if (!json_object_is_type(value, json_type_array))
                search->found = text_equals(value, search->text);
        for (size_t i = 0; !search->found && json_object_is_type(value, json_type_array) &&
                           i < json_object_array_length(value);
             i++)
                search->found = text_equals(json_object_array_get_idx(value, i), search->text);
        return search->found;
}

bool identity_claim_has(const struct identity *identity, const char *name, const char *value)
{
        struct search search = {.text = value};

        if (value[0] == '\0')
                return false;
        if (text_list_has(list_of(identity, name), value))
                return true;
        (void)claim_each(document_of(identity, name), name, on_candidate, &search);
        return search.found;
}

bool identity_has_claim(const struct identity *identity, const char *name)
{
        return document_of(identity, name) || list_of(identity, name);
}

/* ---- to show ---- */

/* Takes the value, also when it fails; NULL is one that could not be made. */
static int array_add(struct json_object *array, struct json_object *value)
{
        if (value && json_object_array_add(array, value) == 0)
                return 0;
        (void)json_object_put(value);
        return -ENOMEM;
}

static int on_shown(struct json_object *value, void *userdata)
{
        return array_add(userdata, json_object_get(value));
}

int identity_claim_value(const struct identity *identity, const char *name,
                         struct json_object **ret_value)
{
        struct json_object *document = document_of(identity, name);
        struct json_object *only = document ? only_value(document, name) : NULL;
        const struct text_list *list = list_of(identity, name);

        if (only || (!document && !list)) {
                *ret_value = json_object_get(only);
                return 0;
        }
        _cleanup_json_ struct json_object *array = json_object_new_array();
        int r = array ? claim_each(document, name, on_shown, array) : -ENOMEM;
        for (size_t i = 0; r >= 0 && !document && i < list->n; i++)
                r = array_add(array, json_object_new_string(list->items[i]));
        if (r < 0)
                return r;
        *ret_value = TAKE_PTR(array);
        return 0;
}

/* ---- what was too large for a token ---- */

static bool names_elsewhere(struct json_object *document, const char *claim)
{
        struct json_object *names = NULL;
        bool hasgroups = false;

        if (!document)
                return false;
        if (strict_json_bool(document, "hasgroups", &hasgroups) > 0 && hasgroups)
                return true;
        if (!json_object_object_get_ex(document, "_claim_names", &names) ||
            !json_object_is_type(names, json_type_object))
                return false;
        json_object_object_foreach (names, name, source) {
                (void)source;
                if (is_path(claim) ? json_path_starts_at(claim, name) : strcmp(claim, name) == 0)
                        return true;
        }
        return false;
}

bool identity_has_overage(const struct identity *identity, const char *groups_claim)
{
        return !list_of(identity, groups_claim) &&
               (names_elsewhere(identity->id_token, groups_claim) ||
                names_elsewhere(identity->userinfo, groups_claim));
}
