/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "claim-check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/account-policy.h"
#include "io/private-key.h"
#include "verification.h"

struct claim_check {
        const struct authority *authority;
        char *account, *issuer, *subject; /* whose tokens they are */
        struct token_set tokens;
        struct private_key *dpop;
        struct verification *verification;
        claim_check_on_done on_done;
        void *userdata;
};

/* The refresh has looked whose the id_token is. Who it is must be said by userinfo too, where that
 * is asked instead. */
static bool is_allowed(const struct claim_check *check, const struct identity *identity)
{
        struct account_verdict verdict;

        if (strcmp(identity->issuer, check->issuer) != 0 ||
            strcmp(identity->subject, check->subject) != 0)
                return false;
        account_decide(&check->authority->rules, check->account, identity, &verdict);
        return verdict.allowed;
}

static void on_verified(enum login_outcome outcome, struct identity *identity, const char *detail,
                        void *userdata)
{
        struct claim_check *check = userdata;
        enum claim_answer answer = CLAIMS_SAY_NO;

        if (outcome == LOGIN_UNAVAILABLE)
                answer = CLAIMS_SAY_NOTHING;
        else if (outcome == LOGIN_GRANTED && identity && is_allowed(check, identity))
                answer = CLAIMS_SAY_YES;
        (void)identity_free(identity);
        check->on_done(answer, check->userdata);
}

/* An id_token of before says what was so before. */
static bool tells_anew(const struct authority *authority, const struct token_record *record)
{
        if (!record->access_token)
                return false;
        switch (provider_settings(authority->provider)->identity_from) {
        case IDENTITY_FROM_ID_TOKEN:
                return record->id_token && record->id_token_is_new;
        case IDENTITY_FROM_USERINFO:
                return true;
        }
        return false;
}

static int copy_secret(const struct secret *secret, struct secret **ret_copy)
{
        *ret_copy = secret ? secret_new(secret_bytes(secret), secret_size(secret)) : NULL;
        return secret && !*ret_copy ? -ENOMEM : 0;
}

static int copy_tokens(struct claim_check *check, const struct token_record *record)
{
        const char *why;

        if (text_copy(record->issuer, &check->issuer) < 0 ||
            text_copy(record->subject, &check->subject) < 0 ||
            copy_secret(record->access_token, &check->tokens.access_token) < 0 ||
            copy_secret(record->id_token, &check->tokens.id_token) < 0)
                return -ENOMEM;
        check->tokens.is_bound = record->dpop_key != NULL;
        return record->dpop_key ? private_key_from_secret(record->dpop_key, &check->dpop, &why) : 0;
}

int claim_check_new(sd_event *event, const struct authority *authority, const char *account,
                    const struct token_record *record, claim_check_on_done on_done, void *userdata,
                    struct claim_check **ret_check)
{
        _cleanup_(claim_check_freep) struct claim_check *check = NULL;

        if (!tells_anew(authority, record))
                return -ENODATA;
        check = calloc(1, sizeof(*check));
        if (!check || text_copy(account, &check->account) < 0)
                return -ENOMEM;
        check->authority = authority;
        check->on_done = on_done;
        check->userdata = userdata;
        int r = copy_tokens(check, record);
        if (r < 0)
                return r;
        const struct verification_spec spec = {
                .event = event,
                .authority = authority,
                .account = check->account,
                .tokens = &check->tokens,
                .dpop = check->dpop,
                .on_done = on_verified,
                .userdata = check,
        };
        r = verification_new(&spec, &check->verification);
        if (r < 0)
                return r;
        *ret_check = TAKE_PTR(check);
        return 0;
}

struct claim_check *claim_check_free(struct claim_check *check)
{
        if (!check)
                return NULL;
        (void)verification_free(check->verification);
        token_set_finish(&check->tokens);
        (void)private_key_free(check->dpop);
        free(check->account);
        free(check->issuer);
        free(check->subject);
        free(check);
        return NULL;
}
