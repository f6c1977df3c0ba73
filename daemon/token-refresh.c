/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-refresh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/oauth-request.h"
#include "core/token-set.h"
#include "identification.h"
#include "io/private-key.h"
#include "provider-call.h"

#define STATUS_TOO_MANY_REQUESTS   429
#define STATUS_SERVICE_UNAVAILABLE 503

struct token_refresh {
        const struct authority *authority;
        struct token_record old;
        struct private_key *dpop; /* NULL: bearer tokens */
        token_refresh_on_done on_done;
        void *userdata;
        struct document_wait *metadata_wait;
        struct provider_call *call;
        struct identification *identification;
        struct token_set tokens; /* that came */
};

static void end(struct token_refresh *refresh, enum token_refresh_end how, const char *detail)
{
        refresh->on_done(how, NULL, detail, refresh->userdata);
}

/* ---- what came ---- */

/* Without memory for them they are as good as lost. */
static void end_with_tokens(struct token_refresh *refresh, enum token_refresh_end how,
                            const char *detail)
{
        _cleanup_record_ struct token_record record = {0};

        int r = token_record_refreshed(&refresh->old, &refresh->tokens,
                                       provider_now_sec(refresh->authority->provider), &record);
        if (r < 0)
                end(refresh, TOKEN_REFRESH_LOST, strerror(-r));
        else
                refresh->on_done(how, &record, detail, refresh->userdata);
}

/* What came cannot be checked for now: nothing of it may be used, but to ask again. The token that
 * was there before has been used up. */
static void end_unchecked(struct token_refresh *refresh, const char *detail)
{
        _cleanup_record_ struct token_record record = {0};

        int r = token_record_copy(&refresh->old, &record);
        if (r < 0) {
                end(refresh, TOKEN_REFRESH_LOST, strerror(-r));
                return;
        }
        record.refresh_in_doubt = false;
        if (refresh->tokens.refresh_token) {
                (void)secret_free(record.refresh_token);
                record.refresh_token = TAKE_PTR(refresh->tokens.refresh_token);
        }
        refresh->on_done(TOKEN_REFRESH_UNCHECKED, &record, detail, refresh->userdata);
}

static void on_identified(enum login_outcome outcome, struct identity *identity, const char *detail,
                          void *userdata)
{
        struct token_refresh *refresh = userdata;

        (void)identity_free(identity);
        if (outcome == LOGIN_GRANTED)
                end_with_tokens(refresh, TOKEN_REFRESH_DONE, NULL);
        else if (outcome == LOGIN_UNAVAILABLE)
                end_unchecked(refresh, detail);
        else
                end_with_tokens(refresh, TOKEN_REFRESH_REJECTED, detail);
}

/* That they are still the same person's. */
static int check_owner(struct token_refresh *refresh)
{
        const struct identification_spec spec = {
                .authority = refresh->authority,
                .tokens = &refresh->tokens,
                .dpop = refresh->dpop,
                .subject = refresh->old.subject,
                .auth_time_sec = refresh->old.auth_time_sec,
                .on_done = on_identified,
                .userdata = refresh,
        };

        int r = identification_new(&spec, &refresh->identification);
        if (r >= 0)
                identification_start(refresh->identification);
        return r;
}

/* OIDC Core section 12.2: an id_token need not come. */
static bool tell_their_owner(const struct token_refresh *refresh)
{
        switch (provider_settings(refresh->authority->provider)->identity_from) {
        case IDENTITY_FROM_ID_TOKEN:
                return refresh->tokens.id_token != NULL;
        case IDENTITY_FROM_USERINFO:
                break;
        }
        return true;
}

static void take_tokens(struct token_refresh *refresh)
{
        const char *why = NULL;

        if (token_record_allows(&refresh->old, &refresh->tokens, &why) < 0)
                end_with_tokens(refresh, TOKEN_REFRESH_REJECTED, why);
        else if (!tell_their_owner(refresh))
                end_with_tokens(refresh, TOKEN_REFRESH_DONE, NULL);
        else if (check_owner(refresh) < 0)
                end_unchecked(refresh, "out of memory");
}

/* ---- the request ---- */

/* Whether anything can have arrived at the provider. */
static enum token_refresh_end end_of_silence(enum http_failure failure)
{
        switch (failure) {
        case HTTP_UNREACHABLE:
        case HTTP_UNTRUSTED:
                return TOKEN_REFRESH_FAILED;
        case HTTP_ANSWERED:
        case HTTP_TIMEOUT:
        case HTTP_TOO_LARGE:
        case HTTP_BROKEN:
                break;
        }
        return TOKEN_REFRESH_LOST;
}

