/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/oauth-request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/form.h"
#include "core/text-pairs.h"

#define AUTHORIZATION_MAX_BYTES ((size_t)48 * 1024)

/* Members of a question, as a set. */
#define SCOPE            (1U << 0)
#define LOGIN_HINT       (1U << 1)
#define BINDING_MESSAGE  (1U << 2)
#define CODE_CHALLENGE   (1U << 3)
#define REDIRECT_URI     (1U << 4)
#define TOKEN            (1U << 5)
#define CODE_VERIFIER    (1U << 6)
#define TOKEN_TYPE_HINT  (1U << 7)
#define REQUESTED_EXPIRY (1U << 8)

static const struct {
        const char *grant_type;
        const char *token; /* the name under which the token goes */
        unsigned needs, takes;
} rules[] = {
        [OAUTH_ASK_DEVICE_CODE] = {.takes = SCOPE | LOGIN_HINT | CODE_CHALLENGE},
        [OAUTH_ASK_BACKCHANNEL] = {.needs = SCOPE | LOGIN_HINT,
                                   .takes = BINDING_MESSAGE | REQUESTED_EXPIRY},
        [OAUTH_ASK_AUTHORIZATION] = {.needs = REDIRECT_URI | CODE_CHALLENGE,
                                     .takes = SCOPE | LOGIN_HINT},
        [OAUTH_GRANT_DEVICE_CODE] = {"urn:ietf:params:oauth:grant-type:device_code", "device_code",
                                     TOKEN, CODE_VERIFIER},
        [OAUTH_GRANT_BACKCHANNEL] = {"urn:openid:params:grant-type:ciba", "auth_req_id", TOKEN, 0},
        [OAUTH_GRANT_AUTHORIZATION_CODE] = {"authorization_code", "code",
                                            TOKEN | REDIRECT_URI | CODE_VERIFIER, 0},
        [OAUTH_GRANT_REFRESH] = {"refresh_token", "refresh_token", TOKEN, SCOPE},
        [OAUTH_GRANT_CLIENT_CREDENTIALS] = {"client_credentials", NULL, 0, SCOPE},
        [OAUTH_GRANT_JWT_BEARER] = {"urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion",
                                    TOKEN, SCOPE},
        [OAUTH_REVOKE] = {NULL, "token", TOKEN, TOKEN_TYPE_HINT},
        [OAUTH_INTROSPECT] = {NULL, "token", TOKEN, TOKEN_TYPE_HINT},
};

static const struct {
        const char *name;
        size_t offset;
        unsigned member;
} texts[] = {
        {"redirect_uri", offsetof(struct oauth_question, redirect_uri), REDIRECT_URI},
        {"token_type_hint", offsetof(struct oauth_question, token_type_hint), TOKEN_TYPE_HINT},
        {"scope", offsetof(struct oauth_question, scope), SCOPE},
        {"login_hint", offsetof(struct oauth_question, login_hint), LOGIN_HINT},
        {"binding_message", offsetof(struct oauth_question, binding_message), BINDING_MESSAGE},
        {"code_challenge", offsetof(struct oauth_question, code_challenge), CODE_CHALLENGE},
};

/* The last two are hints that may not stand beside login_hint (CIBA section 7.1), and that name a
 * person, which no setting knows. */
static const char *const reserved[] = {
        "grant_type",
        "device_code",
        "auth_req_id",
        "code",
        "refresh_token",
        "assertion",
        "token",
        "code_verifier",
        "redirect_uri",
        "token_type_hint",
        "scope",
        "login_hint",
        "binding_message",
        "code_challenge",
        "code_challenge_method",
        "response_type",
        "requested_expiry",
        "state",
        "nonce",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "login_hint_token",
        "id_token_hint",
};

bool oauth_parameter_is_reserved(const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(reserved); i++)
                if (strcmp(name, reserved[i]) == 0)
                        return true;
        return false;
}

/* The text, or "" when there is none. */
static const char *question_text(const struct oauth_question *question, size_t offset)
{
        const char *text = *(const char *const *)((const char *)question + offset);
        return text ? text : "";
}

static bool is_given(const struct secret *secret)
{
        return secret && secret_size(secret) > 0;
}

static bool question_is_valid(const struct oauth_question *question)
{
        unsigned members = 0;

        if ((size_t)question->kind >= ELEMENTSOF(rules))
                return false;
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                if (question_text(question, texts[i].offset)[0] != '\0')
                        members |= texts[i].member;
        if (is_given(question->token))
                members |= TOKEN;
        if (is_given(question->code_verifier))
                members |= CODE_VERIFIER;
        if (question->requested_expiry_sec > 0)
                members |= REQUESTED_EXPIRY;

        unsigned needs = rules[question->kind].needs, takes = rules[question->kind].takes;
        return (needs & ~members) == 0 && (members & ~(needs | takes)) == 0;
}

