/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings-parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/text.h"
#include "settings.h"

#define LINE_MAX_BYTES    1024
#define URL_MAX_BYTES     2048
#define LIMIT_MAX         100000
#define CREDENTIAL_PREFIX "credential:"
#define CREDENTIAL_BYTES  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

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
        for (const char *s = text; *s; s++)
                if (*s < ' ' || *s > '~' || *s == '"' || *s == '\\')
                        return reject("has a character that no scope can have", ret_why);
        if (strstr(text, "  "))
                return reject("has two blanks between two words", ret_why);
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

/* RFC 7512 for the second form. */
int parse_key_place(const char *text, const char *folder, void *field, const char **ret_why)
{
        if (strncmp(text, "pkcs11:", strlen("pkcs11:")) == 0)
                return parse_line(text, folder, field, ret_why);
        return parse_secret_place(text, folder, field, ret_why);
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
