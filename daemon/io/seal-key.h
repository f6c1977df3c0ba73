/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys that the store is sealed with (io/token-seal.h): the systemd credential `badged.key`,
 * else a file of badged's own, both of one key a line, the current one first. */
#pragma once

#include <stdbool.h>

#include "common/secret.h"

/* may_make: nothing is sealed yet, so that a file that is not there is made, with a new key. The
 * credential alone counts when there is one, good or bad. *ret_why is a static fragment, as in
 * io/secret-file.h; errors as there. What stands in it is not looked at. */
int seal_key_load(const char *path, bool may_make, struct secret **ret_keys, const char **ret_why);

/* 1 when the credential, good or bad, is what counts: then it is the service manager's to change.
 * 0 when there is none; -ENOMEM, -EMFILE, -ENFILE. */
int seal_key_is_credential(void);

/* Puts a new key in front of those of the file, which stay until seal_key_drop_old(): in between,
 * every row is to be sealed anew. *ret_keys are all that count now. -EBUSY while the file holds an
 * older key yet: what was begun is to be finished first, -EPERM when the keys are a credential. */
int seal_key_renew(const char *path, struct secret **ret_keys, const char **ret_why);

/* Leaves the file its first key. Errors as those of seal_key_renew(), but for -EBUSY. */
int seal_key_drop_old(const char *path, const char **ret_why);
