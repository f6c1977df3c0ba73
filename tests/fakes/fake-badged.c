/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon that does what it is told: fake-badged START [WAIT [CHECK [OPEN [ADMIN [ANSWER
 * [TOKEN]]]]]], each a word of the tables below. Writes "ready", then one line for each call that
 * reached it. For tests/bus. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "fake-accounts.h"
#include "fake-admin.h"
#include "fake-challenge.h"
#include "fake-token.h"

#define LOGIN_PATH BADGED_LOGIN_PATH "/7"
#define FORGE_MSEC 200

struct fake {
        sd_bus *bus, *stranger;
        const char *start, *wait, *check, *open, *admin, *answer, *token;
};

static void pause_msec(long msec)
{
        struct timespec time = {.tv_sec = msec / 1000, .tv_nsec = msec % 1000 * 1000000};

        (void)nanosleep(&time, NULL);
}

static bool word_is(const char *word, const char *other)
{
        return strcmp(word, other) == 0;
}

/* What any behaviour word may ask for before an answer: true when there will be none. */
static bool end_instead(const char *word)
{
        if (word_is(word, "die"))
                (void)raise(SIGKILL);
        if (word_is(word, "die-later")) {
                pause_msec(FORGE_MSEC);
                (void)raise(SIGKILL);
        }
        if (word_is(word, "stop"))
                (void)raise(SIGSTOP);
        if (word_is(word, "kill-bus"))
                (void)kill((pid_t)atoi(getenv("FAKE_BUS_PID")), SIGKILL);
        if (word_is(word, "interrupt"))
                (void)kill(getppid(), SIGINT);
        return word_is(word, "nothing") || word_is(word, "stop") || word_is(word, "kill-bus") ||
               word_is(word, "interrupt");
}

static void forge_challenge(struct fake *fake, sd_bus_message *call)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        if (sd_bus_message_new_method_return(call, &reply) < 0 ||
            sd_bus_message_append(reply, "oa{sv}", BADGED_LOGIN_PATH "/666", 3, "user_code", "s",
                                  "EVIL", "verification_uri", "s", "https://evil.example/",
                                  "expires_in", "t", UINT64_C(600)) < 0 ||
            sd_bus_send(fake->stranger, reply, NULL) < 0 || sd_bus_flush(fake->stranger) < 0)
                _exit(EXIT_FAILURE);
        pause_msec(FORGE_MSEC);
}

static void print_context(sd_bus_message *call)
{
        const char *key;

        (void)sd_bus_message_enter_container(call, 'a', "{sv}");
        while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
                const char *text = "", *type;
                char digits[16];
                uint32_t number;
                int flag;
                (void)sd_bus_message_read(call, "s", &key);
                (void)sd_bus_message_peek_type(call, NULL, &type);
                if (word_is(type, "s")) {
                        (void)sd_bus_message_read(call, "v", "s", &text);
                } else if (word_is(type, "u")) {
                        (void)sd_bus_message_read(call, "v", "u", &number);
                        (void)snprintf(digits, sizeof(digits), "%u", (unsigned)number);
                        text = digits;
                } else if (word_is(type, "b")) {
                        (void)sd_bus_message_read(call, "v", "b", &flag);
                        text = flag ? "yes" : "no";
                } else {
                        (void)sd_bus_message_skip(call, "v");
                        text = "(list)";
                }
                printf(" %s=%s", key, text);
                (void)sd_bus_message_exit_container(call);
        }
}

static int on_start_login(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        struct fake *fake = userdata;
        const char *account, *service, *word = fake->start;

        if (sd_bus_message_read(call, "ss", &account, &service) < 0)
                return -EINVAL;
        printf("StartLogin account=%s service=%s", account, service);
        print_context(call);
        puts("");
        if (end_instead(word))
                return 1;
        if (word_is(word, "forged"))
                forge_challenge(fake, call);
        if (strncmp(word, "error-", 6) == 0)
                return sd_bus_reply_method_errorf(call, word + 6, "No\033 for now.");
        if (sd_bus_message_new_method_return(call, &reply) < 0)
                return -ENOMEM;
        if (sd_bus_message_append(reply, "o",
                                  word_is(word, "path-foreign") ? "/org/badged/Badged9/login/7"
                                                                : LOGIN_PATH) < 0 ||
            fake_challenge_append(reply, word) < 0)
                return -EINVAL;
        int r = sd_bus_send(NULL, reply, NULL);
        (void)sd_bus_flush(fake->bus);
        if (word_is(word, "ok-then-die"))
                (void)raise(SIGKILL);
        return r;
}

