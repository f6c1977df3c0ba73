/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "approval.h"

#include <errno.h>
#include <stdlib.h>

#include "code-grant.h"
#include "io/private-key.h"

struct approval {
        struct private_key *dpop;
        /* Exactly one of the two. */
        struct grant *grant;
        struct code_grant *code_grant;
};

/* Tokens that nobody keeps are not worth binding. Whether the provider does is not known before its
 * metadata is, for which the grants wait. */
static int make_key(struct approval *approval, const struct provider *provider)
{
        const struct provider_settings *settings = provider_settings(provider);
        bool wanted = false;

        switch (settings->dpop) {
        case DPOP_NO:
                break;
        case DPOP_AUTO:
                wanted = settings->keep_tokens && settings->client_auth == CLIENT_AUTH_NONE;
                break;
        case DPOP_YES:
                wanted = true;
                break;
        }
        return wanted ? private_key_generate_p256(&approval->dpop) : 0;
}

static int make_grant(struct approval *approval, const struct approval_spec *spec)
{
        const struct grant_spec grant = {
                .event = spec->event,
                .provider = spec->provider,
                .account = spec->account,
                .service = spec->service,
                .dpop = approval->dpop,
                .timeout_usec = spec->timeout_usec,
                .listener = spec->listener,
        };
        return grant_new(&grant, &approval->grant);
}

static int make_code_grant(struct approval *approval, const struct approval_spec *spec)
{
        const struct code_grant_spec grant = {
                .event = spec->event,
                .provider = spec->provider,
                .account = spec->account,
                .redirect_uri = spec->redirect_uri,
                .dpop = approval->dpop,
                .timeout_usec = spec->timeout_usec,
                .listener = spec->listener,
        };
        return code_grant_new(&grant, &approval->code_grant);
}

int approval_new(const struct approval_spec *spec, struct approval **ret_approval)
{
        _cleanup_(approval_freep) struct approval *approval = calloc(1, sizeof(*approval));
        if (!approval)
                return -ENOMEM;

        int r = make_key(approval, spec->provider);
        if (r >= 0)
                r = spec->redirect_uri ? make_code_grant(approval, spec)
                                       : make_grant(approval, spec);
        if (r < 0)
                return r;
        *ret_approval = TAKE_PTR(approval);
        return 0;
}

struct approval *approval_free(struct approval *approval)
{
        if (!approval)
                return NULL;
        (void)grant_free(approval->grant);
        (void)code_grant_free(approval->code_grant);
        (void)private_key_free(approval->dpop);
        free(approval);
        return NULL;
}

void approval_start(struct approval *approval)
{
        if (approval->grant)
                grant_start(approval->grant);
        else
                code_grant_start(approval->code_grant);
}

/* A browser brings its answer by itself. */
void approval_person_waits(struct approval *approval)
{
        if (approval->grant)
                grant_person_waits(approval->grant);
}

int approval_answer(struct approval *approval, const char *query)
{
        return approval->code_grant ? code_grant_answer(approval->code_grant, query) : -EBUSY;
}

void approval_cancel(struct approval *approval)
{
        if (approval->grant)
                grant_cancel(approval->grant);
        else
                code_grant_cancel(approval->code_grant);
}

const char *approval_nonce(const struct approval *approval)
{
        return approval->code_grant ? code_grant_nonce(approval->code_grant) : NULL;
}

const struct private_key *approval_dpop(const struct approval *approval)
{
        return approval->dpop;
}

struct private_key *approval_take_dpop(struct approval *approval)
{
        return TAKE_PTR(approval->dpop);
}
