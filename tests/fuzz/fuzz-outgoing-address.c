/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are made for a browser or an app, out of what a provider and people named: they
 * lead where they were to lead, and whoever reads them finds what was put in, and no more. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "core/authorization-url.h"
#include "core/end-session-url.h"
#include "core/form.h"
#include "core/otpauth-uri.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define URL_MAX_BYTES ((size_t)8 * 1024)

static bool is_text(const char *text)
{
        return text_is_utf8(text, strlen(text));
}

/* The fields behind the endpoint; NULL where they are longer than is read, or are no text. */
static struct secret *fields_of(const char *url, const char *endpoint, bool are_texts)
{
        struct secret *fields = NULL;
        const char *why, *form = url + strlen(endpoint);

        FUZZ_EXPECT(strlen(url) <= URL_MAX_BYTES && text_is_https_url(url));
        FUZZ_EXPECT(strncmp(url, endpoint, strlen(endpoint)) == 0);
        FUZZ_EXPECT(*form == (strchr(endpoint, '?') ? '&' : '?'));
        int r = form_parse(form + 1, strlen(form + 1), &fields, &why);
        FUZZ_EXPECT(r == 0 || !are_texts || strlen(form) > FORM_READ_MAX_BYTES);
        return fields;
}

static void expect_field(const struct secret *fields, const char *name, const char *value)
{
        const char *found = form_value(fields, name);

        FUZZ_EXPECT(value ? found && strcmp(found, value) == 0 : !found);
}

static void check_end_session(const char *endpoint, const char *client_id, const char *id_token)
{
        _cleanup_secret_ struct secret *hint = secret_new_text(id_token), *url = NULL;

        FUZZ_EXPECT(hint);
        int r = end_session_url_new(endpoint, client_id, *id_token ? hint : NULL, &url);
        FUZZ_EXPECT((r == -EINVAL) == (!text_is_https_url(endpoint) || !*client_id));
        FUZZ_EXPECT(r == 0 || r == -EINVAL || r == -E2BIG);
        FUZZ_EXPECT((r == 0) == (url != NULL));
        if (!url)
                return;
        _cleanup_secret_ struct secret *fields = fields_of(secret_bytes(url), endpoint,
                                                           is_text(client_id) && is_text(id_token));
        if (!fields)
                return;
        expect_field(fields, "client_id", client_id);
        expect_field(fields, "id_token_hint", *id_token ? id_token : NULL);
}

static void check_authorization(const char *endpoint, const char *client_id, const char *state,
                                const char *scope)
{
        const struct oauth_question question = {.kind = OAUTH_ASK_AUTHORIZATION,
                                                .scope = *scope ? scope : NULL,
                                                .redirect_uri = "http://127.0.0.1:4321/",
                                                .code_challenge = "abc"};
        _cleanup_free_ char *url = NULL;

        int r = authorization_url_new(endpoint, client_id, &question, state, NULL, &url);
        FUZZ_EXPECT((r == 0) == (url != NULL));
        FUZZ_EXPECT(r == 0 || r == -EINVAL || r == -E2BIG);
        if (!url)
                return;
        _cleanup_secret_ struct secret *fields = fields_of(
                url, endpoint, is_text(client_id) && is_text(state) && is_text(scope));
        if (!fields)
                return;
        expect_field(fields, "client_id", client_id);
        expect_field(fields, "state", state);
        expect_field(fields, "scope", question.scope);
        expect_field(fields, "redirect_uri", question.redirect_uri);
        expect_field(fields, "response_type", "code");
}

/* ---- otpauth ---- */

/* Up to one of the ends, or the end. */
static char *unescape(const char **at, const char *ends)
{
        char *text = strdup(*at), *out = text;

        FUZZ_EXPECT(text);
        for (; **at && !strchr(ends, **at); (*at)++) {
                if (**at != '%') {
                        *out++ = **at;
                        continue;
                }
                char digits[3] = {(*at)[1], (*at)[1] ? (*at)[2] : '\0', '\0'};
                *out++ = (char)strtoul(digits, NULL, 16);
                *at += 2;
        }
        *out = '\0';
        return text;
}

static void expect_bytes(const char *letters, size_t n, const struct secret *bytes)
{
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        unsigned bits = 0, value = 0;
        size_t at = 0;

        for (size_t i = 0; i < n; i++) {
                const char *digit = strchr(alphabet, letters[i]);
                FUZZ_EXPECT(digit);
                value = (value << 5 | (unsigned)(digit - alphabet)) & 0xFFF;
                bits += 5;
                if (bits < 8)
                        continue;
                bits -= 8;
                FUZZ_EXPECT(at < secret_size(bytes));
                FUZZ_EXPECT((uint8_t)secret_bytes(bytes)[at++] == (uint8_t)(value >> bits));
        }
        FUZZ_EXPECT(at == secret_size(bytes) && bits < 5 && (value & ((1U << bits) - 1)) == 0);
}

static void check_otpauth(const char *issuer, const char *account, const struct secret *bytes)
{
        static const char start[] = "otpauth://totp/", secret[] = "?secret=", end[] = "&issuer=";
        _cleanup_secret_ struct secret *uri = NULL;
        _cleanup_free_ char *first = NULL, *second = NULL, *third = NULL;

        int r = otpauth_uri_new(issuer, account, bytes, &uri);
        FUZZ_EXPECT((r == 0) == (uri != NULL));
        FUZZ_EXPECT(r == 0 || r == -EINVAL || r == -E2BIG);
        if (!uri)
                return;
        const char *at = secret_bytes(uri);
        FUZZ_EXPECT(secret_size(uri) <= OTPAUTH_MAX_BYTES && text_is_printable(at));
        FUZZ_EXPECT(strncmp(at, start, strlen(start)) == 0);
        at += strlen(start);
        first = unescape(&at, ":");
        FUZZ_EXPECT(*at++ == ':');
        second = unescape(&at, "?");
        FUZZ_EXPECT(strcmp(first, issuer) == 0 && strcmp(second, account) == 0);
        FUZZ_EXPECT(strncmp(at, secret, strlen(secret)) == 0);
        at += strlen(secret);
        expect_bytes(at, strcspn(at, "&"), bytes);
        at += strcspn(at, "&");
        FUZZ_EXPECT(strncmp(at, end, strlen(end)) == 0);
        at += strlen(end);
        third = unescape(&at, "&");
        FUZZ_EXPECT(!*at && strcmp(third, issuer) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;
        size_t n_bytes;

        fuzz_bytes_init(&bytes, data, size);
        const char *first = fuzz_text(&bytes), *second = fuzz_text(&bytes);
        const char *third = fuzz_text(&bytes), *fourth = fuzz_text(&bytes);
        const uint8_t *piece = fuzz_piece(&bytes, 64, &n_bytes);
        _cleanup_secret_ struct secret *shared = secret_new(piece, n_bytes);
        FUZZ_EXPECT(shared);
        check_end_session(first, second, third);
        check_authorization(first, second, third, fourth);
        check_otpauth(second, third, shared);
        fuzz_bytes_finish(&bytes);
        return 0;
}
