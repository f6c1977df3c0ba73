/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/header-lines.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)64 * 1024)

/* Set here or by libcurl, or they would change how the answer has to be read. */
static bool name_is_taken(const char *name)
{
        static const char *const names[] = {
                "Accept",
                "Accept-Encoding",
                "Authorization",
                "Connection",
                "Cookie",
                "Content-Encoding",
                "Content-Length",
                "Content-Type",
                "DPoP",
                "Expect",
                "Host",
                "HTTP2-Settings",
                "Range",
                "Keep-Alive",
                "Proxy-Authorization",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "User-Agent",
        };

        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                if (strcasecmp(name, names[i]) == 0)
                        return true;
        return false;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(const char *name)
{
        static const char bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789!#$%&'*+-.^_`|~";

        return name[0] != '\0' && name[strspn(name, bytes)] == '\0';
}

/* libcurl would leave the whole line out for an empty one. */
static bool value_is_valid(const char *value)
{
        for (const char *s = value; *s; s++)
                if ((unsigned char)*s < ' ' || *s == 0x7F)
                        return false;
        return value[strspn(value, " ")] != '\0';
}

static int add_line(struct curl_slist **lines, const char *name, const char *value)
{
        if (!value_is_valid(value))
                return -EINVAL;

        _cleanup_secret_ struct secret *line = secret_new_text(name);
        int r = line ? secret_append_text(line, ": ", LINE_MAX_BYTES) : -ENOMEM;
        if (r == 0)
                r = secret_append_text(line, value, LINE_MAX_BYTES);
        if (r < 0)
                return r;
        struct curl_slist *grown = curl_slist_append(*lines, secret_bytes(line));
        if (!grown)
                return -ENOMEM;
        *lines = grown;
        return 0;
}

static int add_secret_line(struct curl_slist **lines, const char *name, const struct secret *value)
{
        if (!value)
                return 0;
        if (strlen(secret_bytes(value)) != secret_size(value))
                return -EINVAL;
        return add_line(lines, name, secret_bytes(value));
}

int header_lines_new(const struct http_request_spec *spec, struct curl_slist **ret_lines)
{
        _cleanup_(header_lines_freep) struct curl_slist *lines = NULL;
        int r = 0;

        if (spec->accept)
                r = add_line(&lines, "Accept", spec->accept);
        if (r == 0)
                r = add_secret_line(&lines, "Authorization", spec->authorization);
        if (r == 0)
                r = add_secret_line(&lines, "DPoP", spec->dpop);
        for (size_t i = 0; r == 0 && i < spec->n_headers; i++) {
                const char *name = spec->headers[i].name;
                r = is_token(name) && !name_is_taken(name)
                            ? add_line(&lines, name, spec->headers[i].value)
                            : -EINVAL;
        }
        if (r < 0)
                return r;
        *ret_lines = TAKE_PTR(lines);
        return 0;
}

struct curl_slist *header_lines_free(struct curl_slist *lines)
{
        for (struct curl_slist *item = lines; item; item = item->next)
                secret_erase(item->data, strlen(item->data));
        curl_slist_free_all(lines);
        return NULL;
}
