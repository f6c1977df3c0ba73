/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl status: is the daemon there, and what does it do? */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "ctl/command.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/daemon-status.h"
#include "ctl/json-output.h"
#include "ctl/output.h"

static int add_provider(struct json_object *list, const struct provider_status *provider)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "name", provider->name) < 0 ||
            json_add_text(object, "issuer", provider->issuer) < 0 ||
            json_add(object, "metadata", json_object_new_boolean(provider->has_metadata)) < 0 ||
            json_add(object, "keys", json_object_new_boolean(provider->has_keys)) < 0 ||
            json_object_array_add(list, object) < 0)
                return -ENOMEM;
        TAKE_PTR(object);
        return 0;
}

static int add_number(struct json_object *object, const char *name, uint64_t number)
{
        return json_add(object, name, json_object_new_uint64(number));
}

static int status_print_json(const struct daemon_status *status)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        struct json_object *providers = json_object_new_array();

        if (!object || json_add(object, "providers", providers) < 0 ||
            json_add_text(object, "version", status->version) < 0 ||
            json_add_text(object, "default_provider", status->default_provider) < 0 ||
            add_number(object, "pending_logins", status->pending_logins) < 0 ||
            add_number(object, "open_sessions", status->open_sessions) < 0 ||
            add_number(object, "granted_logins", status->granted_logins) < 0 ||
            add_number(object, "refused_logins", status->refused_logins) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < status->n_providers; i++)
                if (add_provider(providers, &status->providers[i]) < 0)
                        return -ENOMEM;
        return json_print(object);
}

static const char *fetched_word(bool is_there)
{
        return is_there ? "fetched" : "not fetched yet";
}

static void print_provider(const struct daemon_status *status,
                           const struct provider_status *provider)
{
        bool is_default = status->default_provider &&
                          strcmp(status->default_provider, provider->name) == 0;
        bool is_ready = provider->has_metadata && provider->has_keys;

        printf("\nProvider %s%s\n", provider->name, is_default ? " (default)" : "");
        output_row("Issuer", "%s", provider->issuer);
        printf("%-16s", "State");
        output_word(is_ready ? TONE_GOOD : TONE_WARNING, is_ready ? "ready" : "not ready", 0);
        printf("\n");
        output_row("Metadata", "%s", fetched_word(provider->has_metadata));
        output_row("Keys", "%s", fetched_word(provider->has_keys));
}

static void status_print(const struct daemon_status *status)
{
        output_row("badged", "%s, running", status->version ? status->version : "?");
        output_row("Waiting logins", "%" PRIu64, status->pending_logins);
        output_row("Open sessions", "%" PRIu64, status->open_sessions);
        output_row("Granted", "%" PRIu64, status->granted_logins);
        output_row("Not granted", "%" PRIu64, status->refused_logins);
        for (size_t i = 0; i < status->n_providers; i++)
                print_provider(status, &status->providers[i]);
}

static bool status_ask(struct daemon_status *ret_status, struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;

        return daemon_find(-1, &peer, complaint) && daemon_status_ask(peer, ret_status, complaint);
}

enum command_exit status_command(const struct command_line *line)
{
        _cleanup_status_ struct daemon_status status = {0};
        struct complaint complaint = {0};
        int r = 0;

        if (status_ask(&status, &complaint)) {
                if (line->json)
                        r = status_print_json(&status);
                else
                        status_print(&status);
                return r < 0 ? COMMAND_BAD : COMMAND_GOOD;
        }
        return complaint_report(&complaint, line->json);
}
