/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/otpauth-uri.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"

/* RFC 3986 section 2.3: what stands for itself everywhere. Blanks are %20 here, for apps take a
 * plus sign for one. */
static int append_escaped(struct secret *uri, const char *text)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._~";
        static const char hex[] = "0123456789ABCDEF";
        int r = 0;

        for (const char *s = text; *s && r >= 0; s++) {
                unsigned char c = (unsigned char)*s;
                const char escape[3] = {'%', hex[c >> 4], hex[c & 0x0F]};
                r = strchr(plain, c) ? secret_append(uri, s, 1, OTPAUTH_MAX_BYTES)
                                     : secret_append(uri, escape, 3, OTPAUTH_MAX_BYTES);
        }
        return r;
}

/* RFC 4648 section 6, without the padding, which the format leaves out. */
static int append_base32(struct secret *uri, const struct secret *bytes)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        const unsigned char *s = (const unsigned char *)secret_bytes(bytes);
        size_t n_bits = secret_size(bytes) * 8;
        int r = 0;

        for (size_t bit = 0; bit < n_bits && r >= 0; bit += 5) {
                size_t at = bit / 8;
                unsigned next = at + 1 < secret_size(bytes) ? s[at + 1] : 0;
                unsigned both = (unsigned)s[at] << 8 | next;
                r = secret_append(uri, &digits[both >> (11 - bit % 8) & 31], 1, OTPAUTH_MAX_BYTES);
        }
        return r;
}

int otpauth_uri_new(const char *issuer, const char *account, const struct secret *shared_secret,
                    struct secret **ret_uri)
{
        if (!*issuer || !*account || strchr(issuer, ':') || secret_size(shared_secret) == 0 ||
            !text_is_utf8(issuer, strlen(issuer)) || !text_is_utf8(account, strlen(account)))
                return -EINVAL;
        _cleanup_secret_ struct secret *uri = secret_new_text("otpauth://totp/");
        if (!uri)
                return -ENOMEM;

        int r = append_escaped(uri, issuer);
        if (r >= 0)
                r = secret_append_text(uri, ":", OTPAUTH_MAX_BYTES);
        if (r >= 0)
                r = append_escaped(uri, account);
        if (r >= 0)
                r = secret_append_text(uri, "?secret=", OTPAUTH_MAX_BYTES);
        if (r >= 0)
                r = append_base32(uri, shared_secret);
        if (r >= 0)
                r = secret_append_text(uri, "&issuer=", OTPAUTH_MAX_BYTES);
        if (r >= 0)
                r = append_escaped(uri, issuer);
        if (r < 0)
                return r;
        *ret_uri = TAKE_PTR(uri);
        return 0;
}
