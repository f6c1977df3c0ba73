/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verification.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "api-answer.h"
#include "core/claim-test.h"
#include "core/introspection.h"
#include "core/oauth-request.h"
#include "identification.h"
#include "provider-call.h"

/* Each request has its own time; a provider with many pages, each just in time, has this in all. */
#define VERIFICATION_MAX_SEC 30
#define TIMER_ACCURACY_USEC  100000

#define USEC_PER_SEC 1000000ULL

/* In this order; each is left out where nothing asks for it. */
enum verification_step {
        STEP_IDENTITY,
        STEP_USERINFO,
        STEP_INTROSPECTION,
        STEP_GROUPS,
        STEP_ACCOUNT,
        STEP_CLAIMS,
        STEP_DONE,
};

struct verification {
        struct verification_spec spec;
        const struct authority *authority;
        const struct provider_settings *settings;
        enum verification_step step;
        sd_event_source *begin, *deadline;
        struct identification *identification;
        struct provider_call *call;
        struct directory_lookup *lookup;
        struct identity *identity;
};

/* Nothing may touch the verification after this. */
static void finish(struct verification *verification, enum login_outcome outcome,
                   struct identity *identity, const char *detail)
{
        verification->deadline = sd_event_source_disable_unref(verification->deadline);
        verification->spec.on_done(outcome, identity, detail, verification->spec.userdata);
}

static void fail(struct verification *verification, enum login_outcome outcome, const char *detail)
{
        finish(verification, outcome, NULL, detail);
}

/* -EBADMSG is the provider's fault and why says what is wrong; any other is ours. */
static void fail_with(struct verification *verification, int error, const char *why)
{
        if (error == -EBADMSG)
                fail(verification, LOGIN_REFUSED, why);
        else
                fail(verification, LOGIN_UNAVAILABLE, strerror(-error));
}

static void go_on(struct verification *verification, enum verification_step next);

/* ---- userinfo (OIDC Core 5.3) ---- */

static void on_userinfo(const struct http_answer *answer, void *userdata)
{
        static const struct api_sentences sentences = {"the userinfo endpoint is out of order",
                                                       "the userinfo endpoint gave no claims"};
        struct verification *verification = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(
                verification->call);
        const char *why = NULL;

        enum login_outcome outcome = api_answer_outcome(answer, &sentences, &why);
        if (outcome != LOGIN_GRANTED) {
                fail(verification, outcome, why);
                return;
        }
        int r = identity_add_userinfo(verification->identity, secret_bytes(answer->body),
                                      secret_size(answer->body), &why);
        if (r < 0)
                fail_with(verification, r, why);
        else
                go_on(verification, STEP_INTROSPECTION);
}

static void ask_userinfo(struct verification *verification)
{
        const char *url = provider_endpoint_url(verification->authority->provider,
                                                ENDPOINT_USERINFO);

        if (!url) {
                fail(verification, LOGIN_REFUSED, "the provider has no userinfo endpoint");
                return;
        }
        int r = provider_call_new_resource(
                verification->authority->provider, url, verification->spec.tokens->access_token,
                verification->spec.dpop, on_userinfo, verification, &verification->call);
        if (r < 0)
                fail_with(verification, r, NULL);
}

/* A rule, or a demand, that finds no fitting claim in the id_token. */
static bool could_do_with_userinfo(const struct verification *verification)
{
        return account_needs_userinfo(&verification->authority->rules, verification->spec.account,
                                      verification->identity) ||
               claim_tests_failing(&verification->settings->require_claim, verification->identity);
}

/* Where there is none, the id_token has to be enough, unless the settings want it asked. */
static bool wants_userinfo(const struct verification *verification)
{
        if (verification->settings->identity_from == IDENTITY_FROM_USERINFO)
                return false;
        return verification->settings->validate & VALIDATE_USERINFO ||
               (provider_endpoint_url(verification->authority->provider, ENDPOINT_USERINFO) &&
                could_do_with_userinfo(verification));
}

