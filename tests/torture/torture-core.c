/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What decides about a login, from the provider's bytes to the verdict, while memory is short:
 * bob's token never lets alice in, and what is drawn and shown is whole or not there. */
#include <errno.h>
#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "core/account-policy.h"
#include "core/conf-scan.h"
#include "core/device-authorization.h"
#include "core/id-token.h"
#include "core/identity.h"
#include "core/jwks.h"
#include "core/jws.h"
#include "core/oauth-request.h"
#include "core/provider-metadata.h"
#include "core/qr-text.h"
#include "core/rate-limit.h"
#include "core/tally.h"
#include "core/token-set.h"
#include "token-forge.h"
#include "torture.h"

#define ISSUER       "https://issuer.example"
#define NOW_SEC      1800000000
#define ACCESS_TOKEN "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y" /* the at_hash is of it */
#define RATE_SOURCES 20
#define LONG_BYTES   400 /* so that a secret has to grow more than once */
#define USERINFO     "{\"sub\":\"248289761001\",\"email\":\"bob@example.com\",\"email_verified\":true}"
#define MAP                                              \
        "bob = " ISSUER " 248289761001\nalice = " ISSUER \
        " 1\ncarol = corp:email=carol@example.com\n"

/* Of bob. */
struct approval {
        char *jwks, *tokens;
};

static void *prepare_approval(void)
{
        static const char payload[] = "{\"iss\":\"" ISSUER "\",\"aud\":\"linux-login\","
                                      "\"sub\":\"248289761001\",\"exp\":1800000300,"
                                      "\"iat\":1799999995,\"amr\":[\"pwd\",\"otp\"],"
                                      "\"acr\":\"2\",\"preferred_username\":\"bob\","
                                      "\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"}";
        struct approval *approval = calloc(1, sizeof(*approval));
        EVP_PKEY *key = forge_ec("P-256");
        EVP_PKEY *other = forge_rsa(2048);
        _cleanup_free_ char *other_jwk = forge_jwk(other, "");
        _cleanup_free_ char *jwk = forge_jwk(key, ""),
                            *token = forge_jws(key, "ES256", "{\"alg\":\"ES256\"}", payload);

        approval->jwks = forge_jwks(other_jwk, jwk);
        if (asprintf(&approval->tokens,
                     "{\"access_token\":\"" ACCESS_TOKEN
                     "\",\"token_type\":\"Bearer\",\"expires_in\":300,"
                     "\"refresh_token\":\"rt\",\"scope\":\"openid\",\"id_token\":\"%s\"}",
                     token) < 0)
                approval->tokens = NULL;
        EVP_PKEY_free(key);
        EVP_PKEY_free(other);
        return approval;
}

static void release_approval(void *prepared)
{
        struct approval *approval = prepared;

        free(approval->jwks);
        free(approval->tokens);
        free(approval);
}

/* TORTURE_DONE exactly when bob may be bob and nobody else. */
static enum torture_end decide(const struct identity *identity, const struct account_map *map)
{
        const struct account_rules rules = {.provider = "corp",
                                            .issuer = ISSUER,
                                            .username_claim = "preferred_username",
                                            .map = map};
        struct account_verdict alice, bob, carol;
        _cleanup_free_ char *claims = NULL;

        if (!identity->acr || identity->n_amr != 2 || !identity->userinfo)
                return TORTURE_WRONG;
        account_decide(&rules, "alice", identity, &alice);
        account_decide(&rules, "bob", identity, &bob);
        account_decide(&rules, "carol", identity, &carol);
        if (alice.allowed || carol.allowed)
                return TORTURE_WRONG;
        if (!bob.allowed || account_verdict_claims(&bob, identity, &claims) < 0)
                return TORTURE_SHORT;
        free(TAKE_PTR(claims));
        bob.claim = "preferred_username";
        return account_verdict_claims(&bob, identity, &claims) < 0 ? TORTURE_SHORT : TORTURE_DONE;
}

static enum torture_end identify(struct json_object *claims)
{
        _cleanup_account_map_ struct account_map *map = NULL;
        _cleanup_identity_ struct identity *identity = NULL;
        const char *why = NULL;
        unsigned line;

        if (identity_new("corp", claims, &identity, &why) < 0 ||
            identity_add_userinfo(identity, USERINFO, strlen(USERINFO), &why) < 0 ||
            account_map_parse(MAP, strlen(MAP), &map, &line, &why) < 0)
                return TORTURE_SHORT;
        return decide(identity, map);
}

static enum torture_end verify(const struct approval *approval, const struct token_set *tokens)
{
        _cleanup_(jwks_freep) struct jwks *jwks = NULL;
        _cleanup_jws_token_ struct jws_token token = {0};
        const char *why = NULL;

