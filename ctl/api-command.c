/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl api and badgectl userinfo: requests in the person's own name. */
#include <errno.h>
#include <json-c/json_tokener.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/access-token.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/json-output.h"
#include "ctl/output.h"
#include "ctl/web-request.h"

/* The request comes at once: the token need not count for long. */
#define MIN_LIFETIME_SEC 10

#define JSON_MAX_DEPTH   16
#define SHOWN_MAX_BYTES  1024
#define STATUS_GOOD      200 /* and above */
#define STATUS_MOVED     300 /* and above */
#define STATUS_BAD       400 /* and above */
#define STATUS_DENIED    401
#define STATUS_FORBIDDEN 403
#define STATUS_BROKEN    500 /* and above */

static void complain(struct complaint *complaint, enum login_outcome outcome, const char *sentence,
                     const char *mend)
{
        login_verdict_set(&complaint->verdict, outcome, sentence);
        complaint->mend = mend;
}

/* ---- the request ---- */

/* The bytes of "https://host:port". */
static size_t origin_bytes(const char *url)
{
        size_t scheme = strlen("https://");

        return scheme + strcspn(url + scheme, "/?#");
}

static bool is_same_origin(const char *url, const char *other)
{
        return other && origin_bytes(url) == origin_bytes(other) &&
               strncmp(url, other, origin_bytes(url)) == 0;
}

static char *join(const char *origin, const char *path)
{
        char *url = NULL;

        return asprintf(&url, "%.*s%s", (int)origin_bytes(origin), origin, path) < 0 ? NULL : url;
}

/* NULL, and why: a path is at the provider, where userinfo is. */
static char *address_new(const struct access_token *token, const char *target,
                         struct complaint *complaint)
{
        bool is_path = target[0] == '/';

        if (is_path && !token->userinfo_endpoint) {
                complain(complaint, LOGIN_REFUSED,
                         "It is not known where the identity provider's API is.",
                         "name the whole address, https://...");
                return NULL;
        }
        char *url = is_path ? join(token->userinfo_endpoint, target) : strdup(target);
        if (!url)
                complain(complaint, LOGIN_UNAVAILABLE, "Memory is short.", NULL);
        return url;
}

/* The settings' authorities and proxy are those of the provider, not of everybody. */
static bool send_request(const struct access_token *token, const char *method, const char *url,
                         struct web_answer *ret_answer, struct complaint *complaint)
{
        bool is_own = is_same_origin(url, token->userinfo_endpoint);
        _cleanup_free_ char *why = NULL;
        const struct web_request request = {
                .method = method,
                .url = url,
                .bearer = token->token,
                .ca_file = is_own ? token->ca_file : NULL,
                .proxy = is_own ? token->proxy : NULL,
        };

        int r = web_request_send(&request, ret_answer, &why);
        if (r >= 0)
                return true;
        if (why)
                login_verdict_set_foreign(&complaint->verdict, LOGIN_UNAVAILABLE, why);
        else
                complain(complaint, LOGIN_UNAVAILABLE, "Memory is short.", NULL);
        complaint->mend = "try the address with curl -v, without the token";
        return false;
}

static void complain_of_status(struct complaint *complaint, unsigned status)
{
        char sentence[64];

        (void)snprintf(sentence, sizeof(sentence), "The server answered with status %u.", status);
        if (status >= STATUS_BROKEN)
                complain(complaint, LOGIN_UNAVAILABLE, sentence, "try again in a while");
        else if (status == STATUS_DENIED)
                complain(complaint, LOGIN_REFUSED, sentence,
                         "the token does not count there: see that it is an API of the provider");
        else if (status == STATUS_FORBIDDEN)
                complain(complaint, LOGIN_REFUSED, sentence,
                         "the token lacks a scope: badgectl token --json shows those it has");
        else if (status >= STATUS_BAD)
                complain(complaint, LOGIN_REFUSED, sentence, "compare the address and the method");
        else
                complain(complaint, LOGIN_REFUSED, sentence,
                         "redirects are not followed: name the address that it leads to");
}

/* ---- api ---- */

/* A terminal gets lines without anything that steers it, everybody else gets the bytes. */
static int print_lines(const char *text)
{
        while (*text) {
                size_t length = strcspn(text, "\n");
                _cleanup_free_ char *line = strndup(text, length);
                _cleanup_free_ char *shown = line ? text_sanitise(line, length) : NULL;
                if (!shown)
                        return -ENOMEM;
                puts(shown);
                text += length + (text[length] == '\n');
        }
        return 0;
}

static int print_body(const struct secret *body)
{
        if (isatty(STDOUT_FILENO))
                return print_lines(secret_bytes(body));
        (void)fwrite(secret_bytes(body), 1, secret_size(body), stdout);
        return 0;
}

