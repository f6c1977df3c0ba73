/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/authorization-url.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "common/text.h"
#include "core/form.h"

#define URL_MAX_BYTES  ((size_t)8 * 1024)
#define CODE_MAX_BYTES 4096

static bool is_empty(const char *text)
{
        return !text || text[0] == '\0';
}

static int add_texts(struct secret *form, const char *client_id, const char *state,
                     const char *nonce)
{
        int r = form_add_text(form, "response_type", "code");
        if (r >= 0)
                r = form_add_text(form, "client_id", client_id);
        if (r >= 0)
                r = form_add_text(form, "state", state);
        if (r >= 0 && !is_empty(nonce))
                r = form_add_text(form, "nonce", nonce);
        return r;
}

static int url_join(struct secret *url, const char *endpoint, const struct secret *form)
{
        const char *query = strchr(endpoint, '?');

        int r = secret_append_text(url, endpoint, URL_MAX_BYTES);
        if (r >= 0)
                r = secret_append_text(url, query ? "&" : "?", URL_MAX_BYTES);
        if (r >= 0)
                r = secret_append(url, secret_bytes(form), secret_size(form), URL_MAX_BYTES);
        return r;
}

/* No parameter twice, those of the endpoint's own query among them (RFC 6749 section 3.1). */
static int url_check(const struct secret *url)
{
        _cleanup_secret_ struct secret *fields = NULL;
        const char *query = strchr(secret_bytes(url), '?') + 1, *why;

        int r = form_parse(query, strlen(query), &fields, &why);
        return r == -EBADMSG ? -EINVAL : r;
}

int authorization_url_new(const char *endpoint, const char *client_id,
                          const struct oauth_question *question, const char *state,
                          const char *nonce, char **ret_url)
{
        _cleanup_secret_ struct secret *form = NULL;

        if (question->kind != OAUTH_ASK_AUTHORIZATION || !text_is_https_url(endpoint) ||
            is_empty(client_id) || is_empty(state))
                return -EINVAL;
        int r = oauth_form_new(question, &form);
        if (r < 0)
                return r;
        _cleanup_secret_ struct secret *url = secret_new(NULL, 0);
        if (!url)
                return -ENOMEM;
        r = add_texts(form, client_id, state, nonce);
        if (r >= 0)
                r = url_join(url, endpoint, form);
        if (r >= 0)
                r = url_check(url);
        return r < 0 ? r : text_copy(secret_bytes(url), ret_url);
}

/* In constant time: who guesses at the state learns nothing from how long the refusal takes. */
static bool state_is_ours(const char *state, const char *ours)
{
        return !is_empty(ours) && !is_empty(state) && strlen(state) == strlen(ours) &&
               sodium_memcmp(state, ours, strlen(ours)) == 0;
}

/* NULL, or why the answer belongs to another attempt or comes from another provider. */
static const char *find_stranger(const struct secret *fields,
                                 const struct authorization_expectation *expectation)
{
        const char *issuer = form_value(fields, "iss");

        if (!state_is_ours(form_value(fields, "state"), expectation->state))
                return "the answer belongs to another attempt (state)";
        if (issuer && strcmp(issuer, expectation->issuer) != 0)
                return "the answer comes from another provider (iss)";
        if (!issuer && expectation->issuer_is_named)
                return "the answer does not say which provider it comes from (iss)";
        return NULL;
}

/* RFC 6749 appendix A.11: printable ASCII. */
static bool code_is_valid(const char *code)
{
        for (const char *s = code; *s; s++)
                if (*s < ' ' || *s > '~')
                        return false;
        return code[0] != '\0' && strlen(code) <= CODE_MAX_BYTES;
}

static enum oauth_answer take_error(struct oauth_problem *problem, const char *error,
                                    const char *description)
{
        enum oauth_answer answer = oauth_problem_from_code(problem, error, description);

        if (answer == OAUTH_AUTHORIZATION_PENDING || answer == OAUTH_SLOW_DOWN ||
            answer == OAUTH_EXPIRED_TOKEN)
                problem->answer = OAUTH_ERROR;
        return problem->answer;
}

enum oauth_answer authorization_answer_parse(const char *query, size_t size,
                                             const struct authorization_expectation *expectation,
                                             struct secret **ret_code,
                                             struct oauth_problem *ret_problem)
{
        _cleanup_secret_ struct secret *fields = NULL;
        const char *why = "out of memory";

        *ret_problem = (struct oauth_problem){0};
        int r = form_parse(query, size, &fields, &why);
        if (r < 0)
                return oauth_problem_malformed(ret_problem, why);
        why = find_stranger(fields, expectation);
        if (why)
                return oauth_problem_malformed(ret_problem, why);

        const char *error = form_value(fields, "error"), *code = form_value(fields, "code");
        if (error && code)
                return oauth_problem_malformed(ret_problem, "both a code and an error");
        if (error)
                return take_error(ret_problem, error, form_value(fields, "error_description"));
        if (!code || !code_is_valid(code))
                return oauth_problem_malformed(ret_problem,
                                               "code is missing, too long or not printable");
        struct secret *taken = secret_new_text(code);
        if (!taken)
                return oauth_problem_malformed(ret_problem, "out of memory");
        *ret_code = taken;
        return OAUTH_SUCCESS;
}
