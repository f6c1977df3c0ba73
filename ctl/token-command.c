/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl token: the person's own access token, for scripts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "ctl/access-token.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/json-output.h"
#include "ctl/output.h"
#include "ctl/time-span.h"

/* How long a token has to count: unless --min-lifetime says otherwise, and the most it may say. */
#define LIFETIME_USUAL_SEC 60
#define LIFETIME_MAX_SEC   ((uint64_t)24 * 60 * 60)

static int add_time(struct json_object *object, const char *name, uint64_t sec)
{
        return sec == 0 ? 0 : json_add(object, name, json_object_new_uint64(sec));
}

static int print_json(const struct access_token *token)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "access_token", secret_bytes(token->token)) < 0 ||
            json_add_text(object, "token_type", token->type) < 0 ||
            json_add_text(object, "scope", token->scope) < 0 ||
            json_add_text(object, "provider", token->provider) < 0 ||
            json_add_text(object, "issuer", token->issuer) < 0 ||
            json_add_text(object, "subject", token->subject) < 0 ||
            json_add_text(object, "userinfo_endpoint", token->userinfo_endpoint) < 0 ||
            add_time(object, "granted_at", token->granted_at_sec) < 0 ||
            add_time(object, "expires_at", token->expires_at_sec) < 0)
                return -ENOMEM;
        return json_print(object);
}

enum command_exit token_command(const struct command_line *line)
{
        _cleanup_token_ struct access_token token = {0};
        struct complaint complaint = {0};
        const char *min_lifetime = command_value(line, "min-lifetime");
        uint64_t min_lifetime_sec = LIFETIME_USUAL_SEC;
        int r = 0;

        if (min_lifetime && !time_span_parse(min_lifetime, LIFETIME_MAX_SEC, &min_lifetime_sec)) {
                output_complaint("That is no time from 0 to a day.", "write 90, 90s, 5min or 2h");
                return COMMAND_USAGE;
        }
        if (line->json && command_has(line, "header")) {
                output_complaint("--header and --json do not go together.",
                                 "leave one of them out");
                return COMMAND_USAGE;
        }
        if (!access_token_ask(min_lifetime_sec, &token, &complaint))
                return complaint_report(&complaint, line->json);
        if (line->json)
                r = print_json(&token);
        else
                printf("%s%s\n", command_has(line, "header") ? "Authorization: Bearer " : "",
                       secret_bytes(token.token));
        return r < 0 ? COMMAND_BAD : COMMAND_GOOD;
}
