/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is there before a daemon: settings and a store in a folder, a provider behind TLS, a
 * private bus, and somebody at its other end. Not the daemon: torture-daemon.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bus-fixture.h"
#include "common/secret.h"
#include "torture-folder.h"
#include "torture-person.h"
#include "torture-provider.h"

struct torture_world {
        struct torture_provider provider;
        struct bus_fixture bus;
        struct torture_folder *folder;
        struct torture_person person;
        struct secret *ticket; /* of alice, for sshd, once */
        uint64_t begun_sec;
};

/* In the store: alice (1000) and her identity, a session "s1" of hers that was proved just now, in
 * login session TORTURE_LOGIN_SESSION, a factor "f1", the ticket, another one "t1", a throttle
 * "h1"; and identity "i2", which was refused her account. who_approves: whose tokens the provider
 * gives out. NULL when something fails. */
struct torture_world *torture_world_new(const char *who_approves, enum torture_visit visit);
/* As a case's release(). */
void torture_world_release(void *world);
