/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/account-lookup.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define NSS_BUFFER_FIRST_BYTES 1024
#define NSS_BUFFER_MAX_BYTES   (1024 * 1024)

/* Fills entry by name, or by uid when name is NULL; the returns of getpwnam_r(). */
static int ask_nss(const char *name, uid_t uid, struct passwd *entry, char *buffer, size_t size,
                   struct passwd **ret_found)
{
        if (name)
                return getpwnam_r(name, entry, buffer, size, ret_found);
        return getpwuid_r(uid, entry, buffer, size, ret_found);
}

static int account_copy(const struct passwd *entry, struct local_account *ret_account)
{
        _cleanup_free_ char *name = strdup(entry->pw_name);
        _cleanup_free_ char *shell = strdup(entry->pw_shell ? entry->pw_shell : "");
        if (!name || !shell)
                return -ENOMEM;
        *ret_account = (struct local_account){
                .name = TAKE_PTR(name),
                .uid = entry->pw_uid,
                .gid = entry->pw_gid,
                .shell = TAKE_PTR(shell),
        };
        return 1;
}

static int lookup(const char *name, uid_t uid, struct local_account *ret_account)
{
        for (size_t size = NSS_BUFFER_FIRST_BYTES; size <= NSS_BUFFER_MAX_BYTES; size *= 2) {
                struct passwd entry, *found = NULL;
                _cleanup_free_ char *buffer = malloc(size);
                if (!buffer)
                        return -ENOMEM;

                int error;
                do {
                        error = ask_nss(name, uid, &entry, buffer, size, &found);
                } while (error == EINTR);
                /* POSIX says 0 for unknown; some NSS modules say these two. */
                if (error == ENOENT || error == ESRCH || (error == 0 && !found))
                        return 0;
                if (error == 0)
                        return account_copy(found, ret_account);
                if (error != ERANGE)
                        return -error;
        }
        return -ERANGE;
}

void local_account_finish(struct local_account *account)
{
        free(account->name);
        free(account->shell);
        *account = (struct local_account){};
}

int account_lookup(const char *name, struct local_account *ret_account)
{
        return lookup(name, 0, ret_account);
}

int account_lookup_uid(uid_t uid, struct local_account *ret_account)
{
        return lookup(NULL, uid, ret_account);
}
