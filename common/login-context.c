/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/login-context.h"

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"

static int append_text(sd_bus_message *call, const char *key, const char *text)
{
        return text ? sd_bus_message_append(call, "{sv}", key, "s", text) : 0;
}

static int append_number(sd_bus_message *call, const char *key, unsigned number)
{
        return number > 0 ? sd_bus_message_append(call, "{sv}", key, "u", (uint32_t)number) : 0;
}

static int append_list(sd_bus_message *call, const char *key, const char *const *items)
{
        if (!items || !items[0])
                return 0;
        int r = sd_bus_message_open_container(call, 'e', "sv");
        if (r < 0)
                return r;
        r = sd_bus_message_append(call, "s", key);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(call, 'v', "as");
        if (r < 0)
                return r;
        /* sd-bus takes the list as char **, and only reads it. */
        r = sd_bus_message_append_strv(call, (char **)(uintptr_t)items);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(call);
        if (r < 0)
                return r;
        return sd_bus_message_close_container(call);
}

int login_context_append(const struct login_context *context, sd_bus_message *call)
{
        const struct {
                const char *key, *text;
        } texts[] = {
                {"remote_host", context->remote_host},
                {"terminal", context->terminal},
                {"requesting_user", context->requesting_user},
                {"provider", context->provider},
                {"qr", context->qr},
                {"redirect_uri", context->redirect_uri},
                {"login_session", context->login_session},
                {"login", context->login},
                {"offer", context->offer},
        };

        int r = sd_bus_message_open_container(call, 'a', "{sv}");
        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(texts); i++)
                r = append_text(call, texts[i].key, texts[i].text);
        if (r >= 0)
                r = append_number(call, "columns", context->columns);
        if (r >= 0)
                r = append_number(call, "lines", context->lines);
        if (r >= 0)
                r = append_list(call, "prior_factors", context->prior_factors);
        if (r >= 0 && context->knows_granted)
                r = sd_bus_message_append(call, "{sv}", "knows_granted", "b", true);
        return r < 0 ? r : sd_bus_message_close_container(call);
}
