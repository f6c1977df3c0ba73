/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One-time codes that stand in for a provider that cannot be asked, where a service allows it, for
 * as long as the provider's last word counts (D6). Looked at, used up on the disk, and only then
 * vouched for. What is no code goes to the presenter behind this one. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"
#include "login.h"
#include "settings.h"
#include "state.h"

struct offline_codes;

/* Borrowed, but next, which is copied; its functions may be NULL. 0 or -ENOMEM. */
int offline_codes_new(struct state *state, const struct settings *settings,
                      const struct login_presenter *next, struct offline_codes **ret_codes);
/* Takes NULL, returns NULL. */
struct offline_codes *offline_codes_free(struct offline_codes *codes);
DEFINE_CLEANUP(struct offline_codes *, offline_codes_free);

/* For login_new(). */
struct login_presenter offline_codes_presenter(struct offline_codes *codes);

/* Could a code open the account at the service now, if its provider cannot be asked? now_sec:
 * CLOCK_REALTIME. */
bool offline_codes_may_open(const struct offline_codes *codes, const char *account,
                            const char *service, uint64_t now_sec);

/* For the end of every login: it is not told of anything any more. What was used up stays so. */
void offline_codes_forget(struct offline_codes *codes, const struct login *login);
