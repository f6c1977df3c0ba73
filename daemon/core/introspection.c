/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/introspection.h"

#include <stdbool.h>
#include <string.h>

#include "core/numeric-date.h"
#include "core/refuse.h"
#include "core/strict-json.h"

#define MEMBER_MAX_BYTES 2048
#define LEEWAY_SEC       60

/* The boolean and nothing that resembles it. */
static bool is_active(struct json_object *answer)
{
        struct json_object *active = NULL;

        (void)json_object_object_get_ex(answer, "active", &active);
        return json_object_is_type(active, json_type_boolean) && json_object_get_boolean(active);
}

static bool speaks_against(struct json_object *answer, const char *name, const char *expected)
{
        const char *text;
        int r = expected ? strict_json_text(answer, name, MEMBER_MAX_BYTES, &text) : 0;

        return r < 0 || (r > 0 && strcmp(text, expected) != 0);
}

static int check_times(struct json_object *answer, double now, const char **ret_why)
{
        double exp, nbf;

        int r = numeric_date(answer, "exp", &exp);
        if (r < 0 || (r > 0 && now >= exp + LEEWAY_SEC))
                return refuse("the token has expired (exp)", ret_why);
        r = numeric_date(answer, "nbf", &nbf);
        if (r < 0 || (r > 0 && nbf > now + LEEWAY_SEC))
                return refuse("the token is not valid yet (nbf); check the clocks", ret_why);
        return 0;
}

int introspection_check(const char *body, size_t size,
                        const struct introspection_expectation *expectation, const char **ret_why)
{
        _cleanup_json_erase_ struct json_object *answer = NULL;

        int r = strict_json_parse_object(body, size, &answer, ret_why);
        if (r < 0)
                return r;
        if (!is_active(answer))
                return refuse("the token is not active", ret_why);
        if (speaks_against(answer, "client_id", expectation->client_id))
                return refuse("the token was issued to another client (client_id)", ret_why);
        if (speaks_against(answer, "iss", expectation->issuer))
                return refuse("the token comes from another provider (iss)", ret_why);
        if (speaks_against(answer, "sub", expectation->subject))
                return refuse("the token is about another person (sub)", ret_why);
        return check_times(answer, (double)expectation->now_sec, ret_why);
}
