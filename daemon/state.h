/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badged knows longer than it runs: all of it in memory, every change written behind by a
 * thread of its own (io/store-queue.h). A thing is safe when its on_done says 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "io/store-mirror.h"

struct state_files;

struct state {
        struct store_mirror *accounts;   /* struct account_record, by name */
        struct store_mirror *identities; /* struct identity_record, by id */
        struct store_mirror *sessions;   /* struct session_record, by id */
        struct store_mirror *tickets;    /* struct ticket_record, by id */
        struct store_mirror *factors;    /* struct factor_record, by id */
        struct store_mirror *throttles;  /* struct throttle_record, by id */
        struct store_mirror *facts;      /* struct fact_record, by name */
        struct store_queue *queue;
        struct state_files *files; /* of state.c alone */
        bool is_failing;           /* a write failed since the start */
};

/* Where it is: what the service manager named, else the usual place. Borrowed. */
const char *state_folder(void);

/* Opens the store in the folder, or makes it. A damaged one is set aside, and an empty one takes
 * its place; one that is older than the counter beside it stays: then there is an objection, also
 * after a restart. All else that is wrong with it is a
 * failure, which is in the journal already: -EUCLEAN when it is for an administrator to mend,
 * others may pass. */
int state_new(sd_event *event, const char *folder, struct state **ret_state);

/* Writes what is not written yet, and tells nobody. Takes NULL, returns NULL. */
struct state *state_free(struct state *state);
DEFINE_CLEANUP(struct state *, state_free);

/* Why nobody may be let in: a sentence for the person; or NULL. Static. */
const char *state_objection(const struct state *state);

#define STATE_ID_DIGITS 16

/* A random id for a new row: hexadecimal digits. */
int state_new_id(char ret_id[STATE_ID_DIGITS + 1]);
