/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/desktop.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define OPENER "xdg-open"

static bool is_set(const char *name)
{
        const char *value = getenv(name);

        return value && *value;
}

bool desktop_is_here(void)
{
        return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

/* The signals that badgectl holds back for itself are let through again. */
static int set_attributes(posix_spawnattr_t *attributes)
{
        sigset_t none;

        (void)sigemptyset(&none);
        int r = posix_spawnattr_setsigmask(attributes, &none);
        return r != 0 ? r
                      : posix_spawnattr_setflags(attributes,
                                                 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
}

static int silence(posix_spawn_file_actions_t *actions)
{
        int r = 0;

        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && r == 0; fd++)
                r = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
        return r;
}

void desktop_open(const char *address)
{
        char *const arguments[] = {(char *)(uintptr_t)OPENER, (char *)(uintptr_t)address, NULL};
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        pid_t pid;

        if (geteuid() == 0 || posix_spawn_file_actions_init(&actions) != 0)
                return;
        if (posix_spawnattr_init(&attributes) == 0) {
                if (set_attributes(&attributes) == 0 && silence(&actions) == 0)
                        (void)posix_spawnp(&pid, OPENER, &actions, &attributes, arguments, environ);
                (void)posix_spawnattr_destroy(&attributes);
        }
        (void)posix_spawn_file_actions_destroy(&actions);
}