        if (jwks_parse(approval->jwks, strlen(approval->jwks), &jwks, &why) < 0 ||
            jws_verify(secret_bytes(tokens->id_token), secret_size(tokens->id_token), jwks,
                       JWS_DEFAULT_ALGORITHMS, &token, &why) != JWS_VALID)
                return TORTURE_SHORT;
        const struct id_token_expectation expectation = {.issuer = ISSUER,
                                                         .client_id = "linux-login",
                                                         .access_token = tokens->access_token,
                                                         .algorithm = token.algorithm,
                                                         .now_sec = NOW_SEC};
        return id_token_check(token.claims, &expectation, &why) < 0 ? TORTURE_SHORT
                                                                    : identify(token.claims);
}

static enum torture_end run_approval(const void *prepared)
{
        const struct approval *approval = prepared;
        struct token_set tokens = {0};
        struct oauth_problem problem = {0};
        enum torture_end end = TORTURE_SHORT;

        if (token_set_parse(200, approval->tokens, strlen(approval->tokens), &tokens, &problem) ==
            OAUTH_SUCCESS)
                end = verify(approval, &tokens);
        token_set_finish(&tokens);
        oauth_problem_finish(&problem);
        return end;
}

static int make_request(const struct oauth_client *client, const struct oauth_question *question)
{
        _cleanup_secret_ struct secret *form = NULL;
        struct oauth_request request = {0};

        int r = oauth_form_new(question, &form);
        if (r >= 0)
                r = oauth_request_new(client, form, &request);
        oauth_request_finish(&request);
        return r;
}

static int make_requests(const struct oauth_client *client, const struct secret *code)
{
        const struct oauth_question ask = {.kind = OAUTH_ASK_DEVICE_CODE,
                                           .scope = "openid profile"};
        const struct oauth_question poll = {.kind = OAUTH_GRANT_DEVICE_CODE, .token = code};
        _cleanup_secret_ struct secret *bearer = NULL;

        int r = make_request(client, &ask);
        if (r >= 0)
                r = make_request(client, &poll);
        if (r >= 0)
                r = oauth_request_bearer(code, &bearer);
        return r;
}

static enum torture_end run_requests(const void *prepared)
{
        static const enum client_auth auths[] = {CLIENT_AUTH_NONE, CLIENT_AUTH_SECRET_BASIC,
                                                 CLIENT_AUTH_SECRET_POST,
                                                 CLIENT_AUTH_PRIVATE_KEY_JWT};
        char text[LONG_BYTES + 1] = "";
        int r = 0;

        memset(text, 'a', LONG_BYTES);
        _cleanup_secret_ struct secret *secret = secret_new_text(text),
                                       *code = secret_new_text(text);
        if (!secret || !code)
                return TORTURE_SHORT;
        for (size_t i = 0; i < ELEMENTSOF(auths) && r >= 0; i++) {
                const struct oauth_client client = {.client_id = text,
                                                    .auth = auths[i],
                                                    .secret = i == 1 || i == 2 ? secret : NULL,
                                                    .assertion = i == 3 ? secret : NULL};
                r = make_requests(&client, code);
        }
        return r == 0 ? TORTURE_DONE : r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
}

static enum torture_end run_settings_lines(const void *prepared)
{
        static const char text[] = "# c\n[badged]\nmax_logins = 5\n[provider corp]\n"
                                   "issuer = https://id.example/\nflaw\n";
        _cleanup_(conf_scan_freep) struct conf_scan *scan = NULL;
        unsigned n_keys = 0;

        if (conf_scan_new(text, strlen(text), &scan) < 0)
                return TORTURE_SHORT;
        for (struct conf_line line = conf_scan_next(scan); line.kind != CONF_END;
             line = conf_scan_next(scan))
                n_keys += line.kind == CONF_KEY;
        return n_keys == 2 ? TORTURE_DONE : TORTURE_WRONG;
}

/* The second time in the same moment is refused, whoever asks. */
static enum torture_end run_rate_limit(const void *prepared)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = NULL;

        if (rate_limit_new(1, &limit) < 0)
                return TORTURE_SHORT;
        for (unsigned i = 0; i < RATE_SOURCES; i++) {
                char source[16];
                (void)snprintf(source, sizeof(source), "192.0.2.%u", i);
                int r = rate_limit_take(limit, source, 1000000);
                if (r < 0)
                        return TORTURE_SHORT;
                if (r != 1 || rate_limit_take(limit, source, 1000000) != 0)
                        return TORTURE_WRONG;
        }
        return TORTURE_DONE;
}

/* What could not be counted is not counted by half. */
static enum torture_end run_tally(const void *prepared)
{
        struct tally tally = {0};

