/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/text.h"
#include "core/jws-algorithm.h"
#include "settings.h"

#define LINE_MAX_BYTES        1024
#define URL_MAX_BYTES         2048
#define LIMIT_MAX             100000
#define LOGIN_TIMEOUT_MIN_SEC 30
#define LOGIN_TIMEOUT_MAX_SEC 1800
#define CREDENTIAL_PREFIX     "credential:"
#define CREDENTIAL_BYTES      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
#define LIST_SEPARATORS       ", "

static int reject(const char *why, const char **ret_why)
{
        *ret_why = why;
        return -EINVAL;
}

static int replace_text(void *field, const char *text)
{
        char **target = field, *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        free(*target);
        *target = copy;
        return 0;
}

int parse_line(const char *text, const char *folder, void *field, const char **ret_why)
{
        if (strlen(text) > LINE_MAX_BYTES)
                return reject("is longer than 1024 bytes", ret_why);
        return replace_text(field, text);
}

int parse_word(const char *text, const char *folder, void *field, const char **ret_why)
{
        if (strchr(text, ' '))
                return reject("has a blank in it", ret_why);
        return parse_line(text, folder, field, ret_why);
}

/* RFC 6749 section 3.3. */
int parse_scope(const char *text, const char *folder, void *field, const char **ret_why)
{
        bool has_openid = false;

        for (const char *s = text; *s; s++)
                if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\')
                        return reject("has a character that no scope can have", ret_why);
        if (strstr(text, "  "))
                return reject("has two blanks between two words", ret_why);
        for (const char *s = text; *s;) {
                size_t length = strcspn(s, " ");
                has_openid = has_openid ||
                             (length == strlen("openid") && !memcmp(s, "openid", length));
                s += length + (s[length] == ' ');
        }
        if (!has_openid)
                return reject("does not hold openid, so that no id_token would come back", ret_why);
        return parse_line(text, folder, field, ret_why);
}

int parse_https_url(const char *text, const char *folder, void *field, const char **ret_why)
{
        if (strlen(text) > URL_MAX_BYTES)
                return reject("is longer than 2048 bytes", ret_why);
        if (!text_is_https_url(text))
                return reject("is not an address of the form https://HOST/PATH", ret_why);
        return replace_text(field, text);
}

/* RFC 8414 section 2: no query, no fragment. */
int parse_issuer(const char *text, const char *folder, void *field, const char **ret_why)
{
        if (strchr(text, '?'))
                return reject("has a query in it, which no issuer has", ret_why);
        return parse_https_url(text, folder, field, ret_why);
}

int parse_proxy(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const schemes[] = {"http://", "https://", "socks5h://"};

        if (strchr(text, '@'))
                return reject("has a user name in it; this file is no place for secrets", ret_why);
        for (size_t i = 0; i < ELEMENTSOF(schemes); i++) {
                size_t length = strlen(schemes[i]);
                const char *host = text + length;
                if (strncmp(text, schemes[i], length) == 0 && *host != '\0' &&
                    strcspn(host, "/ ") == strlen(host))
                        return parse_line(text, folder, field, ret_why);
        }
        return reject("is not http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT", ret_why);
}

int parse_path(const char *text, const char *folder, void *field, const char **ret_why)
{
        _cleanup_free_ char *path = NULL;

        if (text[0] == '/')
                return parse_line(text, folder, field, ret_why);
        if (asprintf(&path, "%s/%s", folder, text) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        return parse_line(path, folder, field, ret_why);
}

int parse_secret_place(const char *text, const char *folder, void *field, const char **ret_why)
{
        size_t prefix = strlen(CREDENTIAL_PREFIX);

        if (strncmp(text, CREDENTIAL_PREFIX, prefix) != 0)
                return parse_path(text, folder, field, ret_why);
        const char *name = text + prefix;
        if (*name == '\0' || *name == '.' || name[strspn(name, CREDENTIAL_BYTES)] != '\0')
                return reject("does not name a credential behind \"credential:\"", ret_why);
        return parse_line(text, folder, field, ret_why);
}

int parse_limit(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t number;

        if (text_parse_number(text, 1, LIMIT_MAX, &number) < 0)
                return reject("is not a number from 1 to 100000", ret_why);
        *(unsigned *)field = (unsigned)number;
        return 0;
}

int parse_uid(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t number;

        if (text_parse_number(text, 0, UINT32_MAX - 1, &number) < 0)
                return reject("is not a uid", ret_why);
        *(uid_t *)field = (uid_t)number;
        return 0;
}

/* Seconds, or a number followed by s, min or h. */
static bool parse_duration(const char *text, uint64_t *ret_sec)
{
        static const struct {
                const char *unit;
                uint64_t sec;
        } units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}};
        char digits[8] = "";
        uint64_t number;

        size_t length = strspn(text, "0123456789");
        if (length >= sizeof(digits))
                return false;
        memcpy(digits, text, length);
        if (text_parse_number(digits, 0, UINT32_MAX, &number) < 0)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(units); i++)
                if (strcmp(text + length, units[i].unit) == 0) {
                        *ret_sec = number * units[i].sec;
                        return true;
                }
        return false;
}

int parse_login_timeout(const char *text, const char *folder, void *field, const char **ret_why)
{
        uint64_t sec;

        if (!parse_duration(text, &sec))
                return reject("is not a time such as 90s, 10min or 1h", ret_why);
        if (sec < LOGIN_TIMEOUT_MIN_SEC || sec > LOGIN_TIMEOUT_MAX_SEC)
                return reject("is not between 30s and 30min", ret_why);
        *(uint64_t *)field = sec;
        return 0;
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

int parse_metadata(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const struct {
                const char *word;
                enum metadata_kind kind;
        } kinds[] = {
                {"oidc", METADATA_OIDC_DISCOVERY},
                {"rfc8414", METADATA_RFC8414},
                {"by-hand", METADATA_BY_HAND},
        };

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                if (strcmp(text, kinds[i].word) == 0) {
                        *(enum metadata_kind *)field = kinds[i].kind;
                        return 0;
                }
        return reject("is none of oidc, rfc8414, by-hand", ret_why);
}

int parse_client_auth(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const struct {
                const char *word;
                enum client_auth auth;
        } methods[] = {
                {"none", CLIENT_AUTH_NONE},
                {"client_secret_basic", CLIENT_AUTH_SECRET_BASIC},
                {"client_secret_post", CLIENT_AUTH_SECRET_POST},
        };

        for (size_t i = 0; i < ELEMENTSOF(methods); i++)
                if (strcmp(text, methods[i].word) == 0) {
                        *(enum client_auth *)field = methods[i].auth;
                        return 0;
                }
        return reject("is none of none, client_secret_basic, client_secret_post", ret_why);
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
        if (text[0] == ',' || text[strlen(text) - 1] == ',' || strstr(text, ",,"))
                return reject(form, ret_why);
        for (char *item = strtok_r(copy, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
                item += strspn(item, " ");
                size_t length = strlen(item);
                while (length > 0 && item[length - 1] == ' ')
                        item[--length] = '\0';
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