/* Replies and signals from a connection that is not the daemon's, with everything else right. */
static void forge_verdict(struct fake *fake, sd_bus_message *call, const char *word)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *forged = NULL;
        const char *self;
        int r = 0;

        if (word_is(word, "forged-grant")) {
                r = sd_bus_message_new_method_return(call, &forged);
                if (r >= 0)
                        r = sd_bus_message_append(forged, "ssa{sv}", "granted", "", 0);
        } else if (word_is(word, "forged-error")) {
                r = sd_bus_message_new_method_errorf(call, &forged, BADGED_ERROR_DENIED, "Forged.");
        } else if (word_is(word, "forged-signal")) {
                (void)sd_bus_get_unique_name(fake->bus, &self);
                r = sd_bus_message_new_signal(fake->stranger, &forged, "/org/freedesktop/DBus",
                                              "org.freedesktop.DBus", "NameOwnerChanged");
                if (r >= 0)
                        r = sd_bus_message_append(forged, "sss", BADGED_BUS_NAME, self, "");
                if (r >= 0)
                        r = sd_bus_message_set_destination(forged, sd_bus_message_get_sender(call));
        } else {
                return;
        }
        if (r < 0 || sd_bus_send(fake->stranger, forged, NULL) < 0 ||
            sd_bus_flush(fake->stranger) < 0)
                _exit(EXIT_FAILURE);
        pause_msec(FORGE_MSEC);
}

/* With all that the daemon can tell about whoever approved. */
static int reply_known(sd_bus_message *call, const char *word)
{
        return sd_bus_reply_method_return(
                call, "ssa{sv}", word, "Because of the fake.", 8, "provider", "s", "corp", "issuer",
                "s", "https://id.example/", "subject", "s", "subject-of-bob", "rule", "s", "claim",
                "claims", "s",
                "{\"iss\":\"https://id.example/"
                "\",\"preferred_username\":\"b\\u009b2J\\u007fob\",\"n\":[1]}",
                "acr", "s", "2", "amr", "as", 2, "pwd", "mfa", "auth_time", "t",
                UINT64_C(1700000000));
}

static int on_wait(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        struct fake *fake = userdata;
        const char *word = fake->wait;

        puts("Wait");
        if (end_instead(word))
                return 1;
        if (word_is(word, "release"))
                return sd_bus_release_name(fake->bus, BADGED_BUS_NAME) < 0 ? -EIO : 1;
        forge_verdict(fake, call, word);
        if (word_is(word, "forged-grant"))
                word = "denied";
        if (word_is(word, "forged-error") || word_is(word, "forged-signal"))
                word = "granted";
        if (strncmp(word, "error-", 6) == 0)
                return sd_bus_reply_method_errorf(call, word + 6, "No for now.");
        if (word_is(word, "junk-after"))
                return sd_bus_reply_method_return(call, "ssa{sv}x", "granted", "", 0, INT64_C(1));
        if (word_is(word, "junk-short"))
                return sd_bus_reply_method_return(call, "s", "granted");
        if (word_is(word, "junk-details"))
                return sd_bus_reply_method_return(call, "ssa{sv}", "granted", "", 1, "issuer", "u",
                                                  1);
        if (word_is(word, "controls"))
                return sd_bus_reply_method_return(call, "ssa{sv}", "denied", "a\033[2Jb\nc", 0);
        if (word_is(word, "known-granted") || word_is(word, "known-refused"))
                return reply_known(call, word + strlen("known-"));
        return sd_bus_reply_method_return(call, "ssa{sv}", word, "Because of the fake.", 2, "acr",
                                          "s", "2", "amr", "as", 2, "pwd", "mfa");
}

static int on_answer(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;
        const char *query;

        if (sd_bus_message_read(call, "s", &query) < 0)
                return -EINVAL;
        printf("Answer query=%s\n", query);
        if (end_instead(fake->answer))
                return 1;
        if (strncmp(fake->answer, "error-", 6) == 0)
                return sd_bus_reply_method_errorf(call, fake->answer + 6, "No answer.");
        return sd_bus_reply_method_return(call, NULL);
}

/* Does what the word for answers says. */
static int on_present(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;
        const char *secret;

        if (sd_bus_message_read(call, "s", &secret) < 0)
                return -EINVAL;
        printf("Present secret=%s\n", secret);
        if (end_instead(fake->answer))
                return 1;
        if (strncmp(fake->answer, "error-", 6) == 0)
                return sd_bus_reply_method_errorf(call, fake->answer + 6, "No secret.");
        return sd_bus_reply_method_return(call, NULL);
}

static int on_cancel(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        puts("Cancel");
        return sd_bus_reply_method_return(call, NULL);
}

