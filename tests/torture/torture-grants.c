/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grants beside the device grant while memory is short: what is refused for that reason says
 * so, and nothing is taken for a code, a request or a living token that is none. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/authorization-url.h"
#include "core/backchannel-authentication.h"
#include "core/binding-message.h"
#include "core/end-session-url.h"
#include "core/identity.h"
#include "core/introspection.h"
#include "core/login-hint.h"
#include "core/pkce.h"
#include "core/text-pairs.h"
#include "core/token-record.h"
#include "core/token-set.h"
#include "torture.h"

#define ENDPOINT "https://issuer.example/authorize?tenant=one"
#define ISSUER   "https://issuer.example"

static enum torture_end end_of(int r)
{
        return r == 0 ? TORTURE_DONE : r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
}

static enum torture_end end_of_answer(enum oauth_answer answer, const struct oauth_problem *problem)
{
        if (answer == OAUTH_SUCCESS)
                return TORTURE_DONE;
        return answer == OAUTH_MALFORMED && strcmp(problem->why, "out of memory") == 0
                       ? TORTURE_SHORT
                       : TORTURE_WRONG;
}

static int make_url(const char *challenge, const struct text_pairs *more)
{
        const struct oauth_question question = {.kind = OAUTH_ASK_AUTHORIZATION,
                                                .scope = "openid",
                                                .redirect_uri = "http://127.0.0.1:4321/",
                                                .code_challenge = challenge,
                                                .more = more};
        _cleanup_free_ char *url = NULL;

        return authorization_url_new(ENDPOINT, "linux-login", &question, "xyz", "n", &url);
}

static enum torture_end run_browser_question(const void *prepared)
{
        static const unsigned char random_bytes[PKCE_RANDOM_BYTES] = "0123456789abcdef";
        _cleanup_secret_ struct secret *verifier = NULL;
        _cleanup_free_ char *challenge = NULL;
        _cleanup_pairs_ struct text_pairs more = {0};

        int r = text_pairs_add(&more, "prompt", "login");
        if (r >= 0)
                r = pkce_verifier_new(random_bytes, &verifier);
        if (r >= 0)
                r = pkce_challenge_new(verifier, &challenge);
        if (r >= 0)
                r = make_url(challenge, &more);
        return end_of(r);
}

static enum torture_end run_end_session(const void *prepared)
{
        _cleanup_secret_ struct secret *token = secret_new_text("e30.e30.c2ln"), *url = NULL;

        int r = token ? end_session_url_new(ENDPOINT, "linux-login", token, &url) : -ENOMEM;
        if (r >= 0 && strcmp(secret_bytes(url), ENDPOINT "&client_id=linux-login"
                                                         "&id_token_hint=e30.e30.c2ln") != 0)
                return TORTURE_WRONG;
        return end_of(r);
}

static enum torture_end run_browser_answer(const void *prepared)
{
        static const char query[] = "code=SplxlOBeZQQYbYS6WxSbIA&state=xyz&iss=" ISSUER
                                    "&session_state=0123456789012345678901234567890123456789";
        const struct authorization_expectation expectation = {
                .state = "xyz", .issuer = ISSUER, .issuer_is_named = true};
        _cleanup_secret_ struct secret *code = NULL;
        struct oauth_problem problem;

        enum oauth_answer answer = authorization_answer_parse(query, strlen(query), &expectation,
                                                              &code, &problem);
        enum torture_end end = end_of_answer(answer, &problem);
        oauth_problem_finish(&problem);
        return (answer == OAUTH_SUCCESS) == (code != NULL) ? end : TORTURE_WRONG;
}

static enum torture_end run_backchannel(const void *prepared)
{
        static const char body[] = "{\"auth_req_id\":\"1c266114-a1be-4252\",\"expires_in\":120}";
        struct backchannel_authentication authentication = {0};
        struct oauth_problem problem;

        enum torture_end end = end_of_answer(
                backchannel_authentication_parse(200, body, strlen(body), &authentication,
                                                 &problem),
                &problem);
        backchannel_authentication_finish(&authentication);
        oauth_problem_finish(&problem);
        return end;
}

