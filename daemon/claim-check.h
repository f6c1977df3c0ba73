/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the rules give an account to whom it was given before, by what the provider says of them
 * now: the tokens of a refresh are looked at as those of a login are (verification.h). Who asks for
 * the refresh, and what follows, is not known here. */
#pragma once

#include <systemd/sd-event.h>

#include "authority.h"
#include "common/cleanup.h"
#include "core/token-record.h"

struct claim_check;

enum claim_answer {
        CLAIMS_SAY_YES,
        CLAIMS_SAY_NO,      /* what the provider says anew is not enough any more */
        CLAIMS_SAY_NOTHING, /* it could not be asked */
};

/* Called once, from the loop. May free the check. */
typedef void (*claim_check_on_done)(enum claim_answer answer, void *userdata);

/* The authority is borrowed until the check is freed; the account and the tokens are copied.
 * -ENODATA when nothing among the tokens is new enough to tell, -ENOMEM, -EBADMSG. */
int claim_check_new(sd_event *event, const struct authority *authority, const char *account,
                    const struct token_record *record, claim_check_on_done on_done, void *userdata,
                    struct claim_check **ret_check);
/* Nobody is told any more. Takes NULL, returns NULL. */
struct claim_check *claim_check_free(struct claim_check *check);
DEFINE_CLEANUP(struct claim_check *, claim_check_free);
