/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the person's browser ends its session at a provider, once the tokens of a login are ended.
 * Not the ending of those: that is daemon/token-revocation's. */
#pragma once

#include "core/token-record.h"
#include "provider.h"

/* *ret_url says which client, and may be shown to everybody; *ret_hinted_url has the person's
 * id_token in it, for the provider to know whose session. Each is NULL where there is none: the
 * provider has no such endpoint, or none is known yet; nobody may have tokens, none came, or one
 * that is too long. 0 or -ENOMEM. */
int end_session_addresses(const struct provider *provider, const struct token_record *record,
                          struct secret **ret_url, struct secret **ret_hinted_url);