        int r = tally_add(&tally, "alice", "192.0.2.1");
        if (r < 0)
                return tally.root ? TORTURE_WRONG : TORTURE_SHORT;
        r = tally_add(&tally, "alice", "192.0.2.2");
        if (tally_count(&tally, "alice", NULL) != (r < 0 ? 1 : 2))
                r = -EINVAL;
        if (r != -ENOMEM)
                tally_take(&tally, "alice", "192.0.2.2");
        tally_take(&tally, "alice", "192.0.2.1");
        if (tally.root || (r < 0 && r != -ENOMEM))
                return TORTURE_WRONG;
        return r < 0 ? TORTURE_SHORT : TORTURE_DONE;
}

static int draw(const struct device_authorization *authorization, char **ret_picture,
                char **ret_text)
{
        struct challenge challenge = {
                .user_code = authorization->user_code,
                .verification_uri = authorization->verification_uri,
                .verification_uri_complete = authorization->verification_uri_complete};
        const struct challenge_view view = {
                .host = "host", .service = "sshd", .account = "alice", .columns = 80, .lines = 24};

        int r = qr_text_new(authorization->verification_uri_complete, QR_UTF8, 80, 24, ret_picture);
        challenge.qr = *ret_picture;
        return r < 0 ? r : challenge_text_new(&challenge, &view, ret_text);
}

static enum torture_end run_challenge(const void *prepared)
{
        static const char body[] =
                "{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS\","
                "\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://id.example/device\","
                "\"verification_uri_complete\":\"https://id.example/device?user_code=WDJB-MJHT\","
                "\"expires_in\":1800,\"interval\":5}";
        struct device_authorization authorization = {0};
        struct oauth_problem problem = {0};
        _cleanup_free_ char *picture = NULL, *text = NULL;
        enum torture_end end = TORTURE_SHORT;

        if (device_authorization_parse(200, body, strlen(body), &authorization, &problem) ==
            OAUTH_SUCCESS) {
                int r = draw(&authorization, &picture, &text);
                end = r == 0 ? TORTURE_DONE : r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
                if (r == 0 && (!strstr(text, "WDJB-MJHT") || !picture))
                        end = TORTURE_WRONG;
        }
        device_authorization_finish(&authorization);
        oauth_problem_finish(&problem);
        return end;
}

static enum torture_end run_metadata(const void *prepared)
{
        static const char body[] = "{\"issuer\":\"" ISSUER
                                   "\",\"device_authorization_endpoint\":\"" ISSUER "/d\","
                                   "\"token_endpoint\":\"" ISSUER
                                   "/t\",\"userinfo_endpoint\":\"" ISSUER "/u\","
                                   "\"jwks_uri\":\"" ISSUER "/k\",\"grant_types_supported\":"
                                   "[\"urn:ietf:params:oauth:grant-type:device_code\"]}";
        struct provider_metadata metadata = {0};
        _cleanup_free_ char *url = NULL;
        const char *why = NULL;

        int r = provider_metadata_url(ISSUER, METADATA_OIDC_DISCOVERY, &url);
        if (r >= 0)
                r = provider_metadata_parse(body, strlen(body), ISSUER,
                                            ENDPOINT_BIT(ENDPOINT_TOKEN), &metadata, &why);
        provider_metadata_finish(&metadata);
        return r == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* An answer that makes no sense must not become one that does. */
static enum torture_end run_refusals(const void *prepared)
{
        static const char denied[] = "{\"error\":\"access_denied\",\"error_description\":\"no\"}";
        static const char twice[] = "{\"access_token\":\"a\",\"access_token\":\"b\","
                                    "\"token_type\":\"bearer\"}";
        enum torture_end end = TORTURE_DONE;

        for (int i = 0; i < 2; i++) {
                const char *body = i == 0 ? denied : twice;
                struct token_set tokens = {0};
                struct oauth_problem problem = {0};
                enum oauth_answer answer = token_set_parse(400, body, strlen(body), &tokens,
                                                           &problem);
                if (answer == OAUTH_SUCCESS || answer == OAUTH_AUTHORIZATION_PENDING)
                        end = TORTURE_WRONG;
                token_set_finish(&tokens);
                oauth_problem_finish(&problem);
        }
        return end;
}

static const struct torture_case cases[] = {
        {"bobs_approval_is_bobs_alone", run_approval, prepare_approval, release_approval, 0, 0},
        {"requests", run_requests, NULL, NULL, 0, 0},
        {"settings_lines", run_settings_lines, NULL, NULL, 0, 0},
        {"rate_limit", run_rate_limit, NULL, NULL, 0, 0},
        {"tally", run_tally, NULL, NULL, 0, 0},
        {"challenge_shown_whole", run_challenge, NULL, NULL, 0, 0},
        {"metadata", run_metadata, NULL, NULL, 0, 0},
        {"refusals_stay_refusals", run_refusals, NULL, NULL, 0, 0},
};
const struct torture_cases torture_core_cases = {cases, ELEMENTSOF(cases)};