/* ---- introspection (RFC 7662) ---- */

static void on_introspection(const struct http_answer *answer, void *userdata)
{
        static const struct api_sentences sentences = {
                "the introspection endpoint is out of order",
                "the introspection endpoint gave no answer about the token"};
        struct verification *verification = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(
                verification->call);
        const char *why = NULL;

        enum login_outcome outcome = api_answer_outcome(answer, &sentences, &why);
        if (outcome != LOGIN_GRANTED) {
                fail(verification, outcome, why);
                return;
        }
        struct introspection_expectation expectation = {
                .client_id = verification->settings->client_id,
                .issuer = verification->settings->issuer,
                .subject = verification->identity->subject,
                .now_sec = provider_now_sec(verification->authority->provider),
        };
        int r = introspection_check(secret_bytes(answer->body), secret_size(answer->body),
                                    &expectation, &why);
        if (r < 0)
                fail_with(verification, r, why);
        else
                go_on(verification, STEP_GROUPS);
}

static void ask_introspection(struct verification *verification)
{
        const struct oauth_question question = {
                .kind = OAUTH_INTROSPECT,
                .token = verification->spec.tokens->access_token,
                .token_type_hint = "access_token",
        };

        int r = provider_call_new(verification->authority->provider, ENDPOINT_INTROSPECTION,
                                  &question, NULL, on_introspection, verification,
                                  &verification->call);
        if (r == -ENODATA)
                fail(verification, LOGIN_REFUSED, "the provider has no introspection endpoint");
        else if (r < 0)
                fail_with(verification, r, NULL);
}

/* ---- groups, and the account's standing ---- */

static bool wants_groups(const struct verification *verification)
{
        const struct account_rules *rules = &verification->authority->rules;

        if (verification->settings->n_group_sources == 0 ||
            !account_needs_groups(rules, verification->spec.account))
                return false;
        switch (verification->settings->group_sources_when) {
        case GROUP_SOURCES_NEEDED:
                return !identity_has_claim(verification->identity, rules->groups_claim);
        case GROUP_SOURCES_OVERAGE:
                return identity_has_overage(verification->identity, rules->groups_claim);
        }
        return true;
}

static void on_groups(enum login_outcome outcome, const struct text_list *groups,
                      const char *detail, void *userdata)
{
        struct verification *verification = userdata;

        if (outcome != LOGIN_GRANTED || !groups) {
                fail(verification, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail);
                return;
        }
        int r = identity_add_groups(verification->identity,
                                    verification->authority->rules.groups_claim, groups);
        verification->lookup = directory_lookup_free(verification->lookup);
        if (r < 0)
                fail_with(verification, r, "the groups do not fit the identity");
        else
                go_on(verification, STEP_ACCOUNT);
}

static void ask_groups(struct verification *verification)
{
        int r = directory_lookup_groups(verification->authority->directory, verification->identity,
                                        verification->spec.tokens->access_token,
                                        verification->spec.dpop, on_groups, verification,
                                        &verification->lookup);
        if (r == -EINVAL)
                fail(verification, LOGIN_REFUSED,
                     "no claim of the identity fits into the address of group_sources");
        else if (r < 0)
                fail_with(verification, r, NULL);
}

static void on_account(enum login_outcome outcome, const struct text_list *groups,
                       const char *detail, void *userdata)
{
        struct verification *verification = userdata;

        if (outcome != LOGIN_GRANTED) {
                fail(verification, outcome, detail);
                return;
        }
        verification->lookup = directory_lookup_free(verification->lookup);
        go_on(verification, STEP_CLAIMS);
}

static void ask_account(struct verification *verification)
{
        int r = directory_lookup_account(verification->authority->directory, verification->identity,
                                         on_account, verification, &verification->lookup);
        if (r == -EINVAL)
                fail(verification, LOGIN_REFUSED,
                     "no claim of the identity fits into the address of account_source");
        else if (r < 0)
                fail_with(verification, r, NULL);
}

