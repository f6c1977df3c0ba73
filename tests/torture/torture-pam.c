/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PAM module whole (tests/fuzz/pam-inside.h) while memory is short: what the bus answers is
 * fixed. */
#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bus-wire.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "fail-alloc.h"
#include "failing-calls.h"
#include "pam-inside.h"
#include "torture.h"

#define DAEMON ":1.1"

struct expectation {
        bool may_enter; /* PAM_SUCCESS is right */
        bool is_wrong, is_done;
};

static void write_reply(struct wire *wire, uint32_t cookie, const char *sender,
                        const char *signature, const struct wire *body)
{
        const struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_RETURN,
                                           .serial = 100 + cookie,
                                           .reply_cookie = cookie,
                                           .sender = sender,
                                           .signature = signature};

        wire_message(wire, &header, body);
}

static void write_find(struct wire *wire)
{
        struct wire body = {0};

        write_reply(wire, 1, WIRE_DRIVER, "", &body);
        wire_text(&body, DAEMON);
        write_reply(wire, 2, WIRE_DRIVER, "s", &body);
        wire_finish(&body);
}

static void write_entry(struct wire *body, const char *key, const char *text)
{
        wire_align(body, 8);
        wire_text(body, key);
        wire_signature(body, "s");
        wire_text(body, text);
}

static void write_challenge(struct wire *wire)
{
        struct wire body = {0};

        wire_text(&body, BADGED_LOGIN_PATH "/7");
        size_t opened = wire_array_open(&body, 8);
        write_entry(&body, "user_code", "WDJB-MJHT");
        write_entry(&body, "verification_uri", "https://id.example/device");
        write_entry(&body, "provider", "corp");
        write_entry(&body, "of_a_later_version", "x");
        write_entry(&body, "qr", "█▀▄ \n████");
        wire_align(&body, 8);
        wire_text(&body, "expires_in");
        wire_signature(&body, "t");
        wire_number(&body, 600, 8);
        wire_array_close(&body, opened, 8);
        write_reply(wire, 3, DAEMON, "oa{sv}", &body);
        wire_finish(&body);
}

static void write_verdict(struct wire *wire, uint32_t cookie, const char *word, bool has_details)
{
        struct wire body = {0};

        wire_text(&body, word);
        wire_text(&body, "Because of the test.");
        if (has_details) {
                size_t opened = wire_array_open(&body, 8);
                write_entry(&body, "acr", "2");
                wire_array_close(&body, opened, 8);
        }
        write_reply(wire, cookie, DAEMON, has_details ? "ssa{sv}" : "ss", &body);
        wire_finish(&body);
}

static void write_session(struct wire *wire)
{
        struct wire body = {0};

        wire_text(&body, "5");
        write_reply(wire, 3, DAEMON, "s", &body);
        wire_finish(&body);
}

static void on_border(bool inside)
{
        fail_alloc_pause(!inside);
        failing_call_pause(!inside);
}

static void *prepare(const char *service, const char *phases, const char *word)
{
        struct pam_script *script = calloc(1, sizeof(*script));

        if (!script)
                return NULL;
        *script = (struct pam_script){.user = "alice",
                                      .service = service,
                                      .remote_host = "192.0.2.7",
                                      .terminal = "/dev/pts/9",
                                      .environment = {"SSH_AUTH_INFO_0=publickey ssh-ed25519 A\n"},
                                      .argv = {"debug", "require_prior=publickey"},
                                      .argc = 2,
                                      .answers = "e",
                                      .on_border = on_border,
                                      .phases = phases};
        for (size_t i = 0; i < PAM_INSIDE_CONNECTIONS && phases[i]; i++) {
                struct wire *wire = &script->wires[i];
                write_find(wire);
                if (phases[i] == 'a') {
                        write_challenge(wire);
                        write_verdict(wire, 4, word, true);
                } else if (phases[i] == 'c') {
                        write_verdict(wire, 3, word, false);
                } else {
                        write_session(wire);
                }
        }
        return script;
}

static void release(void *prepared)
{
        struct pam_script *script = prepared;

        for (size_t i = 0; i < PAM_INSIDE_CONNECTIONS; i++)
                wire_finish(&script->wires[i]);
        free(script);
}

static void on_outcome(const struct pam_outcome *outcome, void *userdata)
{
        struct expectation *expectation = userdata;
        bool entered = outcome->code == PAM_SUCCESS;

        if (entered && !expectation->may_enter)
                expectation->is_wrong = true;
        if (entered && outcome->phase == 'a' && (!outcome->has_login || outcome->wait_cookie == 0))
                expectation->is_wrong = true;
        if (entered && outcome->phase == 'o' && !outcome->has_session)
                expectation->is_wrong = true;
        if (outcome->code == PAM_IGNORE && (outcome->phase == 'a' || outcome->phase == 'c'))
                expectation->is_wrong = true;
        if (entered != expectation->may_enter)
                expectation->is_done = false;
}

static void on_text(const char *text, bool is_log, void *userdata)
{
}

/* Only the module's own work is tried; libpam around it is not. */
static enum torture_end run(const void *prepared, bool may_enter)
{
        struct expectation expectation = {.may_enter = may_enter, .is_done = true};

        on_border(false);
        if (!pam_inside_run(prepared, on_outcome, on_text, &expectation))
                return TORTURE_SHORT;
        if (expectation.is_wrong)
                return TORTURE_WRONG;
        return expectation.is_done ? TORTURE_DONE : TORTURE_SHORT;
}

static enum torture_end run_granted(const void *prepared)
{
        return run(prepared, true);
}

static enum torture_end run_refused(const void *prepared)
{
        return run(prepared, false);
}

static void *prepare_sshd_granted(void)
{
        return prepare("sshd", "acox", "granted");
}

static void *prepare_sudo_granted(void)
{
        return prepare("sudo", "a", "granted");
}

static void *prepare_greeter_granted(void)
{
        return prepare("gdm-password", "a", "granted");
}

static void *prepare_denied(void)
{
        return prepare("sshd", "ac", "denied");
}

static void *prepare_unknown_word(void)
{
        return prepare("sudo", "ac", "blessed");
}

static const struct torture_case cases[] = {
        {"sshd_login_session_and_close", run_granted, prepare_sshd_granted, release, 0, 0},
        {"sudo_login", run_granted, prepare_sudo_granted, release, 0, 0},
        {"greeter_login", run_granted, prepare_greeter_granted, release, 0, 0},
        {"denied_login_never_enters", run_refused, prepare_denied, release, 0, 0},
        {"unknown_outcome_never_enters", run_refused, prepare_unknown_word, release, 0, 0},
};
const struct torture_cases torture_pam_cases = {cases, ELEMENTSOF(cases)};
