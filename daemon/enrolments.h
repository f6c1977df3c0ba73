/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Second factors that somebody is setting up: in memory until two codes show that the app has the
 * secret, and its owner's clock goes right. Whoever may set one up is the caller's business. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "io/store-mirror.h"

struct enrolments;
struct state;

/* The service of the login that an enrolment begins with. */
#define ENROLMENT_SERVICE "badgectl-factor"

#define ENROLMENTS_MAX           64
#define ENROLMENT_LIFETIME_SEC   600
#define ENROLMENT_MAX_WRONG      5
#define ENROLMENT_NAME_MAX_BYTES 64

/* The state is borrowed. 0 or -ENOMEM. */
int enrolments_new(struct state *state, struct enrolments **ret_enrolments);
struct enrolments *enrolments_free(struct enrolments *enrolments);
DEFINE_CLEANUP(struct enrolments *, enrolments_free);

/* All borrowed. */
struct enrolment_request {
        const char *account, *host;
        const char *name; /* what its owner calls it: printable, not empty */
        uid_t caller_uid;
        uint64_t proved_at_sec; /* as in struct factor_record */
        uint64_t now_usec;      /* CLOCK_BOOTTIME */
};

/* A new secret for the account, in place of one that nobody has confirmed. *ret_id is borrowed
 * until the enrolment is over; *ret_uri is for the app, and the caller's to free. -EDQUOT when the
 * account has FACTORS_PER_ACCOUNT_MAX, -EINVAL for a name that is none, -EBUSY when too many are
 * under way, -ENOMEM, -EIO. */
int enrolments_begin(struct enrolments *enrolments, const struct enrolment_request *request,
                     const char **ret_id, struct secret **ret_uri);

/* All borrowed. */
struct enrolment_proof {
        const char *id;
        const char *first, *second; /* codes, one right after the other */
        uid_t caller_uid;
        uint64_t now_sec;  /* CLOCK_REALTIME */
        uint64_t now_usec; /* CLOCK_BOOTTIME */
};

/* Whose factor the caller is setting up under that id; NULL: none. Borrowed until it is over. */
const char *enrolments_account(const struct enrolments *enrolments,
                               const struct enrolment_proof *proof);

/* 1: they are right, the enrolment is over, and the factor in force once on_done says 0. 0: they
 * are not; after ENROLMENT_MAX_WRONG of them it is over. -ENOENT when the caller has no such
 * enrolment, or not any more, or there is no such account; -ENOMEM and what the queue says. */
int enrolments_confirm(struct enrolments *enrolments, const struct enrolment_proof *proof,
                       store_on_done on_done, void *userdata, struct store_write **ret_write);
