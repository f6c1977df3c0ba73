/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/login-report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/login-details.h"
#include "common/login-verdict.h"
#include "common/text.h"
#include "ctl/json-output.h"
#include "ctl/output.h"

#define CLAIM_MAX_BYTES 1024

/* What is read from standard input is said; what is not is left out. */
static int add_wants(struct json_object *object, const struct challenge *challenge)
{
        bool wants_secret = challenge_kind(challenge) == CHALLENGE_SECRET;

        int r = wants_secret ? json_add(object, "wants_secret", json_object_new_boolean(true)) : 0;
        if (r >= 0 && challenge->wants_code)
                r = json_add(object, "wants_code", json_object_new_boolean(true));
        return r;
}

static int challenge_print_json(const struct challenge *challenge)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        if (!object)
                return -ENOMEM;

        if (json_add_text(object, "event", "challenge") < 0 ||
            json_add_text(object, "provider", challenge->provider) < 0 ||
            json_add_text(object, "user_code", challenge->user_code) < 0 ||
            json_add_text(object, "verification_uri", challenge->verification_uri) < 0 ||
            json_add_text(object, "verification_uri_complete",
                          challenge->verification_uri_complete) < 0 ||
            json_add_text(object, "binding_message", challenge->binding_message) < 0 ||
            json_add_text(object, "authorization_url", challenge->authorization_url) < 0 ||
            json_add(object, "expires_in", json_object_new_uint64(challenge->expires_in_sec)) < 0 ||
            add_wants(object, challenge) < 0)
                return -ENOMEM;
        if (challenge->interval_sec > 0 &&
            json_add(object, "interval", json_object_new_uint64(challenge->interval_sec)) < 0)
                return -ENOMEM;
        return json_print(object);
}

/* The window cannot be made to hold an address of some thousand signs: it stands last. */
static void browser_print(const struct challenge *challenge, const char *account)
{
        printf("\nSign in as %s.\n\n"
               "Approve in the browser. If none opens, open this address on this machine:\n\n%s\n",
               account, challenge->authorization_url);
}

int login_report_challenge(const struct challenge *challenge, const struct challenge_view *view,
                           bool json)
{
        _cleanup_free_ char *text = NULL;

        if (json)
                return challenge_print_json(challenge);
        if (challenge_kind(challenge) == CHALLENGE_BROWSER) {
                browser_print(challenge, view->account);
        } else {
                int r = challenge_text_new(challenge, view, &text);
                if (r < 0)
                        return r;
                fputs(text, stdout);
                if (!challenge->wants_code && challenge_kind(challenge) != CHALLENGE_SECRET)
                        puts(""); /* otherwise the text ends in the prompt for it */
        }
        (void)fflush(stdout);
        return 0;
}

/* ---- for programs ---- */

static int add_list(struct json_object *object, const char *name, char *const *items)
{
        if (!items)
                return 0;
        struct json_object *list = json_object_new_array();
        int r = json_add(object, name, list);
        for (size_t i = 0; r >= 0 && items[i]; i++) {
                struct json_object *item = json_object_new_string(items[i]);
                if (item && json_object_array_add(list, item) == 0)
                        continue;
                json_object_put(item);
                r = -ENOMEM;
        }
        return r;
}

static int add_details(struct json_object *object, const struct login_details *details)
{
        _cleanup_json_ struct json_object *claims = details->claims
                                                            ? json_tokener_parse(details->claims)
                                                            : NULL;

        if (json_add_text(object, "provider", details->provider) < 0 ||
            json_add_text(object, "issuer", details->issuer) < 0 ||
            json_add_text(object, "subject", details->subject) < 0 ||
            json_add_text(object, "rule", details->rule) < 0 ||
            json_add_text(object, "acr", details->acr) < 0 ||
            add_list(object, "amr", details->amr) < 0)
                return -ENOMEM;
        if (claims && json_add(object, "claims", TAKE_PTR(claims)) < 0)
                return -ENOMEM;
        return details->auth_time_sec == 0
                       ? 0
                       : json_add(object, "auth_time",
                                  json_object_new_uint64(details->auth_time_sec));
}

static int verdict_print_json(const char *account, const struct login_verdict *verdict,
                              const char *mend, const struct login_details *details)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        if (!object)
                return -ENOMEM;

        if (json_add_text(object, "event", "verdict") < 0 ||
            json_add_text(object, "outcome", login_outcome_word(verdict->outcome)) < 0 ||
            json_add_text(object, "reason", verdict->reason) < 0 ||
            json_add_text(object, "mend", mend) < 0 ||
            json_add_text(object, "account", account) < 0 || add_details(object, details) < 0)
                return -ENOMEM;
        return json_print(object);
}

/* ---- for people ---- */

static void print_text(const char *label, const char *text)
{
        if (text && *text)
                output_row(label, "%s", text);
}

static void print_claims(const char *text)
{
        _cleanup_json_ struct json_object *claims = text ? json_tokener_parse(text) : NULL;
        const char *label = "Claims";

        if (!json_object_is_type(claims, json_type_object))
                return;
        json_object_object_foreach (claims, name, value) {
                /* Escapes inside the JSON may have hidden what must not reach a terminal. */
                _cleanup_free_ char *shown_name = text_sanitise(name, CLAIM_MAX_BYTES);
                _cleanup_free_ char *shown_value = text_sanitise(json_object_get_string(value),
                                                                 CLAIM_MAX_BYTES);
                if (shown_name && shown_value)
                        output_row(label, "%s = %s", shown_name, shown_value);
                label = "";
        }
}

static void print_rule(const char *rule)
{
        static const struct {
                const char *word, *setting;
        } settings[] = {
                {"map", " (map_file)"},
                {"group", " (account_groups)"},
                {"claim", " (username_claim)"},
                {"none", " (nothing reaches the account)"},
        };
        const char *setting = "";

        if (!rule)
                return;
        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                if (strcmp(settings[i].word, rule) == 0)
                        setting = settings[i].setting;
        output_row("Rule", "%s%s", rule, setting);
}

static void print_auth_time(uint64_t auth_time_sec)
{
        char text[64];
        struct tm parts;
        time_t time_sec = (time_t)auth_time_sec;

        if (auth_time_sec > 0 && localtime_r(&time_sec, &parts) &&
            strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z", &parts) > 0)
                output_row("Authenticated", "%s", text);
}

static void print_methods(char *const *amr)
{
        const char *label = "Methods";

        for (size_t i = 0; amr && amr[i]; i++) {
                output_row(label, "%s", amr[i]);
                label = "";
        }
}

static void verdict_print(const char *account, const struct login_verdict *verdict,
                          const char *mend, const struct login_details *details)
{
        /* After the challenge, or the ^C that the terminal echoes. */
        puts("");
        output_word(verdict->outcome == LOGIN_GRANTED ? TONE_GOOD : TONE_BAD,
                    login_outcome_word(verdict->outcome), 0);
        printf(": %s\n", verdict->reason);
        if (mend)
                printf("Mend: %s\n", mend);
        print_text("Account", account);
        print_text("Provider", details->provider);
        print_text("Issuer", details->issuer);
        print_text("Subject", details->subject);
        print_rule(details->rule);
        print_claims(details->claims);
        print_text("Strength", details->acr);
        print_methods(details->amr);
        print_auth_time(details->auth_time_sec);
}

int login_report_verdict(const char *account, const struct login_verdict *verdict, const char *mend,
                         const struct login_details *details, bool json)
{
        if (json)
                return verdict_print_json(account, verdict, mend, details);
        verdict_print(account, verdict, mend, details);
        return 0;
}
