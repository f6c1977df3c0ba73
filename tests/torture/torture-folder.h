/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder of the daemon's that is the same again before each round: what stood in it once is kept
 * in memory. And what every case with a store in it does: open it, wait for it, look at it again
 * when nothing is short any more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "state.h"
#include "torture.h"

#define TORTURE_PENDING 4711

struct torture_folder;

/* Empty. NULL when something fails. */
struct torture_folder *torture_folder_new(void);
/* As a case's release(). */
void torture_folder_release(void *folder);

const char *torture_folder_path(const struct torture_folder *folder);
/* What is in it now, files alone, is what torture_folder_put_back() brings. */
bool torture_folder_keep(struct torture_folder *folder);
/* Nothing fails meanwhile, here and below. */
void torture_folder_put_back(const struct torture_folder *folder);
/* Whether there is a file of that name; one that begins so when it ends with a dash. */
bool torture_folder_has(const struct torture_folder *folder, const char *name);

/* Nothing fails while this is so. */
void torture_pause(bool pause);

/* The daemon's loop and its state, as main.c opens it. */
struct torture_store {
        sd_event *event;
        struct state *state;
};

/* Leaves an empty one on failure. */
int torture_store_open(const struct torture_folder *folder, struct torture_store *store);
void torture_store_close(struct torture_store *store);

/* Runs the loop until the result is not TORTURE_PENDING any more; it stays that when the loop
 * fails. */
void torture_store_wait(struct torture_store *store, const int *result);
void torture_on_done(int result, void *userdata);

/* As a daemon that is started after the one that was short of something: nothing fails any more in
 * this round. False when it cannot start. */
bool torture_store_reopen(const struct torture_folder *folder, struct torture_store *store);

/* Fills the folder by a daemon of its own, and keeps all that is in it then. */
bool torture_folder_fill(struct torture_folder *folder,
                         bool (*fill)(struct torture_store *store, void *userdata), void *userdata);
/* Likewise a new one; NULL when something fails. */
struct torture_folder *torture_folder_filled(bool (*fill)(struct torture_store *store,
                                                          void *userdata));

/* Puts the folder back and opens it, while nothing fails: for a case that is about what comes then.
 * Ends the program when that does not work. */
void torture_store_begin(const struct torture_folder *folder, struct torture_store *store);
/* Waits until nothing is left to write, or the loop fails. */
void torture_store_settle(struct torture_store *store);
