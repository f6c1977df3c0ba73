/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells providers that tokens are not needed any more (RFC 7009): the refresh token first, with
 * which a provider forgets the rest, then the access token. A provider that is away is asked again
 * later, until it answers or the time for it is over. Failures end in the journal. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/token-record.h"
#include "provider.h"

struct token_revocations;

/* on_done is called from the loop when nothing is left to do for that login, or it was given up;
 * from inside token_revocations_add() for another one, which had to make room. */
int token_revocations_new(sd_event *event, void (*on_done)(const char *login, void *userdata),
                          void *userdata, struct token_revocations **ret_revocations);
/* What is under way is given up. Takes NULL, returns NULL. */
struct token_revocations *token_revocations_free(struct token_revocations *revocations);
DEFINE_CLEANUP(struct token_revocations *, token_revocations_free);

/* Borrows the provider, takes the record's tokens and empties it, on failure too. login is what the
 * journal calls them by; copied. Whoever has not answered by until_sec (CLOCK_REALTIME) is not
 * asked any more. With very many under way the one that waited longest is given up. True when
 * on_done will come; false when there is nothing to revoke, or no memory, which is in the journal.
 */
bool token_revocations_add(struct token_revocations *revocations, struct provider *provider,
                           const char *login, uint64_t until_sec, struct token_record *record);
