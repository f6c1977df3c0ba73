/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private bus without a policy, so that whatever a stranger forges gets through, and the scripted
 * daemon on it. DBUS_SYSTEM_BUS_ADDRESS points to it while it runs. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define DAEMON_LOG_BYTES 8192

struct bus_fixture {
        char folder[64];
        pid_t bus, daemon; /* 0: none */
        int log_fd;
        char log[DAEMON_LOG_BYTES];
};

/* words: what fake-badged is told, NULL-terminated; NULL starts none. activation: those with which
 * the bus may start one, as one string; NULL: it cannot. Ends the test program on failure. */
void bus_fixture_start(struct bus_fixture *fixture, const char *const *words,
                       const char *activation);
/* Does nothing for one that is empty; leaves it empty. */
void bus_fixture_stop(struct bus_fixture *fixture);

/* The daemon wrote this text, soon; or nothing of the kind within a moment. */
bool bus_fixture_saw(struct bus_fixture *fixture, const char *text);
bool bus_fixture_missed(struct bus_fixture *fixture, const char *text);
