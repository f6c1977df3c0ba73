/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells providers that tokens are not needed any more (RFC 7009): the refresh token first, with
 * which a provider forgets the rest, then the access token. A provider that is away is asked again
 * later, a few times. Nobody waits for it, and failures end in the journal. */
#pragma once

#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/token-record.h"
#include "provider.h"

struct token_revocations;

int token_revocations_new(sd_event *event, struct token_revocations **ret_revocations);
/* What is under way is given up. Takes NULL, returns NULL. */
struct token_revocations *token_revocations_free(struct token_revocations *revocations);
DEFINE_CLEANUP(struct token_revocations *, token_revocations_free);

/* Borrows the provider, takes the record's tokens and empties it, on failure too. login is what the
 * journal calls them by; copied. With very many under way the one that waited longest is given up.
 */
void token_revocations_add(struct token_revocations *revocations, struct provider *provider,
                           const char *login, struct token_record *record);
