/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/token-end.h"

#include <errno.h>

#include "bus/caller.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "end-session.h"

struct ended {
        struct token_record record;
        struct secret *url, *hinted_url; /* NULL: none */
};

static void ended_finish(struct ended *ended)
{
        token_record_finish(&ended->record);
        ended->url = secret_free(ended->url);
        ended->hinted_url = secret_free(ended->hinted_url);
}

static int append_ended(sd_bus_message *reply, const struct ended *ended)
{
        const struct {
                const char *key, *text;
        } texts[] = {
                {"provider", ended->record.provider},
                {"issuer", ended->record.issuer},
                {"subject", ended->record.subject},
                {"end_session_url", ended->url ? secret_bytes(ended->url) : NULL},
                {"end_session_url_hinted",
                 ended->hinted_url ? secret_bytes(ended->hinted_url) : NULL},
        };
        int r = 0;

        for (size_t i = 0; i < ELEMENTSOF(texts) && r >= 0; i++)
                if (texts[i].text)
                        r = sd_bus_message_append(reply, "{sv}", texts[i].key, "s", texts[i].text);
        return r;
}

static int reply_ended(sd_bus_message *message, const struct ended *ended)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;

        int r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_sensitive(reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_ended(reply, ended);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_send(reply);
}

int token_end_call(struct service *service, sd_bus_message *message, sd_bus_error *error)
{
        _cleanup_(ended_finish) struct ended ended = {0};
        const char *sentence = NULL;
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        int r = service_end_tokens(service, uid, &ended.record, &sentence);
        if (r == -EACCES)
                return sd_bus_error_set(error, BADGED_ERROR_REFUSED, sentence);
        if (r < 0)
                return r;
        const struct provider *provider = service_provider(service, ended.record.provider);
        if (provider)
                r = end_session_addresses(provider, &ended.record, &ended.url, &ended.hinted_url);
        return r < 0 ? r : reply_ended(message, &ended);
}
