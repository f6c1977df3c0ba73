/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-token.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define ERROR_PREFIX "error-"

static bool word_is(const char *word, const char *other)
{
        return strcmp(word, other) == 0;
}

static int append(sd_bus_message *reply, const char *key, const char *text)
{
        return text ? sd_bus_message_append(reply, "{sv}", key, "s", text) : 0;
}

static int append_token(sd_bus_message *reply, const char *word)
{
        const char *userinfo = word_is(word, "http") ? "http://id.example/me"
                                                     : getenv("FAKE_USERINFO");

        if (append(reply, "token_type", word_is(word, "bound") ? "DPoP" : "Bearer") < 0)
                return -EINVAL;
        if (!word_is(word, "none") &&
            append(reply, "access_token", word_is(word, "blank") ? "to ken" : "SlAV32hkKG") < 0)
                return -EINVAL;
        if (word_is(word, "bare"))
                return 0;
        if (append(reply, "scope", word_is(word, "controls") ? "open\033[2Jid" : "openid") < 0 ||
            append(reply, "provider", "corp") < 0 ||
            append(reply, "issuer", "https://id.example/") < 0 ||
            append(reply, "subject", "subject-of-alice") < 0 ||
            append(reply, "userinfo_endpoint", userinfo) < 0 ||
            append(reply, "ca_file", getenv("FAKE_CA_FILE")) < 0)
                return -EINVAL;
        return sd_bus_message_append(reply, "{sv}{sv}{sv}", "granted_at", "t", UINT64_C(1700000000),
                                     "expires_at", "t", UINT64_C(1700000300), "new_key", "u", 1);
}

int fake_token_get(sd_bus_message *call, const char *word)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        uint64_t min_lifetime;

        if (sd_bus_message_read(call, "t", &min_lifetime) < 0)
                return -EINVAL;
        printf("GetToken min_lifetime=%" PRIu64 "\n", min_lifetime);
        if (strncmp(word, ERROR_PREFIX, strlen(ERROR_PREFIX)) == 0)
                return sd_bus_reply_method_errorf(call, word + strlen(ERROR_PREFIX),
                                                  "No\033 for now.");
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, "s", "SlAV32hkKG");
        if (sd_bus_message_new_method_return(call, &reply) < 0 ||
            sd_bus_message_open_container(reply, 'a', "{sv}") < 0 ||
            append_token(reply, word) < 0 || sd_bus_message_close_container(reply) < 0)
                return -EINVAL;
        if (word_is(word, "junk-after") && sd_bus_message_append(reply, "s", "more") < 0)
                return -EINVAL;
        return sd_bus_send(NULL, reply, NULL);
}

static int append_ended(sd_bus_message *reply, const char *word)
{
        const char *url = word_is(word, "http") ? "http://id.example/logout?client_id=badged"
                                                : "https://id.example/logout?client_id=badged";

        if (append(reply, "provider", word_is(word, "controls") ? "co\033[2Jrp" : "corp") < 0 ||
            append(reply, "issuer", "https://id.example/") < 0 ||
            append(reply, "subject", "subject-of-alice") < 0)
                return -EINVAL;
        if (word_is(word, "bare"))
                return 0;
        if (append(reply, "end_session_url", url) < 0)
                return -EINVAL;
        if (word_is(word, "none"))
                return 0;
        if (word_is(word, "blank"))
                return append(reply, "end_session_url_hinted", "https://id.example/log out");
        return append(reply, "end_session_url_hinted",
                      "https://id.example/logout?client_id=badged&id_token_hint=e30.e30.c2ln");
}

int fake_token_end(sd_bus_message *call, const char *word)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        puts("EndTokens");
        if (strncmp(word, ERROR_PREFIX, strlen(ERROR_PREFIX)) == 0)
                return sd_bus_reply_method_errorf(call, word + strlen(ERROR_PREFIX),
                                                  "No\033 for now.");
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, NULL);
        if (sd_bus_message_new_method_return(call, &reply) < 0 ||
            sd_bus_message_open_container(reply, 'a', "{sv}") < 0 ||
            append_ended(reply, word) < 0 || sd_bus_message_close_container(reply) < 0)
                return -EINVAL;
        return sd_bus_send(NULL, reply, NULL);
}
