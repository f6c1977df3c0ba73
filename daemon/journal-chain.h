/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lets the chain of the journal's entries (common/decision-chain.h) outlive the daemon: its last
 * digest is a fact of the state, written behind each entry. If badged is killed before that one is
 * on the disk, the next entry follows an earlier one, which badgectl log --verify tells. */
#pragma once

#include "common/cleanup.h"
#include "state.h"

struct journal_chain;

/* From here on entries follow the last that the state knows. The state is borrowed. A fact that
 * makes no sense is told to the journal, and a new chain begins. 0 or -ENOMEM. */
int journal_chain_new(struct state *state, struct journal_chain **ret_chain);

/* Entries after that go on with the chain, but are not remembered. Takes NULL, returns NULL. */
struct journal_chain *journal_chain_free(struct journal_chain *chain);
DEFINE_CLEANUP(struct journal_chain *, journal_chain_free);
