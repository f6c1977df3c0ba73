/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NSS, which knows one account more than the host does: alice, who logs in. */
#include "failing-calls.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

extern int __real_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                             struct passwd **ret_found);
extern int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                             struct passwd **ret_found);

int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **ret_found)
{
        static char alice[] = "alice", shell[] = "/bin/sh", none[] = "";

        if (call_fails("getpwnam_r"))
                return EIO;
        if (strcmp(name, alice) != 0)
                return __real_getpwnam_r(name, entry, buffer, size, ret_found);
        *entry = (struct passwd){.pw_name = alice,
                                 .pw_passwd = none,
                                 .pw_uid = 1000,
                                 .pw_gid = 1000,
                                 .pw_gecos = none,
                                 .pw_dir = none,
                                 .pw_shell = shell};
        *ret_found = entry;
        return 0;
}

FAILING(int, getpwuid_r,
        (uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found),
        (uid, entry, buffer, size, ret_found), EIO);