static enum torture_end run_introspection(const void *prepared)
{
        static const char alive[] = "{\"active\":true,\"client_id\":\"c\",\"exp\":1800000300}";
        static const char dead[] = "{\"active\":false,\"client_id\":\"c\"}";
        const struct introspection_expectation expectation = {.client_id = "c",
                                                              .now_sec = 1800000000};
        const char *why = NULL;

        int r = introspection_check(dead, strlen(dead), &expectation, &why);
        if (r != -EBADMSG)
                return r == 0 ? TORTURE_WRONG : end_of(r);
        return end_of(introspection_check(alive, strlen(alive), &expectation, &why));
}

/* A hint that names somebody else, or a number cut short, would be worse than none. */
static enum torture_end run_ring(const void *prepared)
{
        _cleanup_free_ char *hint = NULL, *plain = NULL, *message = NULL;

        int r = login_hint_new("acct:{account}@example.com", "alice", NULL, &hint);
        if (r >= 0)
                r = login_hint_new(NULL, "alice", "@example.com", &plain);
        if (r >= 0)
                r = binding_message_new(42, "sshd", "shellhost.example.com", &message);
        if (r == 0 &&
            (strcmp(hint, "acct:alice@example.com") != 0 ||
             strcmp(plain, "alice@example.com") != 0 || strcmp(message, "42/sshd/shellhost") != 0))
                return TORTURE_WRONG;
        return end_of(r);
}

static struct secret *secret_of(const char *text, int *r)
{
        struct secret *secret = *r < 0 ? NULL : secret_new_text(text);

        *r = secret ? *r : -ENOMEM;
        return secret;
}

static int make_record(const char *refresh_token, struct token_record *ret_record)
{
        static const struct identity alice = {.provider = (char *)"corp",
                                              .issuer = (char *)ISSUER,
                                              .subject = (char *)"subject-of-alice"};
        _cleanup_(token_set_finish) struct token_set tokens = {.expires_in_sec = 300,
                                                               .is_bound = true};
        _cleanup_secret_ struct secret *key = NULL;
        int r = 0;

        tokens.access_token = secret_of("access", &r);
        tokens.refresh_token = secret_of(refresh_token, &r);
        key = secret_of("-----BEGIN PRIVATE KEY-----", &r);
        return r < 0 ? r : token_record_from_set(&tokens, &key, &alice, "openid", 1, ret_record);
}

/* Either the whole record or none: a copy without its refresh token would end the session. */
static enum torture_end run_kept_tokens(const void *prepared)
{
        _cleanup_record_ struct token_record first = {0}, second = {0}, third = {0};
        _cleanup_(token_set_finish) struct token_set tokens = {.is_bound = true};
        _cleanup_secret_ struct secret *json = NULL;
        const char *why;

        int r = make_record("refresh", &first);
        if (r >= 0)
                tokens.access_token = secret_of("access-2", &r);
        if (r >= 0)
                r = token_record_refreshed(&first, &tokens, 2, &second);
        if (r >= 0)
                r = token_record_write(&second, &json);
        if (r >= 0)
                r = token_record_read(secret_bytes(json), secret_size(json), &third, &why);
        if (r == 0 && strcmp(secret_bytes(third.refresh_token), "refresh") != 0)
                return TORTURE_WRONG;
        return end_of(r);
}

static const struct torture_case cases[] = {
        {"browser_question", run_browser_question, NULL, NULL, 0, 0},
        {"end_session", run_end_session, NULL, NULL, 0, 0},
        {"browser_answer", run_browser_answer, NULL, NULL, 0, 0},
        {"backchannel", run_backchannel, NULL, NULL, 0, 0},
        {"ring", run_ring, NULL, NULL, 0, 0},
        {"introspection_never_revives", run_introspection, NULL, NULL, 0, 0},
        {"kept_tokens", run_kept_tokens, NULL, NULL, 0, 0},
};
const struct torture_cases torture_grants_cases = {cases, ELEMENTSOF(cases)};
