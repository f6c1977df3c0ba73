/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account phase of PAM: may the account be used for this service, by whoever came in by
 * whatever way? Where the service's rules want it (recheck), a session of the account must answer
 * for it, since a key outlives the person's leave from the provider. Grants nothing that was not
 * granted before: it only refuses. */
#pragma once

#include "admission.h"
#include "common/cleanup.h"
#include "recheck.h"

struct account_check;

/* Called once, from the loop. A refusal is in the journal already. May free the check. */
typedef void (*account_check_on_done)(struct refusal answer, void *userdata);

/* What was checked before this is the caller's business. 0 and *ret_answer; or 1 and *ret_check,
 * of which on_done will tell; -ENOMEM. The admission and the sources are borrowed. */
int account_check_new(struct admission *admission, const struct recheck_sources *sources,
                      const struct login_request *request, account_check_on_done on_done,
                      void *userdata, struct account_check **ret_check, struct refusal *ret_answer);
/* Nobody is told any more. Takes NULL, returns NULL. */
struct account_check *account_check_free(struct account_check *check);
DEFINE_CLEANUP(struct account_check *, account_check_free);
