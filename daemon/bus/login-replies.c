/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/login-replies.h"

#include <errno.h>
#include <stdbool.h>

#include "bus/dict-entry.h"
#include "common/bus-names.h"
#include "common/cleanup.h"

static int append_text(sd_bus_message *reply, const char *key, const char *text)
{
        return text ? sd_bus_message_append(reply, "{sv}", key, "s", text) : 0;
}

static int append_number(sd_bus_message *reply, const char *key, uint64_t number)
{
        return sd_bus_message_append(reply, "{sv}", key, "t", number);
}

static int append_challenge(sd_bus_message *reply, const struct login *login)
{
        const struct grant_challenge *code = login_challenge(login);

        if (!code) /* there was nothing to approve */
                return 0;
        int r = append_text(reply, "user_code", code->user_code);
        if (r < 0)
                return r;
        r = append_text(reply, "verification_uri", code->verification_uri);
        if (r < 0)
                return r;
        r = append_text(reply, "verification_uri_complete", code->verification_uri_complete);
        if (r < 0)
                return r;
        r = append_text(reply, "binding_message", code->binding_message);
        if (r < 0)
                return r;
        r = append_text(reply, "authorization_url", code->authorization_url);
        if (r < 0)
                return r;
        r = append_number(reply, "expires_in", code->expires_in_sec);
        if (r < 0)
                return r;
        if (login_wants_secret(login))
                r = sd_bus_message_append(reply, "{sv}", "wants_secret", "b", true);
        if (r < 0)
                return r;
        if (login_wants_secret(login) ? login_offers_code(login) : login_wants_code(login))
                r = sd_bus_message_append(reply, "{sv}", "wants_code", "b", true);
        if (r < 0)
                return r;
        if (code->interval_sec > 0)
                r = append_number(reply, "interval", code->interval_sec);
        if (r < 0)
                return r;
        r = append_text(reply, "provider", login_provider(login)->name);
        if (r < 0)
                return r;
        return append_text(reply, "qr", login_picture(login));
}

/* Sends what fill() put between the brackets of an a{sv}. */
static int send_dictionary(sd_bus_message *reply, const struct login *login,
                           int (*fill)(sd_bus_message *reply, const struct login *login))
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r < 0)
                return r;
        r = fill(reply, login);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        if (r < 0)
                return r;
        return sd_bus_message_send(reply);
}

int login_reply_challenge(sd_bus_message *call, const char *path, const struct login *login)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_sensitive(reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "o", path);
        if (r < 0)
                return r;
        return send_dictionary(reply, login, append_challenge);
}

int login_reply_granted(sd_bus_message *call, const char *path)
{
        return sd_bus_reply_method_return(call, "oa{sv}", path, 1, "granted", "b", true);
}

static int append_amr(sd_bus_message *reply, const struct identity *identity)
{
        if (identity->n_amr == 0)
                return 0;
        int r = dict_entry_open_array(reply, "amr", "as");
        if (r < 0)
                return r;
        for (size_t i = 0; i < identity->n_amr; i++) {
                r = sd_bus_message_append(reply, "s", identity->amr[i]);
                if (r < 0)
                        return r;
        }
        return dict_entry_close_array(reply);
}

static int append_details(sd_bus_message *reply, const struct login *login)
{
        const struct identity *identity = login_identity(login);
        const struct account_verdict *verdict = login_verdict(login);
        _cleanup_free_ char *claims = NULL;

        if (!identity || !verdict)
                return 0;
        int r = account_verdict_claims(verdict, identity, &claims);
        if (r < 0)
                return r;
        r = append_text(reply, "provider", identity->provider);
        if (r < 0)
                return r;
        r = append_text(reply, "issuer", identity->issuer);
        if (r < 0)
                return r;
        r = append_text(reply, "subject", identity->subject);
        if (r < 0)
                return r;
        r = append_text(reply, "rule", account_rule_word(verdict->rule));
        if (r < 0)
                return r;
        r = append_text(reply, "claims", claims);
        if (r < 0)
                return r;
        r = append_text(reply, "acr", identity->acr);
        if (r < 0)
                return r;
        r = append_amr(reply, identity);
        if (r < 0 || identity->auth_time_sec == 0)
                return r;
        return append_number(reply, "auth_time", identity->auth_time_sec);
}

int login_reply_verdict(sd_bus_message *call, const struct login *login)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = sd_bus_message_append(reply, "ss", login_outcome_word(login_outcome(login)),
                                  login_reason(login));
        if (r < 0)
                return r;
        return send_dictionary(reply, login, append_details);
}

int login_reply_refusal(sd_bus_message *call, enum login_outcome outcome, const char *reason)
{
        const char *name = login_outcome_bus_error(outcome);
        return sd_bus_reply_method_errorf(call, name ? name : BADGED_ERROR_REFUSED, "%s", reason);
}
