/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second factors of accounts (D6): whether a code is right, how long ago the account's provider
 * said yes, and which there are. Not how one comes about: enrolments.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/secret.h"
#include "io/store-factor.h"
#include "io/store-mirror.h"

struct state;

#define FACTORS_PER_ACCOUNT_MAX 8

enum factor_answer {
        FACTOR_RIGHT,
        FACTOR_WRONG,
        FACTOR_REPLAYED,  /* it was right once */
        FACTOR_THROTTLED, /* too many were wrong; nothing was looked at */
        FACTOR_ABSENT,    /* the account has no factor */
};

/* All borrowed. */
struct factor_question {
        const char *account;
        const char *origin; /* for the list; may be NULL */
        const struct secret *code;
        uint64_t typed_at_sec; /* CLOCK_REALTIME */
        uint64_t now_sec;      /* likewise; whoever has to wait waits by this one */
};

/* Whether the code is one of the account's. 1: it is, and counts no more, here and at once; what it
 * opens is to wait for on_done to say 0, which is when nobody can bring it again. 0 and
 * *ret_answer, which is not FACTOR_RIGHT: it is none. -ENOMEM, -EIO and what the queue says.
 * on_done and ret_write are as in io/store-mirror.h. A wrong code counts against the account's
 * factors, wherever it came from: guessing from a thousand places at once is guessing. */
int factors_check(struct state *state, const struct factor_question *question,
                  store_on_done on_done, void *userdata, struct store_write **ret_write,
                  enum factor_answer *ret_answer);

/* For the journal. Static. */
const char *factor_answer_detail(enum factor_answer answer);

/* The provider said that the account's person is still who may use it (now_sec), or that this is
 * not so (0). A failure to keep it is the queue's to report. */
void factors_prove(struct state *state, const char *account, uint64_t now_sec);

/* When it last said yes; 0: it has not, or the account has no factor. */
uint64_t factors_proved_at_sec(const struct state *state, const char *account);

/* True when the account has a factor to ask for. */
bool factors_has(const struct state *state, const char *account);
size_t factors_count(const struct state *state, const char *account);

/* The factor of the account, or of any (NULL), after that one; NULL starts and ends. Borrowed as
 * records of a mirror are. */
const struct factor_record *factors_next(const struct state *state, const char *account,
                                         const struct factor_record *after);
