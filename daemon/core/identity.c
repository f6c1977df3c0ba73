/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/identity.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "core/numeric-date.h"
#include "core/refuse.h"
#include "core/strict-json.h"

/* OIDC Core section 5.1: claims that say nothing unless another one vouches for them. */
static const struct {
        const char *name, *verified;
} vouched[] = {
        {"email", "email_verified"},
        {"phone_number", "phone_number_verified"},
};

bool identity_subject_is_valid(const char *subject)
{
        size_t size = strnlen(subject, IDENTITY_SUBJECT_MAX_BYTES + 1);

        if (size == 0 || size > IDENTITY_SUBJECT_MAX_BYTES)
                return false;
        for (const char *s = subject; *s; s++)
                if (*s < ' ' || *s > '~')
                        return false;
        return true;
}

static int copy_text(struct json_object *claims, const char *name, char **ret_copy)
{
        const char *text;
        int r = strict_json_text(claims, name, IDENTITY_CLAIM_MAX_BYTES, &text);

        if (r <= 0)
                return r;
        *ret_copy = strdup(text);
        return *ret_copy ? 1 : -ENOMEM;
}

static int copy_key(struct identity *identity, const char **ret_why)
{
        int r = copy_text(identity->id_token, "iss", &identity->issuer);
        if (r == 0 || r == -EBADMSG)
                return refuse("the id_token names no issuer", ret_why);
        if (r < 0)
                return r;
        r = copy_text(identity->id_token, "sub", &identity->subject);
        if (r == -ENOMEM)
                return r;
        if (r <= 0 || !identity_subject_is_valid(identity->subject))
                return refuse("the id_token names no subject", ret_why);
        return 0;
}

static int append_amr(struct identity *identity, struct json_object *one, const char **ret_why)
{
        if (!json_object_is_type(one, json_type_string))
                return refuse("amr holds something other than texts", ret_why);
        if (json_object_get_string_len(one) > IDENTITY_AMR_MAX_BYTES)
                return refuse("amr holds a method with too long a name", ret_why);
        char *copy = strdup(json_object_get_string(one));
        if (!copy)
                return -ENOMEM;
        identity->amr[identity->n_amr++] = copy;
        return 0;
}

/* OIDC Core section 2 has an array; some providers send the only method as a string. */
static int copy_amr(struct identity *identity, const char **ret_why)
{
        struct json_object *amr;

        if (!json_object_object_get_ex(identity->id_token, "amr", &amr) || !amr)
                return 0;
        bool array = json_object_is_type(amr, json_type_array);
        size_t n = array ? json_object_array_length(amr) : 1;
        if (n > IDENTITY_MAX_AMR)
                return refuse("amr holds too many methods", ret_why);
        identity->amr = calloc(n + 1, sizeof(*identity->amr));
        if (!identity->amr)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                int r = append_amr(identity, array ? json_object_array_get_idx(amr, i) : amr,
                                   ret_why);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int copy_strength(struct identity *identity, const char **ret_why)
{
        double auth_time;

        int r = copy_text(identity->id_token, "acr", &identity->acr);
        if (r == -EBADMSG)
                return refuse("acr is no text", ret_why);
        if (r < 0)
                return r;
        r = numeric_date(identity->id_token, "auth_time", &auth_time);
        if (r < 0)
                return refuse("auth_time is no date", ret_why);
        if (r > 0)
                identity->auth_time_sec = (uint64_t)auth_time;
        return copy_amr(identity, ret_why);
}

int identity_new(const char *provider, struct json_object *id_token, struct identity **ret_identity,
                 const char **ret_why)
{
        _cleanup_identity_ struct identity *identity = calloc(1, sizeof(*identity));
        if (!identity)
                return -ENOMEM;

        identity->id_token = json_object_get(id_token);
        identity->provider = strdup(provider);
        if (!identity->provider)
                return -ENOMEM;
        int r = copy_key(identity, ret_why);
        if (r < 0)
                return r;
        r = copy_strength(identity, ret_why);
        if (r < 0)
                return r;
        *ret_identity = TAKE_PTR(identity);
        return 0;
}

struct identity *identity_free(struct identity *identity)
{
        if (!identity)
                return NULL;
        for (size_t i = 0; i < identity->n_amr; i++)
                free(identity->amr[i]);
        free(identity->amr);
        free(identity->acr);
        free(identity->provider);
        free(identity->issuer);
        free(identity->subject);
        json_object_put(identity->id_token);
        json_object_put(identity->userinfo);
        free(identity);
        return NULL;
}

int identity_add_userinfo(struct identity *identity, const char *body, size_t size,
                          const char **ret_why)
{
        _cleanup_json_ struct json_object *userinfo = NULL;
        const char *subject;

        int r = strict_json_parse_object(body, size, &userinfo, ret_why);
        if (r < 0)
                return r;
        if (strict_json_text(userinfo, "sub", IDENTITY_SUBJECT_MAX_BYTES, &subject) <= 0)
                return refuse("the userinfo answer names no subject", ret_why);
        if (strcmp(subject, identity->subject) != 0)
                return refuse("the userinfo answer is about another subject", ret_why);
        json_object_put(identity->userinfo);
        identity->userinfo = TAKE_PTR(userinfo);
        return 0;
}

static bool is_vouched_for(struct json_object *document, const char *name)
{
        bool verified = false;

        for (size_t i = 0; i < ELEMENTSOF(vouched); i++)
                if (strcmp(name, vouched[i].name) == 0)
                        return strict_json_bool(document, vouched[i].verified, &verified) > 0 &&
                               verified;
        return true;
}

static struct json_object *claim_of(struct json_object *document, const char *name)
{
        struct json_object *claim;

        if (!document || !json_object_object_get_ex(document, name, &claim))
                return NULL;
        return claim && is_vouched_for(document, name) ? claim : NULL;
}

static struct json_object *document_of(const struct identity *identity, const char *name)
{
        if (claim_of(identity->id_token, name))
                return identity->id_token;
        return claim_of(identity->userinfo, name) ? identity->userinfo : NULL;
}

int identity_claim_text(const struct identity *identity, const char *name, const char **ret_text)
{
        struct json_object *document = document_of(identity, name);
        const char *text;

        if (!document)
                return 0;
        int r = strict_json_text(document, name, IDENTITY_CLAIM_MAX_BYTES, &text);
        if (r <= 0)
                return r;
        if (text[0] == '\0')
                return -EBADMSG;
        *ret_text = text;
        return 1;
}

static bool text_equals(struct json_object *one, const char *value)
{
        return json_object_is_type(one, json_type_string) &&
               (size_t)json_object_get_string_len(one) == strlen(value) &&
               strcmp(json_object_get_string(one), value) == 0;
}

bool identity_claim_has(const struct identity *identity, const char *name, const char *value)
{
        struct json_object *document = document_of(identity, name);
        struct json_object *claim = document ? claim_of(document, name) : NULL;

        if (value[0] == '\0')
                return false;
        if (!json_object_is_type(claim, json_type_array))
                return text_equals(claim, value);
        for (size_t i = 0; i < json_object_array_length(claim); i++)
                if (text_equals(json_object_array_get_idx(claim, i), value))
                        return true;
        return false;
}

bool identity_has_claim(const struct identity *identity, const char *name)
{
        return document_of(identity, name) != NULL;
}
