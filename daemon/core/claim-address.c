/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/claim-address.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/identity.h"

#define UNRESERVED                   \
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
        "abcdefghijklmnopqrstuvwxyz0123456789-._~"

/* An address that grows; full once it would be too long. */
struct address {
        char text[CLAIM_ADDRESS_MAX_BYTES + 1];
        size_t size;
        bool full;
};

static void address_add(struct address *address, const char *bytes, size_t size)
{
        if (size > CLAIM_ADDRESS_MAX_BYTES - address->size) {
                address->full = true;
                return;
        }
        memcpy(address->text + address->size, bytes, size);
        address->size += size;
}

static void address_add_encoded(struct address *address, const char *text)
{
        static const char hex[] = "0123456789ABCDEF";

        for (const char *s = text; *s && !address->full; s++) {
                unsigned char byte = (unsigned char)*s;
                const char escape[3] = {'%', hex[byte >> 4], hex[byte & 0x0F]};
                bool plain = strchr(UNRESERVED, *s);
                address_add(address, plain ? s : escape, plain ? 1 : sizeof(escape));
        }
}

/* The claim between the brackets that form starts with; *ret_end is what follows them. */
static int add_claim(struct address *address, const char *form, const struct identity *identity,
                     const char **ret_end)
{
        const char *end = strchr(form, '}');
        _cleanup_free_ char *text = NULL;

        if (!end)
                return -EINVAL;
        _cleanup_free_ char *name = strndup(form + 1, (size_t)(end - form) - 1);
        if (!name)
                return -ENOMEM;
        int r = identity_claim_word(identity, name, &text);
        if (r == -ENOMEM)
                return r;
        if (r != 1 || strpbrk(text, "'\"\\`"))
                return -EINVAL;
        address_add_encoded(address, text);
        *ret_end = end + 1;
        return 0;
}

static size_t slash_bytes(const char *s)
{
        static const char encoded[] = "%2F";

        if (*s == '/')
                return 1;
        return strncmp(s, encoded, strlen(encoded)) == 0 ? strlen(encoded) : 0;
}

/* RFC 3986 section 5.2.4: "." and ".." would be taken out, and take another segment with them. Some
 * servers do so after they decoded a claim's slashes. */
static bool has_dot_segment(const char *url)
{
        const char *end = url + strcspn(url, "?#");

        for (const char *s = url; s < end; s++) {
                size_t slash = slash_bytes(s), dots = strspn(s + slash, ".");
                const char *after = s + slash + dots;
                if (slash > 0 && dots > 0 && dots <= strlen("..") &&
                    (after == end || slash_bytes(after) > 0))
                        return true;
        }
        return false;
}

int claim_address_new(const char *form, const struct identity *identity, char **ret_url)
{
        struct address address = {.size = 0};

        while (*form && !address.full) {
                size_t plain = strcspn(form, "{");
                address_add(&address, form, plain);
                form += plain;
                if (*form == '\0')
                        break;
                int r = add_claim(&address, form, identity, &form);
                if (r < 0)
                        return r;
        }
        if (address.full)
                return -EINVAL;
        _cleanup_free_ char *url = strndup(address.text, address.size);
        if (!url)
                return -ENOMEM;
        if (has_dot_segment(url))
                return -EINVAL;
        *ret_url = TAKE_PTR(url);
        return 0;
}
