/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/access-token.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/bus-dict.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "common/text.h"

/* As long as the daemon may take to find the provider and renew the token there. */
#define TOKEN_TIMEOUT_USEC (40 * USEC_PER_SEC)

#define TOKEN_MAX_BYTES ((size_t)32 * 1024)
#define TEXT_MAX_BYTES  4096
#define TIME_MAX_SEC    253402300799U /* the end of the year 9999 */

#define MEND_REFUSED                                                                       \
        "sign in to this host by the provider, or ask the administrator (badged.conf(5): " \
        "keep_tokens, tokens_for_people)"
#define MEND_UNAVAILABLE "try again in a while; journalctl -u badged has the reason"

void access_token_finish(struct access_token *token)
{
        (void)secret_free(token->token);
        free(token->type);
        free(token->provider);
        free(token->issuer);
        free(token->subject);
        free(token->scope);
        free(token->userinfo_endpoint);
        free(token->ca_file);
        free(token->proxy);
        *token = (struct access_token){0};
}

static bool is_token(const char *text)
{
        for (const char *s = text; *s; s++)
                if (*s <= ' ' || *s > '~')
                        return false;
        return *text != '\0';
}

static bool is_bearer(const char *text)
{
        return strcmp(text, "Bearer") == 0;
}

static bool is_path(const char *text)
{
        return text[0] == '/' && text_is_printable(text);
}

/* Only a secret keeps the token: the text is erased on every way out. */
static int take_token(char *text, struct secret **ret_token)
{
        struct secret *token = text ? secret_new_text(text) : NULL;
        int r = token ? 0 : text ? -ENOMEM : -EBADMSG;

        if (text)
                secret_erase(text, strlen(text));
        free(text);
        if (token)
                *ret_token = token;
        return r;
}

static int read_token(sd_bus_message *reply, struct access_token *token)
{
        char *text = NULL;
        const struct bus_field fields[] = {
                {.key = "access_token",
                 .ret_text = &text,
                 .max_bytes = TOKEN_MAX_BYTES,
                 .is_sound = is_token},
                {.key = "token_type",
                 .ret_text = &token->type,
                 .max_bytes = 16,
                 .is_sound = is_bearer},
                {.key = "provider", .ret_text = &token->provider, .max_bytes = TEXT_MAX_BYTES},
                {.key = "issuer", .ret_text = &token->issuer, .max_bytes = TEXT_MAX_BYTES},
                {.key = "subject", .ret_text = &token->subject, .max_bytes = TEXT_MAX_BYTES},
                {.key = "scope", .ret_text = &token->scope, .max_bytes = TEXT_MAX_BYTES},
                {.key = "userinfo_endpoint",
                 .ret_text = &token->userinfo_endpoint,
                 .max_bytes = TEXT_MAX_BYTES,
                 .is_sound = text_is_https_url},
                {.key = "ca_file",
                 .ret_text = &token->ca_file,
                 .max_bytes = TEXT_MAX_BYTES,
                 .is_sound = is_path},
                {.key = "proxy",
                 .ret_text = &token->proxy,
                 .max_bytes = TEXT_MAX_BYTES,
                 .is_sound = text_is_printable},
                {.key = "granted_at", .ret_number = &token->granted_at_sec, .max = TIME_MAX_SEC},
                {.key = "expires_at", .ret_number = &token->expires_at_sec, .max = TIME_MAX_SEC},
        };

        int r = sd_bus_message_has_signature(reply, "a{sv}") > 0
                        ? bus_dict_read(reply, fields, ELEMENTSOF(fields))
                        : -EBADMSG;
        int taken = take_token(text, &token->token);
        if (r < 0)
                return r;
        return token->type ? taken : -EBADMSG;
}

static bool ask(struct bus_peer *peer, uint64_t min_lifetime_sec, sd_bus_message **ret_reply,
                struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, "GetToken", &call);
        if (r >= 0)
                r = sd_bus_message_append(call, "t", min_lifetime_sec);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        if (daemon_call(peer, call, TOKEN_TIMEOUT_USEC, ret_reply, complaint))
                return true;
        if (complaint->verdict.from_daemon)
                complaint->mend = complaint->verdict.outcome == LOGIN_REFUSED ? MEND_REFUSED
                                                                              : MEND_UNAVAILABLE;
        return false;
}

bool access_token_ask(uint64_t min_lifetime_sec, struct access_token *ret_token,
                      struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        _cleanup_token_ struct access_token token = {0};

        /* A core would be the token on disk. */
        (void)prctl(PR_SET_DUMPABLE, 0);
        if (!daemon_find(-1, &peer, complaint) || !ask(peer, min_lifetime_sec, &reply, complaint))
                return false;
        int r = read_token(reply, &token);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        *ret_token = token;
        token = (struct access_token){0};
        return true;
}