/* An error says that nothing was done; a gateway's says nothing about what is behind it. */
static enum token_refresh_end end_of_problem(const struct oauth_problem *problem, unsigned status)
{
        switch (problem->answer) {
        case OAUTH_ACCESS_DENIED:
        case OAUTH_EXPIRED_TOKEN:
                return TOKEN_REFRESH_REFUSED;
        case OAUTH_ERROR:
                return strcmp(problem->code, "invalid_grant") == 0 ? TOKEN_REFRESH_REFUSED
                                                                   : TOKEN_REFRESH_FAILED;
        case OAUTH_AUTHORIZATION_PENDING:
        case OAUTH_SLOW_DOWN:
                return TOKEN_REFRESH_FAILED;
        case OAUTH_TRANSIENT:
                return status == STATUS_SERVICE_UNAVAILABLE || status == STATUS_TOO_MANY_REQUESTS
                               ? TOKEN_REFRESH_FAILED
                               : TOKEN_REFRESH_LOST;
        case OAUTH_SUCCESS:
        case OAUTH_MALFORMED:
                break;
        }
        return TOKEN_REFRESH_LOST;
}

static const char *problem_detail(const struct oauth_problem *problem)
{
        if (problem->description)
                return problem->description;
        return problem->why ? problem->why : problem->code;
}

static void on_tokens(const struct http_answer *answer, void *userdata)
{
        struct token_refresh *refresh = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(refresh->call);
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};

        if (answer->failure != HTTP_ANSWERED) {
                end(refresh, end_of_silence(answer->failure), answer->failure_text);
                return;
        }
        if (token_set_parse(answer->status, secret_bytes(answer->body), secret_size(answer->body),
                            &refresh->tokens, &problem) == OAUTH_SUCCESS) {
                take_tokens(refresh);
                return;
        }
        (void)oauth_problem_translate(
                &problem, &provider_settings(refresh->authority->provider)->error_aliases);
        end(refresh, end_of_problem(&problem, answer->status), problem_detail(&problem));
}

static int send_request(struct token_refresh *refresh)
{
        const struct oauth_question question = {
                .kind = OAUTH_GRANT_REFRESH,
                .token = refresh->old.refresh_token,
        };

        return provider_call_new(refresh->authority->provider, ENDPOINT_TOKEN, &question,
                                 refresh->dpop, on_tokens, refresh, &refresh->call);
}

/* ---- the provider's metadata first ---- */

static void on_metadata(const char *why, void *userdata)
{
        struct token_refresh *refresh = userdata;

        refresh->metadata_wait = document_wait_free(refresh->metadata_wait);
        if (!provider_metadata(refresh->authority->provider)) {
                end(refresh, TOKEN_REFRESH_FAILED, why);
                return;
        }
        int r = send_request(refresh);
        if (r < 0)
                end(refresh, TOKEN_REFRESH_FAILED, strerror(-r));
}

static int start(struct token_refresh *refresh)
{
        struct document *document = provider_metadata_document(refresh->authority->provider);

        if (provider_metadata(refresh->authority->provider))
                return send_request(refresh);
        int r = document_fetch(document);
        if (r < 0)
                return r;
        return document_wait_new(document, on_metadata, refresh, &refresh->metadata_wait);
}

/* ---- the outside ---- */

int token_refresh_new(const struct authority *authority, const struct token_record *record,
                      token_refresh_on_done on_done, void *userdata,
                      struct token_refresh **ret_refresh)
{
        _cleanup_(token_refresh_freep) struct token_refresh *refresh = calloc(1, sizeof(*refresh));
        const char *why;
        if (!refresh)
                return -ENOMEM;

        refresh->authority = authority;
        refresh->on_done = on_done;
        refresh->userdata = userdata;
        int r = token_record_copy(record, &refresh->old);
        if (r >= 0 && record->dpop_key)
                r = private_key_from_secret(record->dpop_key, &refresh->dpop, &why);
        if (r >= 0)
                r = start(refresh);
        if (r < 0)
                return r;
        *ret_refresh = TAKE_PTR(refresh);
        return 0;
}

struct token_refresh *token_refresh_free(struct token_refresh *refresh)
{
        if (!refresh)
                return NULL;
        refresh->metadata_wait = document_wait_free(refresh->metadata_wait);
        refresh->call = provider_call_free(refresh->call);
        refresh->identification = identification_free(refresh->identification);
        token_set_finish(&refresh->tokens);
        token_record_finish(&refresh->old);
        (void)private_key_free(refresh->dpop);
        free(refresh);
        return NULL;
}
