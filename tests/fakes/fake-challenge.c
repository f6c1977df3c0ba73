/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-challenge.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define HUGE_BYTES  (1024 * 1024)
#define EXPIRES_SEC 600

#define CODE    "WDJB-MJHT"
#define ADDRESS "https://id.example/device"
#define MESSAGE "42/sshd/web01"
#define BROWSER "https://id.example/authorize?client_id=badged&state=s"

static bool word_is(const char *word, const char *other)
{
        return strcmp(word, other) == 0;
}

static int append_code(sd_bus_message *reply, const char *word)
{
        static char huge[HUGE_BYTES];
        const char *code = CODE, *address = ADDRESS, *qr = "█▀▄ \n";
        uint64_t expires_sec = EXPIRES_SEC;

        if (word_is(word, "code-controls"))
                code = "WD\033[2JB";
        if (word_is(word, "code-huge"))
                code = memset(huge, 'A', sizeof(huge) - 1);
        if (word_is(word, "code-empty"))
                code = "";
        if (word_is(word, "address-http"))
                address = "http://id.example/device";
        if (word_is(word, "qr-controls"))
                qr = "█\033[31m\n";
        if (word_is(word, "qr-huge"))
                qr = memset(huge, '@', sizeof(huge) - 1);
        if (word_is(word, "expiry-huge"))
                expires_sec = UINT64_MAX;
        if (word_is(word, "expiry-short"))
                expires_sec = 1;
        if (word_is(word, "silent"))
                return sd_bus_message_append(reply, "a{sv}", 0);
        if (word_is(word, "wants-code"))
                return sd_bus_message_append(reply, "a{sv}", 4, "user_code", "s", code,
                                             "verification_uri", "s", address, "expires_in", "t",
                                             expires_sec, "wants_code", "b", true);
        if (word_is(word, "code-missing"))
                return sd_bus_message_append(reply, "a{sv}", 2, "verification_uri", "s", address,
                                             "expires_in", "t", expires_sec);
        if (word_is(word, "code-twice"))
                return sd_bus_message_append(reply, "a{sv}", 4, "user_code", "s", code, "user_code",
                                             "s", "EVIL", "verification_uri", "s", address,
                                             "expires_in", "t", expires_sec);
        if (word_is(word, "code-number"))
                return sd_bus_message_append(reply, "a{sv}", 3, "user_code", "u", 7,
                                             "verification_uri", "s", address, "expires_in", "t",
                                             expires_sec);
        return sd_bus_message_append(reply, "a{sv}", 7, "user_code", "s", code, "verification_uri",
                                     "s", address, "expires_in", "t", expires_sec, "interval", "t",
                                     UINT64_C(5), "provider", "s", "corp", "qr", "s", qr, "new_key",
                                     "u", 1);
}

/* Challenges without a code: NULL leaves the key out. */
static const struct {
        const char *word, *code, *message, *browser;
        uint64_t expires_sec;
} others[] = {
        {"ring", NULL, MESSAGE, NULL, EXPIRES_SEC},
        {"ring-short", NULL, MESSAGE, NULL, 1},
        {"ring-controls", NULL, "42\033[2J", NULL, EXPIRES_SEC},
        {"ring-lines", NULL, "42\n17", NULL, EXPIRES_SEC},
        {"ring-empty", NULL, "", NULL, EXPIRES_SEC},
        {"ring-long", NULL, MESSAGE MESSAGE MESSAGE MESSAGE MESSAGE, NULL, EXPIRES_SEC},
        {"ring-for-ever", NULL, MESSAGE, NULL, 0},
        {"ring-and-code", CODE, MESSAGE, NULL, EXPIRES_SEC},
        {"ring-and-browser", NULL, MESSAGE, BROWSER, EXPIRES_SEC},
        {"browser", NULL, NULL, BROWSER, EXPIRES_SEC},
        {"browser-short", NULL, NULL, BROWSER, 1},
        {"browser-http", NULL, NULL, "http://id.example/authorize", EXPIRES_SEC},
        {"browser-shell", NULL, NULL, "https://id.example/`id`", EXPIRES_SEC},
        {"browser-and-code", CODE, NULL, BROWSER, EXPIRES_SEC},
};

static int append_text(sd_bus_message *reply, const char *key, const char *text)
{
        return text ? sd_bus_message_append(reply, "{sv}", key, "s", text) : 0;
}

static int append_other(sd_bus_message *reply, size_t i)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_text(reply, "user_code", others[i].code);
        if (r >= 0 && others[i].code)
                r = append_text(reply, "verification_uri", ADDRESS);
        if (r >= 0)
                r = append_text(reply, "binding_message", others[i].message);
        if (r >= 0)
                r = append_text(reply, "authorization_url", others[i].browser);
        if (r >= 0)
                r = append_text(reply, "provider", "corp");
        if (r >= 0 && others[i].expires_sec > 0)
                r = sd_bus_message_append(reply, "{sv}", "expires_in", "t", others[i].expires_sec);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Nothing to approve; a secret is asked for, or is not. */
static int append_secret(sd_bus_message *reply, bool is_wanted, uint64_t expires_sec)
{
        return expires_sec > 0
                       ? sd_bus_message_append(reply, "a{sv}", 2, "wants_secret", "b", is_wanted,
                                               "expires_in", "t", expires_sec)
                       : sd_bus_message_append(reply, "a{sv}", 1, "wants_secret", "b", is_wanted);
}

/* The login is granted already; says so and nothing else, or what makes no sense beside it. */
static int append_granted(sd_bus_message *reply, const char *word)
{
        if (word_is(word, "granted-as-text"))
                return sd_bus_message_append(reply, "a{sv}", 1, "granted", "s", "true");
        if (word_is(word, "granted-by-provider"))
                return sd_bus_message_append(reply, "a{sv}", 2, "granted", "b", true, "provider",
                                             "s", "corp");
        if (word_is(word, "granted-and-code"))
                return sd_bus_message_append(reply, "a{sv}", 4, "granted", "b", true, "user_code",
                                             "s", CODE, "verification_uri", "s", ADDRESS,
                                             "expires_in", "t", (uint64_t)EXPIRES_SEC);
        if (word_is(word, "granted-and-secret"))
                return sd_bus_message_append(reply, "a{sv}", 3, "granted", "b", true,
                                             "wants_secret", "b", true, "expires_in", "t",
                                             (uint64_t)EXPIRES_SEC);
        return sd_bus_message_append(reply, "a{sv}", 1, "granted", "b",
                                     !word_is(word, "granted-not"));
}

int fake_challenge_append(sd_bus_message *reply, const char *word)
{
        if (strncmp(word, "granted", strlen("granted")) == 0)
                return append_granted(reply, word);
        if (word_is(word, "secret"))
                return append_secret(reply, true, EXPIRES_SEC);
        if (word_is(word, "secret-unwanted"))
                return append_secret(reply, false, EXPIRES_SEC);
        if (word_is(word, "secret-for-ever"))
                return append_secret(reply, true, 0);
        for (size_t i = 0; i < ELEMENTSOF(others); i++)
                if (word_is(word, others[i].word))
                        return append_other(reply, i);
        return append_code(reply, word);
}
