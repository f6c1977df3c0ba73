/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parsers of values that are lists, with commas between their members. */
#include "settings-parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/text.h"
#include "core/jws-algorithm.h"
#include "settings.h"

#define LIST_SEPARATORS ", "

static int reject(const char *why, const char **ret_why)
{
        *ret_why = why;
        return -EINVAL;
}

/* Takes the blanks off both ends, in place. */
static char *trim(char *item)
{
        item += strspn(item, " ");
        size_t length = strlen(item);
        while (length > 0 && item[length - 1] == ' ')
                item[--length] = '\0';
        return item;
}

static bool has_empty_member(const char *text)
{
        return text[0] == ',' || text[strlen(text) - 1] == ',' || strstr(text, ",,");
}

int parse_algorithms(const char *text, const char *folder, void *field, const char **ret_why)
{
        _cleanup_free_ char *copy = strdup(text);
        char *rest = NULL;
        unsigned algorithms = 0, bit;

        if (!copy)
                return -ENOMEM;
        for (char *name = strtok_r(copy, LIST_SEPARATORS, &rest); name;
             name = strtok_r(NULL, LIST_SEPARATORS, &rest)) {
                if (jws_algorithm_from_name(name, &bit) < 0)
                        return reject("names an algorithm other than RS256, RS384, RS512, PS256, "
                                      "PS384, PS512, ES256, ES384, ES512",
                                      ret_why);
                algorithms |= bit;
        }
        if (algorithms == 0)
                return reject("names no algorithm", ret_why);
        *(unsigned *)field = algorithms;
        return 0;
}

/* Splits "name=value, name=value"; a value may hold the separator again, and blanks inside. The
 * field is replaced as a whole, or untouched. */
static int parse_pairs(const char *text, char separator, const char *form, void *field,
                       const char **ret_why)
{
        _cleanup_pairs_ struct text_pairs pairs = {0};
        _cleanup_free_ char *copy = strdup(text);
        char *rest = NULL;

        if (!copy)
                return -ENOMEM;
        if (has_empty_member(text))
                return reject(form, ret_why);
        for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
                char *value = strchr(item, separator);
                if (!value)
                        return reject(form, ret_why);
                *value++ = '\0';
                item = trim(item);
                value = trim(value);
                if (*item == '\0' || *value == '\0' || strchr(item, ' '))
                        return reject(form, ret_why);
                int r = text_pairs_add(&pairs, item, value);
                if (r < 0)
                        return r;
        }
        text_pairs_finish(field);
        *(struct text_pairs *)field = pairs;
        pairs = (struct text_pairs){0};
        return 0;
}

int parse_parameters(const char *text, const char *folder, void *field, const char **ret_why)
{
        return parse_pairs(text, '=', "is not a list of NAME=VALUE, with commas between them",
                           field, ret_why);
}

int parse_headers(const char *text, const char *folder, void *field, const char **ret_why)
{
        return parse_pairs(text, ':', "is not a list of NAME:VALUE, with commas between them",
                           field, ret_why);
}

/* Their code, and the code of RFC 8628 section 3.5 that it stands for. */
int parse_error_aliases(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const codes[] = {"authorization_pending", "slow_down", "access_denied",
                                            "expired_token"};
        _cleanup_pairs_ struct text_pairs aliases = {0};

        int r = parse_pairs(text, ':', "is not a list of THEIRS:CODE, with commas between them",
                            &aliases, ret_why);
        if (r < 0)
                return r;
        for (size_t i = 0; i < aliases.n; i++) {
                bool known = false;
                for (size_t k = 0; k < ELEMENTSOF(codes); k++)
                        known = known || strcmp(aliases.items[i].value, codes[k]) == 0;
                if (!known)
                        return reject("stands for a code other than authorization_pending, "
                                      "slow_down, access_denied, expired_token",
                                      ret_why);
        }
        text_pairs_finish(field);
        *(struct text_pairs *)field = aliases;
        aliases = (struct text_pairs){0};
        return 0;
}

int parse_words(const char *text, const char *folder, void *field, const char **ret_why)
{
        _cleanup_list_ struct text_list list = {0};
        _cleanup_free_ char *copy = strdup(text);
        char *rest = NULL;

        if (!copy)
                return -ENOMEM;
        for (char *word = strtok_r(copy, LIST_SEPARATORS, &rest); word;
             word = strtok_r(NULL, LIST_SEPARATORS, &rest)) {
                int r = text_list_add(&list, word);
                if (r < 0)
                        return r;
        }
        if (list.n == 0)
                return reject("names nothing", ret_why);
        text_list_finish(field);
        *(struct text_list *)field = list;
        list = (struct text_list){0};
        return 0;
}

int parse_validate(const char *text, const char *folder, void *field, const char **ret_why)
{
        _cleanup_list_ struct text_list words = {0};
        unsigned validate = 0;

        int r = parse_words(text, folder, &words, ret_why);
        if (r < 0)
                return r;
        for (size_t i = 0; i < words.n; i++) {
                if (strcmp(words.items[i], "userinfo") == 0)
                        validate |= VALIDATE_USERINFO;
                else if (strcmp(words.items[i], "introspection") == 0)
                        validate |= VALIDATE_INTROSPECTION;
                else
                        return reject("names something other than userinfo and introspection",
                                      ret_why);
        }
        *(unsigned *)field = validate;
        return 0;
}

static int add_group(struct account_settings *accounts, const char *account, const char *group)
{
        struct account_group made = {.account = strdup(account), .group = strdup(group)};
        struct account_group *grown = reallocarray(accounts->groups, accounts->n_groups + 1,
                                                   sizeof(*grown));

        accounts->groups = grown ? grown : accounts->groups;
        if (!grown || !made.account || !made.group) {
                free(made.account);
                free(made.group);
                return -ENOMEM;
        }
        accounts->groups[accounts->n_groups++] = made;
        return 0;
}

/* "deploy:linux-deployers, backup:linux-backup"; the group may have colons and blanks in it. */
int parse_account_groups(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char form[] = "is not a list of ACCOUNT:GROUP, with commas between them";
        _cleanup_free_ char *copy = strdup(text);
        char *rest = NULL;

        if (!copy)
                return -ENOMEM;
        if (has_empty_member(text))
                return reject(form, ret_why);
        for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
                item = trim(item);
                char *group = strchr(item, ':');
                if (!group || group[1] == '\0')
                        return reject(form, ret_why);
                *group++ = '\0';
                if (!account_name_is_valid(item))
                        return reject("names an account that cannot exist", ret_why);
                int r = add_group(field, item, group);
                if (r < 0)
                        return r;
        }
        return 0;
}
