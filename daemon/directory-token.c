/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory-token.h"

#include <errno.h>
#include <stdlib.h>

#include "core/client-assertion.h"
#include "core/token-set.h"
#include "io/private-key.h"
#include "provider-call.h"

/* A token with less left is not used any more, and one that names no end is used this long. */
#define MARGIN_SEC   60
#define DEFAULT_SEC  300
#define LIFETIME_MAX (24 * 60 * 60)

struct directory_token {
        struct provider *provider;
        const struct provider_settings *settings;
        struct secret *kept; /* NULL: none yet */
        uint64_t expires_at_sec;
};

int directory_token_new(struct provider *provider, struct directory_token **ret_token)
{
        struct directory_token *token = calloc(1, sizeof(*token));
        if (!token)
                return -ENOMEM;

        token->provider = provider;
        token->settings = provider_settings(provider);
        *ret_token = token;
        return 0;
}

struct directory_token *directory_token_free(struct directory_token *token)
{
        if (!token)
                return NULL;
        directory_token_forget(token);
        free(token);
        return NULL;
}

const struct secret *directory_token_kept(const struct directory_token *token)
{
        bool lasts = provider_now_sec(token->provider) + MARGIN_SEC < token->expires_at_sec;

        return lasts ? token->kept : NULL;
}

void directory_token_forget(struct directory_token *token)
{
        token->kept = secret_free(token->kept);
}

/* ---- to get one ---- */

/* A service account: its own key, at its own endpoint. */
static int ask_by_assertion(const struct directory_token *token, http_on_answer on_answer,
                            void *userdata, struct provider_call **ret_call)
{
        const struct provider_settings *settings = token->settings;
        _cleanup_secret_ struct secret *assertion = NULL;
        char id[PROVIDER_CALL_ID_SIZE];

        int r = provider_call_id(id);
        if (r < 0)
                return r;
        const struct grant_assertion_spec spec = {
                .client_id = settings->directory_client_id,
                .subject = settings->directory_subject,
                .audience = settings->directory_token_endpoint,
                .scope = settings->directory_scope,
                .key = private_key_evp(settings->directory_key),
                .jti = id,
                .now_sec = provider_now_sec(token->provider),
        };
        r = grant_assertion_new(&spec, &assertion);
        if (r < 0)
                return r;
        const struct oauth_question question = {.kind = OAUTH_GRANT_JWT_BEARER, .token = assertion};
        return provider_call_new_bare(token->provider, settings->directory_token_endpoint,
                                      &question, on_answer, userdata, ret_call);
}

int directory_token_ask(const struct directory_token *token, http_on_answer on_answer,
                        void *userdata, struct provider_call **ret_call)
{
        const struct oauth_question question = {
                .kind = OAUTH_GRANT_CLIENT_CREDENTIALS,
                .scope = token->settings->directory_scope,
        };

        if (token->settings->directory_key)
                return ask_by_assertion(token, on_answer, userdata, ret_call);
        return provider_call_new(token->provider, ENDPOINT_TOKEN, &question, NULL, on_answer,
                                 userdata, ret_call);
}

static void keep(struct directory_token *token, struct token_set *tokens)
{
        uint64_t lifetime_sec = tokens->expires_in_sec > 0 ? tokens->expires_in_sec : DEFAULT_SEC;

        if (lifetime_sec > LIFETIME_MAX)
                lifetime_sec = LIFETIME_MAX;
        directory_token_forget(token);
        token->kept = TAKE_PTR(tokens->access_token);
        token->expires_at_sec = provider_now_sec(token->provider) + lifetime_sec;
}

int directory_token_take(struct directory_token *token, const struct http_answer *answer,
                         struct secret **ret_copy, const char **ret_why)
{
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(token_set_finish) struct token_set tokens = {0};

        if (answer->failure != HTTP_ANSWERED) {
                *ret_why = answer->failure_text;
                return -EBADMSG;
        }
        if (token_set_parse(answer->status, secret_bytes(answer->body), secret_size(answer->body),
                            &tokens, &problem) != OAUTH_SUCCESS ||
            tokens.is_bound) {
                *ret_why = "the provider gave the client no token for its directory";
                return -EBADMSG;
        }
        struct secret *copy = secret_new(secret_bytes(tokens.access_token),
                                         secret_size(tokens.access_token));
        if (!copy)
                return -ENOMEM;
        keep(token, &tokens);
        *ret_copy = copy;
        return 0;
}