static int print_answer_json(const struct web_answer *answer)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        const struct secret *body = answer->body;

        if (!object || json_add(object, "status", json_object_new_int64(answer->status)) < 0 ||
            json_add(object, "body",
                     json_object_new_string_len(secret_bytes(body), (int)secret_size(body))) < 0)
                return -ENOMEM;
        return json_print(object);
}

static bool usage_is_good(const struct command_line *line)
{
        const char *target = line->operands[1];

        if (!web_method_is_known(line->operands[0]))
                output_complaint("There is no such method.",
                                 "GET, HEAD, POST, PUT, PATCH or DELETE, in capitals");
        else if (target[0] == '/' ? !text_is_printable(target) || strpbrk(target, " #")
                                  : !text_is_https_url(target))
                output_complaint("That is no address that a token may go to.",
                                 "name a path that starts with /, or an address with https://");
        else
                return true;
        return false;
}

enum command_exit api_command(const struct command_line *line)
{
        _cleanup_token_ struct access_token token = {0};
        _cleanup_web_ struct web_answer answer = {0};
        _cleanup_free_ char *url = NULL;
        struct complaint complaint = {0};

        if (!usage_is_good(line))
                return COMMAND_USAGE;
        if (!access_token_ask(MIN_LIFETIME_SEC, &token, &complaint))
                return complaint_report(&complaint, line->json);
        url = address_new(&token, line->operands[1], &complaint);
        if (!url || !send_request(&token, line->operands[0], url, &answer, &complaint))
                return complaint_report(&complaint, line->json);
        if ((line->json ? print_answer_json(&answer) : print_body(answer.body)) < 0)
                complain(&complaint, LOGIN_UNAVAILABLE, "Memory is short.", NULL);
        else if (answer.status >= STATUS_GOOD && answer.status < STATUS_MOVED)
                return COMMAND_GOOD;
        else
                complain_of_status(&complaint, answer.status);
        return line->json ? command_exit_for(complaint.verdict.outcome)
                          : complaint_report(&complaint, false);
}

/* ---- userinfo ---- */

static struct json_object *parse_object(const struct secret *body)
{
        struct json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH);
        struct json_object *object = NULL;

        if (!tokener)
                return NULL;
        object = json_tokener_parse_ex(tokener, secret_bytes(body), (int)secret_size(body));
        bool is_whole = json_tokener_get_error(tokener) == json_tokener_success &&
                        json_object_is_type(object, json_type_object);
        json_tokener_free(tokener);
        if (is_whole)
                return object;
        json_object_put(object);
        return NULL;
}

/* OIDC Core section 5.3.2; a provider without OpenID Connect has no sub there. */
static bool is_about(struct json_object *claims, const char *subject)
{
        struct json_object *sub;

        return !json_object_object_get_ex(claims, "sub", &sub) ||
               (subject && json_object_is_type(sub, json_type_string) &&
                strcmp(json_object_get_string(sub), subject) == 0);
}

static void print_claims(struct json_object *claims)
{
        json_object_object_foreach (claims, name, value) {
                _cleanup_free_ char *shown_name = text_sanitise(name, SHOWN_MAX_BYTES);
                _cleanup_free_ char *shown_value = text_sanitise(
                        json_object_to_json_string_ext(
                                value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
                        SHOWN_MAX_BYTES);
                if (shown_name && shown_value)
                        output_row(shown_name, "%s", shown_value);
        }
}

/* NULL, and why. */
static struct json_object *userinfo_ask(struct complaint *complaint)
{
        _cleanup_token_ struct access_token token = {0};
        _cleanup_web_ struct web_answer answer = {0};

        if (!access_token_ask(MIN_LIFETIME_SEC, &token, complaint))
                return NULL;
        if (!token.userinfo_endpoint) {
                complain(complaint, LOGIN_REFUSED, "The identity provider has no userinfo.", NULL);
                return NULL;
        }
        if (!send_request(&token, "GET", token.userinfo_endpoint, &answer, complaint))
                return NULL;
        if (answer.status != STATUS_GOOD) {
                complain_of_status(complaint, answer.status);
                return NULL;
        }
        struct json_object *claims = parse_object(answer.body);
        if (claims && is_about(claims, token.subject))
                return claims;
        complain(complaint, LOGIN_UNAVAILABLE,
                 claims ? "The answer is about somebody else." : "The answer is no JSON object.",
                 "see what badgectl api GET says at the same address");
        json_object_put(claims);
        return NULL;
}

enum command_exit userinfo_command(const struct command_line *line)
{
        struct complaint complaint = {0};
        _cleanup_json_ struct json_object *claims = userinfo_ask(&complaint);

        if (!claims)
                return complaint_report(&complaint, line->json);
        if (!line->json)
                print_claims(claims);
        else if (json_print(claims) < 0)
                return COMMAND_BAD;
        return COMMAND_GOOD;
}
