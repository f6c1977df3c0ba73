/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ticket-rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/service-name.h"
#include "core/strict-json.h"

static enum ticket_standing judge_state(const struct ticket_facts *ticket, uint64_t now_sec)
{
        if (ticket->revoked_at_sec > 0)
                return TICKET_REVOKED;
        if (ticket->is_once && ticket->n_uses > 0)
                return TICKET_USED;
        if (ticket->expires_at_sec > 0 && now_sec >= ticket->expires_at_sec)
                return TICKET_EXPIRED;
        return TICKET_GOOD;
}

enum ticket_standing ticket_judge(const struct ticket_facts *ticket, const char *account,
                                  const char *service, uint64_t now_sec)
{
        if (strcmp(ticket->account, account) != 0)
                return TICKET_OF_ANOTHER;
        enum ticket_standing standing = judge_state(ticket, now_sec);
        if (standing != TICKET_GOOD)
                return standing;
        return ticket_services_have(ticket->services, service) ? TICKET_GOOD : TICKET_FOR_OTHERS;
}

const char *ticket_standing_detail(enum ticket_standing standing)
{
        switch (standing) {
        case TICKET_GOOD:
                return "the ticket opens the account";
        case TICKET_OF_ANOTHER:
                return "the ticket is another account's";
        case TICKET_FOR_OTHERS:
                return "the ticket is for other services";
        case TICKET_REVOKED:
                return "the ticket was revoked";
        case TICKET_EXPIRED:
                return "the ticket has expired";
        case TICKET_USED:
                return "the ticket was for once, and used";
        }
        return "the ticket is none";
}

const char *ticket_state_word(const struct ticket_facts *ticket, uint64_t now_sec)
{
        switch (judge_state(ticket, now_sec)) {
        case TICKET_GOOD:
                return "usable";
        case TICKET_REVOKED:
                return "revoked";
        case TICKET_USED:
                return "used";
        case TICKET_EXPIRED:
        case TICKET_OF_ANOTHER:
        case TICKET_FOR_OTHERS:
                break;
        }
        return "expired";
}

/* One that was of no use already is still used in vain, or revoked: what came last counts. */
bool ticket_is_forgotten(const struct ticket_facts *ticket, uint64_t now_sec)
{
        if (now_sec < TICKET_REMEMBER_SEC)
                return false;
        uint64_t then_sec = now_sec - TICKET_REMEMBER_SEC;
        return judge_state(ticket, then_sec) != TICKET_GOOD && ticket->revoked_at_sec <= then_sec &&
               ticket->used_at_sec <= then_sec;
}

/* Good names need no escape. */
int ticket_services_format(const char *const *services, size_t n, char **ret_json)
{
        size_t size = sizeof("[]");

        if (n == 0 || n > TICKET_SERVICES_MAX)
                return -EINVAL;
        for (size_t i = 0; i < n; i++) {
                if (!service_name_is_valid(services[i]))
                        return -EINVAL;
                size += strlen(services[i]) + strlen("\"\",");
        }
        char *json = malloc(size), *end = json;
        if (!json)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                end = stpcpy(end, i == 0 ? "[\"" : "\",\"");
                end = stpcpy(end, services[i]);
        }
        (void)stpcpy(end, "\"]");
        *ret_json = json;
        return 0;
}

int ticket_services_read(const char *json, struct text_list *services)
{
        _cleanup_json_ struct json_object *tree = NULL;
        const char *why;

        int r = strict_json_parse(json, strlen(json), &tree, &why);
        if (r < 0)
                return r;
        if (!json_object_is_type(tree, json_type_array))
                return -EBADMSG;
        for (size_t i = 0; i < json_object_array_length(tree); i++) {
                struct json_object *item = json_object_array_get_idx(tree, i);
                if (!json_object_is_type(item, json_type_string))
                        return -EBADMSG;
                r = text_list_add(services, json_object_get_string(item));
                if (r < 0)
                        return r;
        }
        return 0;
}

bool ticket_services_have(const char *json, const char *service)
{
        _cleanup_list_ struct text_list services = {0};

        return ticket_services_read(json, &services) == 0 && text_list_has(&services, service);
}