static int on_check_account(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        struct fake *fake = userdata;
        const char *account, *service;

        if (sd_bus_message_read(call, "ss", &account, &service) < 0)
                return -EINVAL;
        printf("CheckAccount account=%s service=%s", account, service);
        print_context(call);
        puts("");
        if (end_instead(fake->check))
                return 1;
        if (word_is(fake->check, "junk"))
                return sd_bus_reply_method_return(call, "ssu", "granted", "", 1);
        return sd_bus_reply_method_return(call, "ss", fake->check, "Because of the fake.");
}

static int on_open_session(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        struct fake *fake = userdata;
        const char *account, *login;

        if (sd_bus_message_read(call, "so", &account, &login) < 0)
                return -EINVAL;
        printf("OpenSession account=%s login=%s", account, login);
        print_context(call);
        puts("");
        if (end_instead(fake->open))
                return 1;
        if (strncmp(fake->open, "error-", 6) == 0)
                return sd_bus_reply_method_errorf(call, fake->open + 6, "No session.");
        return sd_bus_reply_method_return(call, "s", fake->open);
}

static int on_bind_session(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const char *session;

        if (sd_bus_message_read(call, "s", &session) < 0)
                return -EINVAL;
        printf("BindSession session=%s", session);
        print_context(call);
        puts("");
        return sd_bus_reply_method_return(call, NULL);
}

static int on_close_session(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const char *session;

        if (sd_bus_message_read(call, "s", &session) < 0)
                return -EINVAL;
        printf("CloseSession session=%s\n", session);
        return sd_bus_reply_method_return(call, NULL);
}

static int on_get_status(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return end_instead(fake->admin) ? 1 : fake_admin_status(call, fake->admin);
}

static int on_check_provider(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_admin_check(call, fake->admin);
}

static int on_list_accounts(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_accounts_list(call, fake->admin);
}

static int on_get_account(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_accounts_show(call, fake->admin);
}

static int on_lock_account(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_accounts_lock(call, fake->admin);
}

static int on_get_token(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_token_get(call, fake->token);
}

static int on_end_tokens(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        const struct fake *fake = userdata;

        return fake_token_end(call, fake->token);
}

/* Not a vtable: sd-bus would hold the replies against it. */
static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *ret_error)
{
        static const struct {
                const char *member;
                sd_bus_message_handler_t on_call;
        } methods[] = {
                {"StartLogin", on_start_login},
                {"CheckAccount", on_check_account},
                {"OpenSession", on_open_session},
                {"BindSession", on_bind_session},
                {"CloseSession", on_close_session},
                {"Wait", on_wait},
                {"Answer", on_answer},
                {"Present", on_present},
                {"Cancel", on_cancel},
                {"GetStatus", on_get_status},
                {"CheckProvider", on_check_provider},
                {"ListAccounts", on_list_accounts},
                {"GetAccount", on_get_account},
                {"LockAccount", on_lock_account},
                {"GetToken", on_get_token},
                {"EndTokens", on_end_tokens},
        };

        for (size_t i = 0; i < ELEMENTSOF(methods); i++)
                if (sd_bus_message_is_method_call(call, NULL, methods[i].member))
                        return methods[i].on_call(call, userdata, ret_error);
        return 0;
}

static int fake_run(struct fake *fake)
{
        int r = sd_bus_open_system(&fake->bus);
        if (r >= 0)
                r = sd_bus_open_system(&fake->stranger);
        if (r >= 0)
                r = sd_bus_add_object(fake->bus, NULL, BADGED_PATH, on_call, fake);
        if (r >= 0)
                r = sd_bus_add_object(fake->bus, NULL, LOGIN_PATH, on_call, fake);
        if (r >= 0)
                r = sd_bus_request_name(fake->bus, BADGED_BUS_NAME, 0);
        if (r < 0)
                return r;
        puts("ready");
        while ((r = sd_bus_process(fake->bus, NULL)) >= 0)
                if (r == 0 && (r = sd_bus_wait(fake->bus, UINT64_MAX)) < 0)
                        break;
        return r;
}

int main(int argc, char **argv)
{
        struct fake fake = {
                .start = argc > 1 ? argv[1] : "ok",
                .wait = argc > 2 ? argv[2] : "granted",
                .check = argc > 3 ? argv[3] : "granted",
                .open = argc > 4 ? argv[4] : "5",
                .admin = argc > 5 ? argv[5] : "good",
                .answer = argc > 6 ? argv[6] : "good",
                .token = argc > 7 ? argv[7] : "good",
        };

        (void)setvbuf(stdout, NULL, _IOLBF, 0);
        int r = fake_run(&fake);
        sd_bus_close_unref(fake.stranger);
        sd_bus_close_unref(fake.bus);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
