/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/identity.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/numeric-date.h"
#include "core/refuse.h"
#include "core/strict-json.h"

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

/* RFC 6749 has no id_token: what the API says of the token's owner is all there is. */
static int copy_api_key(struct identity *identity, const char *issuer, const char *subject_claim,
                        const char **ret_why)
{
        static const char none[] = "the userinfo answer names no subject";
        _cleanup_json_ struct json_object *subject = NULL;

        int r = text_copy(issuer, &identity->issuer);
        if (r >= 0)
                r = identity_claim_value(identity, subject_claim, &subject);
        if (r < 0)
                return r;
        r = strict_json_scalar(subject, IDENTITY_SUBJECT_MAX_BYTES, &identity->subject);
        if (r == -EBADMSG || (r >= 0 && !identity_subject_is_valid(identity->subject)))
                return refuse(none, ret_why);
        return r;
}

int identity_new_from_userinfo(const char *provider, const char *issuer, const char *subject_claim,
                               const char *body, size_t size, struct identity **ret_identity,
                               const char **ret_why)
{
        _cleanup_identity_ struct identity *identity = calloc(1, sizeof(*identity));
        if (!identity)
                return -ENOMEM;

        int r = strict_json_parse_object(body, size, &identity->userinfo, ret_why);
        if (r < 0)
                return r;
        r = text_copy(provider, &identity->provider);
        if (r < 0)
                return r;
        r = copy_api_key(identity, issuer, subject_claim, ret_why);
        if (r < 0)
                return r;
        *ret_identity = TAKE_PTR(identity);
        return 0;
}

static void list_finish(struct identity_values *list)
{
        free(list->claim);
        text_list_finish(&list->texts);
}

struct identity *identity_free(struct identity *identity)
{
        if (!identity)
                return NULL;
        for (size_t i = 0; i < identity->n_amr; i++)
                free(identity->amr[i]);
        free(identity->amr);
        for (size_t i = 0; i < identity->n_lists; i++)
                list_finish(&identity->lists[i]);
        free(identity->lists);
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

static int list_copy(struct identity_values *list, const char *claim, const struct text_list *texts)
{
        int r = text_copy(claim, &list->claim);

        for (size_t i = 0; r >= 0 && i < texts->n; i++)
                r = text_list_add(&list->texts, texts->items[i]);
        return r;
}

int identity_add_groups(struct identity *identity, const char *claim,
                        const struct text_list *groups)
{
        struct identity_values made = {0};
        size_t at = 0;

        int r = list_copy(&made, claim, groups);
        while (at < identity->n_lists && strcmp(identity->lists[at].claim, claim) != 0)
                at++;
        if (r >= 0 && at == identity->n_lists) {
                struct identity_values *grown = reallocarray(identity->lists, at + 1,
                                                             sizeof(*grown));
                r = grown ? 0 : -ENOMEM;
                identity->lists = grown ? grown : identity->lists;
                identity->n_lists += grown != NULL;
                if (grown)
                        grown[at] = (struct identity_values){0};
        }
        if (r < 0) {
                list_finish(&made);
                return r;
        }
        list_finish(&identity->lists[at]);
        identity->lists[at] = made;
        return 0;
}

char *identity_amr_text(const struct identity *identity)
{
        _cleanup_free_ char *text = strdup("");

        for (size_t i = 0; text && i < identity->n_amr; i++) {
                char *longer = NULL;
                if (asprintf(&longer, "%s%s%s", text, i > 0 ? "," : "", identity->amr[i]) < 0)
                        return NULL;
                free(text);
                text = longer;
        }
        return TAKE_PTR(text);
}

char *identity_strength_text(const struct identity *identity)
{
        _cleanup_free_ char *amr = identity_amr_text(identity);
        char *text = NULL;

        if (!amr || asprintf(&text, "acr=%s amr=%s", identity->acr ? identity->acr : "-", amr) < 0)
                return NULL;
        return text;
}
