/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/session-dict.h"

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

static int append_text(sd_bus_message *reply, const char *key, const char *text)
{
        return text ? sd_bus_message_append(reply, "{sv}", key, "s", text) : 0;
}

static int append_time(sd_bus_message *reply, const char *key, uint64_t sec)
{
        return sec > 0 ? sd_bus_message_append(reply, "{sv}", key, "t", sec) : 0;
}

static int append_texts(sd_bus_message *reply, const struct session_record *session)
{
        const struct {
                const char *key, *text;
        } texts[] = {
                {"id", session->id},
                {"account", session->account},
                {"provider", session->provider},
                {"issuer", session->issuer},
                {"subject", session->subject},
                {"type", session->type},
                {"service", session->service},
                {"terminal", session->terminal},
                {"remote_host", session->remote_host},
                {"acr", session->acr},
                {"amr", session->amr},
                {"used_from", session->used_from},
                {"login_session", session->logind},
        };
        int r = 0;

        for (size_t i = 0; i < ELEMENTSOF(texts) && r >= 0; i++)
                r = append_text(reply, texts[i].key, texts[i].text);
        return r;
}

static int append_times(sd_bus_message *reply, const struct session_record *session)
{
        const struct {
                const char *key;
                uint64_t sec;
        } times[] = {
                {"granted_at", session->created_at_sec}, {"opened_at", session->opened_at_sec},
                {"used_at", session->used_at_sec},       {"proved_at", session->proved_at_sec},
                {"expires_at", session->expires_at_sec}, {"auth_time", session->auth_time_sec},
        };
        int r = 0;

        for (size_t i = 0; i < ELEMENTSOF(times) && r >= 0; i++)
                r = append_time(reply, times[i].key, times[i].sec);
        return r;
}

int session_dict_append(sd_bus_message *reply, const struct session_record *session)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = append_texts(reply, session);
        if (r >= 0)
                r = append_times(reply, session);
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}", "has_tokens", "b",
                                          session->refresh_token != NULL);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}
