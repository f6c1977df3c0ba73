/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a login ends: the words that cross the bus, and what each means. */
#pragma once

enum login_outcome {
        LOGIN_GRANTED,     /* a verified identity may be this account on this service */
        LOGIN_DENIED,      /* the person (or the provider) declined at the provider */
        LOGIN_EXPIRED,     /* nobody approved in time */
        LOGIN_REFUSED,     /* approved or not: this identity, account or service may not */
        LOGIN_UNAVAILABLE, /* provider or daemon out of reach, or their answer made no sense */
        LOGIN_THROTTLED,   /* too many logins are pending */
        LOGIN_CANCELLED,   /* the caller gave up */
};

/* The word for the outcome ("granted", "denied", …). Static. */
const char *login_outcome_word(enum login_outcome outcome);

/* 0 and *ret_outcome for a known word; -EINVAL for any other, NULL included: treat it as refused.
 */
int login_outcome_from_word(const char *word, enum login_outcome *ret_outcome);

/* The D-Bus error name that carries the outcome, NULL for LOGIN_GRANTED. Static. */
const char *login_outcome_bus_error(enum login_outcome outcome);

/* The outcome that a D-Bus error name carries; names that are not ours mean the daemon could not be
 * reached (LOGIN_UNAVAILABLE), never anything better. */
enum login_outcome login_outcome_from_bus_error(const char *name);
