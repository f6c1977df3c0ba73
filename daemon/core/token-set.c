/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/token-set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "core/strict-json.h"

#define TOKEN_MAX_BYTES      ((size_t)32 * 1024)
#define TOKEN_TYPE_MAX_BYTES 64
#define SCOPE_MAX_BYTES      4096

/* RFC 6749 appendix A: tokens are printable ASCII; RFC 6750 section 2.1 leaves no room for a blank
 * in a bearer token, and JWTs have none. */
static bool token_is_valid(const char *token)
{
        for (const char *s = token; *s; s++)
                if (*s <= ' ' || *s > '~')
                        return false;
        return true;
}

/* Absent and empty tokens stay NULL. */
static int read_token(struct json_object *object, const char *name, struct secret **ret_token)
{
        const char *text = NULL;
        int r = strict_json_text(object, name, TOKEN_MAX_BYTES, &text);
        if (r <= 0 || text[0] == '\0')
                return r < 0 ? r : 0;
        if (!token_is_valid(text))
                return -EBADMSG;

        struct secret *token = secret_new_text(text);
        if (!token)
                return -ENOMEM;
        *ret_token = token;
        return 0;
}

static int read_tokens(struct json_object *object, struct token_set *tokens, const char **ret_why)
{
        *ret_why = "access_token is missing, too long or not printable";
        int r = read_token(object, "access_token", &tokens->access_token);
        if (r >= 0 && !tokens->access_token)
                r = -EBADMSG;
        if (r < 0)
                return r;
        *ret_why = "refresh_token is too long or not printable";
        r = read_token(object, "refresh_token", &tokens->refresh_token);
        if (r < 0)
                return r;
        *ret_why = "id_token is too long or not printable";
        return read_token(object, "id_token", &tokens->id_token);
}

static int read_terms(struct json_object *object, struct token_set *tokens, const char **ret_why)
{
        const char *type = NULL, *scope = NULL;

        *ret_why =
                "token_type is not bearer"; /* RFC 6749 section 7.1: any other must not be used */
        if (strict_json_text(object, "token_type", TOKEN_TYPE_MAX_BYTES, &type) <= 0 ||
            (strcasecmp(type, "bearer") != 0 && strcasecmp(type, "dpop") != 0))
                return -EBADMSG;
        tokens->is_bound = strcasecmp(type, "dpop") == 0;
        *ret_why = "expires_in is not a number of seconds";
        if (strict_json_number(object, "expires_in", 0, UINT32_MAX, &tokens->expires_in_sec) < 0)
                return -EBADMSG;
        *ret_why = "scope is too long or not printable";
        int r = strict_json_text(object, "scope", SCOPE_MAX_BYTES, &scope);
        if (r <= 0)
                return r;
        if (!text_is_printable(scope))
                return -EBADMSG;
        tokens->scope = strdup(scope);
        return tokens->scope ? 0 : -ENOMEM;
}

void token_set_finish(struct token_set *tokens)
{
        (void)secret_free(tokens->access_token);
        (void)secret_free(tokens->refresh_token);
        (void)secret_free(tokens->id_token);
        free(tokens->scope);
        *tokens = (struct token_set){0};
}

enum oauth_answer token_set_parse(unsigned http_status, const char *body, size_t size,
                                  struct token_set *ret_tokens, struct oauth_problem *ret_problem)
{
        _cleanup_(token_set_finish) struct token_set tokens = {0};
        _cleanup_json_erase_ struct json_object *object = NULL;
        const char *why = NULL;

        enum oauth_answer answer = oauth_response_open(http_status, body, size, &object,
                                                       ret_problem);
        if (answer != OAUTH_SUCCESS)
                return answer;

        int r = read_tokens(object, &tokens, &why);
        if (r >= 0)
                r = read_terms(object, &tokens, &why);
        if (r < 0)
                return oauth_problem_malformed(ret_problem, r == -ENOMEM ? "out of memory" : why);

        *ret_tokens = tokens;
        tokens = (struct token_set){0};
        return OAUTH_SUCCESS;
}