static int add_secrets(struct secret *form, const struct oauth_question *question)
{
        int r = 0;

        if (rules[question->kind].grant_type)
                r = form_add_text(form, "grant_type", rules[question->kind].grant_type);
        if (r >= 0 && is_given(question->token))
                r = form_add_secret(form, rules[question->kind].token, question->token);
        if (r >= 0 && is_given(question->code_verifier))
                r = form_add_secret(form, "code_verifier", question->code_verifier);
        return r;
}

static int add_texts(struct secret *form, const struct oauth_question *question)
{
        char expiry[sizeof("18446744073709551615")] = "";

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                const char *text = question_text(question, texts[i].offset);
                int r = text[0] != '\0' ? form_add_text(form, texts[i].name, text) : 0;
                if (r >= 0 && text[0] != '\0' && texts[i].member == CODE_CHALLENGE)
                        r = form_add_text(form, "code_challenge_method", "S256");
                if (r < 0)
                        return r;
        }
        if (question->requested_expiry_sec == 0)
                return 0;
        (void)snprintf(expiry, sizeof(expiry), "%" PRIu64, question->requested_expiry_sec);
        return form_add_text(form, "requested_expiry", expiry);
}

/* No parameter stands in a request twice (RFC 6749 section 3.2). */
static int add_more(struct secret *form, const struct text_pairs *more)
{
        for (size_t i = 0; more && i < more->n; i++) {
                const struct text_pair *pair = &more->items[i];
                if (pair->name[0] == '\0' || oauth_parameter_is_reserved(pair->name) ||
                    text_pairs_find(more, pair->name) != pair->value)
                        return -EINVAL;
                int r = pair->value[0] != '\0' ? form_add_text(form, pair->name, pair->value) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

int oauth_form_new(const struct oauth_question *question, struct secret **ret_form)
{
        if (!question_is_valid(question))
                return -EINVAL;

        _cleanup_secret_ struct secret *form = secret_new(NULL, 0);
        if (!form)
                return -ENOMEM;
        int r = add_secrets(form, question);
        if (r >= 0)
                r = add_texts(form, question);
        if (r >= 0)
                r = add_more(form, question->more);
        if (r < 0)
                return r;
        *ret_form = TAKE_PTR(form);
        return 0;
}

void oauth_request_finish(struct oauth_request *request)
{
        request->form = secret_free(request->form);
        request->authorization = secret_free(request->authorization);
}

int oauth_request_new(const struct oauth_client *client, const struct secret *form,
                      struct oauth_request *ret_request)
{
        _cleanup_secret_ struct secret *body = secret_new(secret_bytes(form), secret_size(form));
        _cleanup_secret_ struct secret *authorization = NULL;
        if (!body)
                return -ENOMEM;
        int r = client_authenticate(client, body, &authorization);
        if (r < 0)
                return r;
        *ret_request = (struct oauth_request){.form = TAKE_PTR(body),
                                              .authorization = TAKE_PTR(authorization)};
        return 0;
}

/* No blank and no line break: those would end the header, or start another one. */
static bool token_is_header_safe(const struct secret *token)
{
        const char *bytes = secret_bytes(token);

        for (size_t i = 0; i < secret_size(token); i++)
                if (bytes[i] <= ' ' || bytes[i] >= 0x7F)
                        return false;
        return secret_size(token) > 0;
}

static int authorization_new(const char *scheme, const struct secret *access_token,
                             struct secret **ret_authorization)
{
        if (!access_token || !token_is_header_safe(access_token))
                return -EINVAL;

        _cleanup_secret_ struct secret *authorization = secret_new_text(scheme);
        if (!authorization)
                return -ENOMEM;
        int r = secret_append(authorization, secret_bytes(access_token), secret_size(access_token),
                              AUTHORIZATION_MAX_BYTES);
        if (r < 0)
                return r;
        *ret_authorization = TAKE_PTR(authorization);
        return 0;
}

int oauth_request_bearer(const struct secret *access_token, struct secret **ret_authorization)
{
        return authorization_new("Bearer ", access_token, ret_authorization);
}

int oauth_request_dpop(const struct secret *access_token, struct secret **ret_authorization)
{
        return authorization_new("DPoP ", access_token, ret_authorization);
}
