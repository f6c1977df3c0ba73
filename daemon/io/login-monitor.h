/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login sessions that systemd-logind knows, and when they change. Where there is no logind
 * there are none. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"

struct login_monitor;

/* on_change is called from the loop when some session has come, changed or gone. Errors as those of
 * sd_login_monitor_new(): -ENOENT where there is no logind. */
int login_monitor_new(sd_event *event, void (*on_change)(void *userdata), void *userdata,
                      struct login_monitor **ret_monitor);
/* Takes NULL, returns NULL. */
struct login_monitor *login_monitor_free(struct login_monitor *monitor);
DEFINE_CLEANUP(struct login_monitor *, login_monitor_free);

enum login_presence {
        LOGIN_IS_THERE,
        LOGIN_IS_GONE,    /* or the one of that name is another uid's */
        LOGIN_IS_UNKNOWN, /* it cannot be looked up now */
};

/* Is the uid in the login session of that name? Not any more when only programs that were left
 * behind are. */
enum login_presence login_presence_of(const char *name, uid_t uid);
