/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-admin.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define ERROR_PREFIX "error-"
#define FLOOD        1001

static bool word_is(const char *word, const char *other)
{
        return strcmp(word, other) == 0;
}

static bool word_is_error(const char *word)
{
        return strncmp(word, ERROR_PREFIX, strlen(ERROR_PREFIX)) == 0;
}

static int reply_error(sd_bus_message *call, const char *word)
{
        return sd_bus_reply_method_errorf(call, word + strlen(ERROR_PREFIX), "No\033 for now.");
}

static int append_providers(sd_bus_message *reply, unsigned n)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "providers");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "a(ssbb)");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(ssbb)");
        for (unsigned i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(reply, "(ssbb)", "corp", "https://id.example/", 1, 1);
        for (int i = 0; r >= 0 && i < 4; i++)
                r = sd_bus_message_close_container(reply);
        return r;
}

static int append_findings(sd_bus_message *reply, unsigned n)
{
        int r = sd_bus_message_open_container(reply, 'a', "(sbss)");
        for (unsigned i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(reply, "(sbss)", "metadata", 1, "", "");
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reply_flood(sd_bus_message *call, int (*append)(sd_bus_message *reply, unsigned n),
                       unsigned n)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = append(reply, n);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

int fake_admin_status(sd_bus_message *call, const char *word)
{
        const char *issuer = word_is(word, "controls") ? "https://\033[2Jid.example/"
                                                       : "https://id.example/";

        puts("GetStatus");
        if (word_is_error(word))
                return reply_error(call, word);
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, "a{sv}", 1, "providers", "as", 1, "corp");
        if (word_is(word, "junk-after"))
                return sd_bus_reply_method_return(call, "a{sv}u", 1, "version", "s", "9.8", 1);
        if (word_is(word, "flood"))
                return reply_flood(call, append_providers, FLOOD);
        if (word_is(word, "none"))
                return sd_bus_reply_method_return(call, "a{sv}", 1, "version", "s", "9.8");
        return sd_bus_reply_method_return(
                call, "a{sv}", 8, "version", "s", "9.8", "default_provider", "s", "corp",
                "pending_logins", "t", UINT64_C(2), "open_sessions", "t", UINT64_C(3),
                "granted_logins", "t", UINT64_C(40), "refused_logins", "t", UINT64_C(5), "new_key",
                "u", 1, "providers", "a(ssbb)", 2, "corp", issuer, 1, 1, "guests",
                "https://guests.example/", 1, 0);
}

int fake_admin_check(sd_bus_message *call, const char *word)
{
        const char *provider;

        if (sd_bus_message_read(call, "s", &provider) < 0)
                return -EINVAL;
        printf("CheckProvider provider=%s\n", provider);
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, "a(sss)", 1, "keys", "good", "");
        if (word_is(word, "junk-findings"))
                return sd_bus_reply_method_return(call, "a(sbss)u", 1, "keys", 1, "", "", 1);
        if (word_is(word, "flood-findings"))
                return reply_flood(call, append_findings, FLOOD);
        if (word_is(word, "empty"))
                return sd_bus_reply_method_return(call, "a(sbss)", 0);
        if (word_is(word, "bad"))
                return sd_bus_reply_method_return(
                        call, "a(sbss)", 2, "metadata", 1, "issuer https://id.example/", "",
                        "device endpoint", 0, "status 401", "compare client_id");
        if (word_is(word, "controls"))
                return sd_bus_reply_method_return(call, "a(sbss)", 1, "meta\033[2Jdata", 0, "a\nb",
                                                  "c\033d");
        return sd_bus_reply_method_return(call, "a(sbss)", 1, "metadata", 1,
                                          "issuer https://id.example/", "");
}
