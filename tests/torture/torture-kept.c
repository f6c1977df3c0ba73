/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is written down, or shown, of what badged keeps: whole, or not at all. */
#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "core/end-session-url.h"
#include "core/otpauth-uri.h"
#include "core/text-list.h"
#include "core/ticket-rules.h"
#include "core/ticket-secret.h"
#include "torture.h"

/* What is written reads back, and names no service that it was not given. */
static enum torture_end run_ticket(const void *prepared)
{
        static const unsigned char bytes[TICKET_SECRET_BYTES] = {1, 2, 3};
        static const char *const services[] = {"sshd", "login"};
        _cleanup_secret_ struct secret *text = NULL, *again = NULL;
        _cleanup_list_ struct text_list read = {0};
        _cleanup_free_ char *json = NULL;
        const char *why;

        int r = ticket_secret_format(bytes, &text);
        if (r >= 0)
                r = ticket_secret_parse(text, &again, &why);
        if (r >= 0)
                r = ticket_services_format(services, ELEMENTSOF(services), &json);
        if (r < 0)
                return r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
        if (memcmp(secret_bytes(again), bytes, sizeof(bytes)) != 0 ||
            ticket_services_have(json, "sudo"))
                return TORTURE_WRONG;
        r = ticket_services_read(json, &read);
        if (r < 0)
                return r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
        return read.n == ELEMENTSOF(services) ? TORTURE_DONE : TORTURE_WRONG;
}

/* Takes the text over. */
static enum torture_end is_text(int r, struct secret *text, const char *expected)
{
        _cleanup_secret_ struct secret *owned = text;

        if (r < 0)
                return r == -ENOMEM && !owned ? TORTURE_SHORT : TORTURE_WRONG;
        return strcmp(secret_bytes(owned), expected) == 0 ? TORTURE_DONE : TORTURE_WRONG;
}

static enum torture_end run_factor_address(const void *prepared)
{
        _cleanup_secret_ struct secret *shared = secret_new_text("12345678901234567890");
        struct secret *uri = NULL;

        if (!shared)
                return TORTURE_SHORT;
        int r = otpauth_uri_new("shell", "alice", shared, &uri);
        return is_text(r, uri,
                       "otpauth://totp/shell:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"
                       "issuer=shell");
}

static enum torture_end run_end_address(const void *prepared)
{
        _cleanup_secret_ struct secret *token = secret_new_text("a.b.c");
        struct secret *url = NULL;

        if (!token)
                return TORTURE_SHORT;
        int r = end_session_url_new("https://id.example/end", "linux-login", token, &url);
        return is_text(r, url, "https://id.example/end?client_id=linux-login&id_token_hint=a.b.c");
}

static const struct torture_case cases[] = {
        {"ticket", run_ticket, NULL, NULL, 0, 0},
        {"factor_address", run_factor_address, NULL, NULL, 0, 0},
        {"end_session_address", run_end_address, NULL, NULL, 0, 0},
};
const struct torture_cases torture_kept_cases = {cases, ELEMENTSOF(cases)};
