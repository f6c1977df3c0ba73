/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What NSS knows of an account. Blocks for as long as NSS does: local files, or whatever the host
 * put behind them. */
#pragma once

#include <sys/types.h>

struct local_account {
        char *name; /* as NSS spells it: compare it with the name that was asked for */
        uid_t uid;
        gid_t gid;
        char *shell; /* "" when NSS has none */
};

void local_account_finish(struct local_account *account);

/* 1 found, 0 unknown to NSS (*ret_account untouched), negative errno when NSS could not say. */
int account_lookup(const char *name, struct local_account *ret_account);
int account_lookup_uid(uid_t uid, struct local_account *ret_account);
