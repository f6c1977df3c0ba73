/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a provider's API says beyond the tokens: the groups of a person, and whether the account
 * there still stands. Asked in the person's name, or with a token of daemon/directory-token. */
#pragma once

#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/identity.h"
#include "core/text-list.h"
#include "provider.h"

struct directory;
struct directory_lookup;
struct private_key;

/* Borrows the provider. Asks nothing yet. */
int directory_new(struct provider *provider, struct directory **ret_directory);
/* Its lookups must be gone already. Erases the token. */
struct directory *directory_free(struct directory *directory);
DEFINE_CLEANUP(struct directory *, directory_free);

/* Called once, from the loop. LOGIN_GRANTED means only that the question was answered: then groups
 * (borrowed during the call) are those of the person, and NULL when the account was asked about.
 * Otherwise LOGIN_REFUSED (the account does not stand, or the answer made no sense) or
 * LOGIN_UNAVAILABLE, and detail says why, for the journal. May free the lookup. */
typedef void (*directory_on_done)(enum login_outcome outcome, const struct text_list *groups,
                                  const char *detail, void *userdata);

/* Reads all pages of all group_sources, with the identity's claims in their addresses: it is
 * borrowed until the lookup is freed, and so is dpop, the key that the person's access_token is
 * bound to, or NULL. The token is only read during the call. -EINVAL when the identity lacks a
 * claim of the first address. */
int directory_lookup_groups(struct directory *directory, const struct identity *identity,
                            const struct secret *access_token, const struct private_key *dpop,
                            directory_on_done on_done, void *userdata,
                            struct directory_lookup **ret_lookup);

/* Asks account_source, with the identity's claims in its address. -EINVAL when the identity lacks
 * one of them. */
int directory_lookup_account(struct directory *directory, const struct identity *identity,
                             directory_on_done on_done, void *userdata,
                             struct directory_lookup **ret_lookup);

/* Cancels unless answered. Takes NULL, returns NULL. */
struct directory_lookup *directory_lookup_free(struct directory_lookup *lookup);
DEFINE_CLEANUP(struct directory_lookup *, directory_lookup_free);
