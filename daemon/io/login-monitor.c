/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/login-monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-login.h>

struct login_monitor {
        sd_login_monitor *logind;
        sd_event_source *source;
        void (*on_change)(void *userdata);
        void *userdata;
};

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct login_monitor *monitor = userdata;

        (void)sd_login_monitor_flush(monitor->logind);
        monitor->on_change(monitor->userdata);
        return 0;
}

int login_monitor_new(sd_event *event, void (*on_change)(void *userdata), void *userdata,
                      struct login_monitor **ret_monitor)
{
        _cleanup_(login_monitor_freep) struct login_monitor *monitor = calloc(1, sizeof(*monitor));
        if (!monitor)
                return -ENOMEM;

        monitor->on_change = on_change;
        monitor->userdata = userdata;
        int r = sd_login_monitor_new("session", &monitor->logind);
        if (r < 0)
                return r;
        int events = sd_login_monitor_get_events(monitor->logind);
        r = sd_event_add_io(event, &monitor->source, sd_login_monitor_get_fd(monitor->logind),
                            events > 0 ? (uint32_t)events : EPOLLIN, on_io, monitor);
        if (r < 0)
                return r;
        *ret_monitor = TAKE_PTR(monitor);
        return 0;
}

struct login_monitor *login_monitor_free(struct login_monitor *monitor)
{
        if (!monitor)
                return NULL;
        sd_event_source_disable_unref(monitor->source);
        sd_login_monitor_unref(monitor->logind);
        free(monitor);
        return NULL;
}

enum login_presence login_presence_of(const char *name, uid_t uid)
{
        _cleanup_free_ char *state = NULL;
        uid_t owner;

        int r = sd_session_get_uid(name, &owner);
        if (r >= 0 && owner != uid)
                return LOGIN_IS_GONE;
        if (r >= 0)
                r = sd_session_get_state(name, &state);
        if (r < 0)
                return r == -ENXIO || r == -ENOENT ? LOGIN_IS_GONE : LOGIN_IS_UNKNOWN;
        return strcmp(state, "closing") == 0 ? LOGIN_IS_GONE : LOGIN_IS_THERE;
}
