/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verification.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

#include "api-answer.h"
#include "api-inquiry.h"
#include "core/claim-test.h"
#include "core/introspection.h"
#include "identification.h"
#include "verification-plan.h"

/* Each request has its own time; a provider with many pages, each just in time, has this in all. */
#define VERIFICATION_MAX_SEC 30
#define TIMER_ACCURACY_USEC  100000

#define USEC_PER_SEC 1000000ULL

struct verification {
        struct verification_spec spec;
        const struct authority *authority;
        const struct provider_settings *settings;
        sd_event_source *begin, *deadline;
        struct identification *identification;
        struct api_inquiry inquiry;
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

static void fail_with(struct verification *verification, int error, const char *why)
{
        const char *detail;
        enum login_outcome outcome = api_error_outcome(error, why, &detail);

        fail(verification, outcome, detail);
}

static void go_on(struct verification *verification, enum verification_step next);

/* For whatever asks: detail says why it came to nothing. */
static void go_on_if(struct verification *verification, enum login_outcome outcome,
                     const char *detail, enum verification_step next)
{
        if (outcome == LOGIN_GRANTED)
                go_on(verification, next);
        else
                fail(verification, outcome, detail);
}

/* ---- userinfo ---- */

static int read_userinfo(const struct secret *body, void *userdata, const char **ret_why)
{
        struct verification *verification = userdata;

        return identity_add_userinfo(verification->identity, secret_bytes(body), secret_size(body),
                                     ret_why);
}

static void on_userinfo(enum login_outcome outcome, const char *detail, void *userdata)
{
        go_on_if(userdata, outcome, detail, STEP_INTROSPECTION);
}

static const struct api_reader userinfo_reader = {read_userinfo, on_userinfo};

/* ---- introspection ---- */

static int read_introspection(const struct secret *body, void *userdata, const char **ret_why)
{
        const struct verification *verification = userdata;
        const struct introspection_expectation expectation = {
                .client_id = verification->settings->client_id,
                .issuer = verification->settings->issuer,
                .subject = verification->identity->subject,
                .now_sec = provider_now_sec(verification->authority->provider),
        };

        return introspection_check(secret_bytes(body), secret_size(body), &expectation, ret_why);
}

static void on_introspection(enum login_outcome outcome, const char *detail, void *userdata)
{
        go_on_if(userdata, outcome, detail, STEP_GROUPS);
}

static const struct api_reader introspection_reader = {read_introspection, on_introspection};

/* ---- groups, and the account's standing ---- */

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
        const struct verification_case about = {
                .authority = verification->authority,
                .account = verification->spec.account,
                .identity = verification->identity,
        };

        switch (verification_plan_next(&about, next)) {
        case STEP_IDENTITY:
                identification_start(verification->identification);
                return;
        case STEP_USERINFO:
                api_inquiry_ask_userinfo(&verification->inquiry, &userinfo_reader);
                return;
        case STEP_INTROSPECTION:
                api_inquiry_introspect(&verification->inquiry, &introspection_reader);
                return;
        case STEP_GROUPS:
                ask_groups(verification);
                return;
        case STEP_ACCOUNT:
                ask_account(verification);
                return;
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
        api_inquiry_finish(&verification->inquiry);
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
        verification->inquiry = (struct api_inquiry){
                .provider = spec->authority->provider,
                .access_token = spec->tokens->access_token,
                .dpop = spec->dpop,
                .userdata = verification,
        };
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
