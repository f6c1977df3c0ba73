/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-accounts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define ERROR_PREFIX "error-"
#define MANY_KEYS    65

static bool word_is(const char *word, const char *other)
{
        return strcmp(word, other) == 0;
}

static int reply_error(sd_bus_message *call, const char *word)
{
        return sd_bus_reply_method_errorf(call, word + strlen(ERROR_PREFIX), "No\033 such thing.");
}

static bool word_is_error(const char *word)
{
        return strncmp(word, ERROR_PREFIX, strlen(ERROR_PREFIX)) == 0;
}

/* One record with more keys than fit. */
static int reply_many_keys(sd_bus_message *call)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        for (int i = 0; i < MANY_KEYS && r >= 0; i++) {
                char key[16];
                (void)snprintf(key, sizeof(key), "key%d", i);
                r = sd_bus_message_append(reply, "{sv}", key, "u", 1);
        }
        for (int i = 0; i < 2 && r >= 0; i++)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int reply_accounts(sd_bus_message *call)
{
        return sd_bus_reply_method_return(
                call, "aa{sv}", 3, 8, "account", "s", "alice", "uid", "t", UINT64_C(1000), "owner",
                "b", 1, "locked", "b", 0, "identities", "t", UINT64_C(2), "last_login_at", "t",
                UINT64_C(1700000000), "last_login_from", "s", "192.0.2.1", "later_key", "u", 7, 6,
                "account", "s", "bob", "uid", "t", UINT64_C(1001), "locked", "b", 1, "locked_by",
                "s", "root", "locked_at", "t", UINT64_C(1700000001), "lock_reason", "s",
                "left the company", 1, "account", "s", "carol");
}

int fake_accounts_list(sd_bus_message *call, const char *word)
{
        puts("ListAccounts");
        if (word_is_error(word))
                return reply_error(call, word);
        if (word_is(word, "none"))
                return sd_bus_reply_method_return(call, "aa{sv}", 0);
        if (word_is(word, "controls"))
                return sd_bus_reply_method_return(call, "aa{sv}", 1, 2, "account", "s",
                                                  "al\033[2Jice", "lock_reason", "s", "a\nb");
        if (word_is(word, "long"))
                return sd_bus_reply_method_return(
                        call, "aa{sv}", 1, 2, "account", "s", "somebody-with-a-long-name-indeed",
                        "lock_reason", "s", "which is no reason at all to lock anybody out");
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, "as", 1, "alice");
        if (word_is(word, "junk-after"))
                return sd_bus_reply_method_return(call, "aa{sv}u", 1, 1, "account", "s", "alice",
                                                  1);
        if (word_is(word, "junk-type"))
                return sd_bus_reply_method_return(call, "aa{sv}", 2, 1, "account", "s", "alice", 1,
                                                  "uid", "s", "1000");
        if (word_is(word, "junk-twice"))
                return sd_bus_reply_method_return(call, "aa{sv}", 1, 2, "account", "s", "alice",
                                                  "account", "s", "bob");
        if (word_is(word, "junk-many"))
                return reply_many_keys(call);
        return reply_accounts(call);
}

int fake_accounts_show(sd_bus_message *call, const char *word)
{
        const char *account;

        if (sd_bus_message_read(call, "s", &account) < 0)
                return -EINVAL;
        printf("GetAccount account=%s\n", account);
        if (word_is_error(word))
                return reply_error(call, word);
        if (word_is(word, "junk"))
                return sd_bus_reply_method_return(call, "aa{sv}", 0);
        return sd_bus_reply_method_return(call, "a{sv}", 4, "account", "s", "bob", "uid", "t",
                                          UINT64_C(1001), "locked", "b", 1, "last_login_at", "t",
                                          UINT64_C(1700000000));
}

int fake_accounts_lock(sd_bus_message *call, const char *word)
{
        const char *account, *reason;

        if (sd_bus_message_read(call, "ss", &account, &reason) < 0)
                return -EINVAL;
        printf("LockAccount account=%s reason=%s\n", account, reason);
        if (word_is_error(word))
                return reply_error(call, word);
        return sd_bus_reply_method_return(call, NULL);
}
