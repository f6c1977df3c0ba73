/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/daemon-status.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "common/bus-dict.h"
#include "common/clock.h"
#include "common/text.h"
#include "ctl/daemon-call.h"

#define STATUS_TIMEOUT_USEC (5 * USEC_PER_SEC)
#define TEXT_MAX_BYTES      2048
#define PROVIDERS_MAX       1000

static void providers_free(struct provider_status *providers, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                free(providers[i].name);
                free(providers[i].issuer);
        }
        free(providers);
}

void daemon_status_finish(struct daemon_status *status)
{
        free(status->version);
        free(status->default_provider);
        free(status->journal_digest);
        providers_free(status->providers, status->n_providers);
        *status = (struct daemon_status){0};
}

static int add_provider(struct daemon_status *status, const char *name, const char *issuer,
                        bool has_metadata, bool has_keys)
{
        struct provider_status *grown = reallocarray(status->providers, status->n_providers + 1,
                                                     sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        status->providers = grown;

        struct provider_status *provider = &grown[status->n_providers++];
        *provider = (struct provider_status){
                .name = text_sanitise(name, TEXT_MAX_BYTES),
                .issuer = text_sanitise(issuer, TEXT_MAX_BYTES),
                .has_metadata = has_metadata,
                .has_keys = has_keys,
        };
        return provider->name && provider->issuer ? 0 : -ENOMEM;
}

static int read_providers(sd_bus_message *message, void *place)
{
        struct daemon_status *status = place;
        const char *name, *issuer;
        int has_metadata, has_keys;

        int r = sd_bus_message_enter_container(message, 'v', "a(ssbb)");
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(message, 'a', "(ssbb)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(message, "(ssbb)", &name, &issuer, &has_metadata,
                                        &has_keys)) > 0) {
                if (status->n_providers == PROVIDERS_MAX)
                        return -EBADMSG;
                r = add_provider(status, name, issuer, has_metadata, has_keys);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return r;
        return sd_bus_message_exit_container(message);
}

static int read_status(sd_bus_message *reply, struct daemon_status *status)
{
        const struct bus_field fields[] = {
                {.key = "version", .ret_text = &status->version, .max_bytes = TEXT_MAX_BYTES},
                {.key = "default_provider",
                 .ret_text = &status->default_provider,
                 .max_bytes = TEXT_MAX_BYTES},
                {.key = "pending_logins", .ret_number = &status->pending_logins, .max = UINT64_MAX},
                {.key = "open_sessions", .ret_number = &status->open_sessions, .max = UINT64_MAX},
                {.key = "granted_logins", .ret_number = &status->granted_logins, .max = UINT64_MAX},
                {.key = "refused_logins", .ret_number = &status->refused_logins, .max = UINT64_MAX},
                {.key = "journal_sequence",
                 .ret_number = &status->journal_sequence,
                 .max = UINT64_MAX},
                {.key = "journal_digest",
                 .ret_text = &status->journal_digest,
                 .max_bytes = TEXT_MAX_BYTES},
                {.key = "providers", .read = read_providers, .place = status},
        };

        if (sd_bus_message_has_signature(reply, "a{sv}") <= 0)
                return -EBADMSG;
        return bus_dict_read(reply, fields, ELEMENTSOF(fields));
}

bool daemon_status_ask(struct bus_peer *peer, struct daemon_status *ret_status,
                       struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        _cleanup_status_ struct daemon_status status = {0};

        if (!daemon_ask(peer, "GetStatus", NULL, STATUS_TIMEOUT_USEC, &reply, complaint))
                return false;
        int r = read_status(reply, &status);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        *ret_status = status;
        status = (struct daemon_status){0};
        return true;
}

const struct provider_status *daemon_status_provider(const struct daemon_status *status,
                                                     const char *name)
{
        for (size_t i = 0; i < status->n_providers; i++)
                if (strcmp(status->providers[i].name, name) == 0)
                        return &status->providers[i];
        return NULL;
}