static void test_claims(struct verification *verification)
{
        const char *failing = claim_tests_failing(&verification->settings->require_claim,
                                                  verification->identity);

        if (failing)
                fail(verification, LOGIN_REFUSED,
                     "the identity lacks a claim that require_claim demands");
        else
                go_on(verification, STEP_DONE);
}

/* ---- the outside ---- */

static void on_identified(enum login_outcome outcome, struct identity *identity, const char *detail,
                          void *userdata)
{
        struct verification *verification = userdata;

        verification->identity = identity;
        if (outcome != LOGIN_GRANTED || !identity)
                fail(verification, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail);
        else
                go_on(verification, STEP_USERINFO);
}

/* Takes the next step that is wanted. Nothing may touch the verification after this. */
static void go_on(struct verification *verification, enum verification_step next)
{
        verification->step = next;
        switch (next) {
        case STEP_IDENTITY:
                identification_start(verification->identification);
                return;
        case STEP_USERINFO:
                if (wants_userinfo(verification)) {
                        ask_userinfo(verification);
                        return;
                }
                /* fall through */
        case STEP_INTROSPECTION:
                if (verification->settings->validate & VALIDATE_INTROSPECTION) {
                        ask_introspection(verification);
                        return;
                }
                /* fall through */
        case STEP_GROUPS:
                if (wants_groups(verification)) {
                        ask_groups(verification);
                        return;
                }
                /* fall through */
        case STEP_ACCOUNT:
                if (verification->settings->account_source.url) {
                        ask_account(verification);
                        return;
                }
                /* fall through */
        case STEP_CLAIMS:
                test_claims(verification);
                return;
        case STEP_DONE:
                finish(verification, LOGIN_GRANTED, TAKE_PTR(verification->identity), NULL);
                return;
        }
}

static int on_begin(sd_event_source *source, void *userdata)
{
        go_on(userdata, STEP_IDENTITY);
        return 0;
}

static void drop_work(struct verification *verification)
{
        verification->begin = sd_event_source_disable_unref(verification->begin);
        verification->deadline = sd_event_source_disable_unref(verification->deadline);
        verification->identification = identification_free(verification->identification);
        verification->call = provider_call_free(verification->call);
        verification->lookup = directory_lookup_free(verification->lookup);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct verification *verification = userdata;

        drop_work(verification);
        fail(verification, LOGIN_UNAVAILABLE, "the provider takes too long to tell who approved");
        return 0;
}

int verification_new(const struct verification_spec *spec, struct verification **ret_verification)
{
        _cleanup_(verification_freep) struct verification *verification = calloc(
                1, sizeof(*verification));
        if (!verification)
                return -ENOMEM;

        verification->spec = *spec;
        verification->authority = spec->authority;
        verification->settings = provider_settings(spec->authority->provider);
        const struct identification_spec identification = {
                .authority = spec->authority,
                .tokens = spec->tokens,
                .dpop = spec->dpop,
                .nonce = spec->nonce,
                .on_done = on_identified,
                .userdata = verification,
        };
        int r = identification_new(&identification, &verification->identification);
        if (r >= 0)
                r = sd_event_add_defer(spec->event, &verification->begin, on_begin, verification);
        if (r >= 0)
                r = sd_event_add_time_relative(spec->event, &verification->deadline, CLOCK_BOOTTIME,
                                               VERIFICATION_MAX_SEC * USEC_PER_SEC,
                                               TIMER_ACCURACY_USEC, on_deadline, verification);
        if (r < 0)
                return r;
        *ret_verification = TAKE_PTR(verification);
        return 0;
}

struct verification *verification_free(struct verification *verification)
{
        if (!verification)
                return NULL;
        drop_work(verification);
        verification->identity = identity_free(verification->identity);
        free(verification);
        return NULL;
}
