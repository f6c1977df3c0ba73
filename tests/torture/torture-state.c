/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store over starts, damage, older copies, writes and new keys, while memory, files or sqlite
 * fail: whatever ends badly, the next start finds all that was said to be safe, and an objection
 * that there was stays one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "io/secret-file.h"
#include "io/store-account.h"
#include "io/store-session.h"
#include "io/store-ticket.h"
#include "journal-chain.h"
#include "log.h"
#include "own-folder.h"
#include "state-care.h"
#include "torture-folder.h"
#include "torture-rows.h"
#include "torture.h"

#define ALICE_UID 1000

/* ---- what is there before ---- */

static void *prepare_nothing(void)
{
        return torture_folder_new();
}

static void *prepare_rows(void)
{
        return torture_folder_filled(torture_rows_put);
}

/* A page in the middle. */
static void *prepare_damaged(void)
{
        struct torture_folder *folder = prepare_rows();
        char path[128];

        if (!folder)
                return NULL;
        (void)snprintf(path, sizeof(path), "%s/store", torture_folder_path(folder));
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
        return pwrite(fd, "damaged", 7, 4096) == 7 && torture_folder_keep(folder) ? folder : NULL;
}

/* Its counter is of a later start. */
static void *prepare_older(void)
{
        struct torture_folder *folder = prepare_rows();
        const struct own_file later = {"store.count", "4711\n", 0600};

        return folder && own_file_write(torture_folder_path(folder), &later) &&
                               torture_folder_keep(folder)
                       ? folder
                       : NULL;
}

static void *prepare_objection(void)
{
        struct torture_folder *folder = prepare_older();
        struct torture_store store;

        if (!folder || torture_store_open(folder, &store) < 0)
                return NULL;
        torture_store_close(&store);
        return torture_folder_keep(folder) ? folder : NULL;
}

/* Other credentials, but no key among them. */
static void *prepare_credentials(void)
{
        struct torture_folder *folder = prepare_rows();

        return folder && setenv("CREDENTIALS_DIRECTORY", torture_folder_path(folder), 1) == 0
                       ? folder
                       : NULL;
}

static void release_credentials(void *folder)
{
        (void)unsetenv("CREDENTIALS_DIRECTORY");
        torture_folder_release(folder);
}

/* ---- starts ---- */

static bool is_empty(const struct state *state)
{
        return store_mirror_count(state->accounts) == 0;
}

static bool is_sound(const struct torture_store *store, bool (*is_whole)(const struct state *))
{
        return !state_objection(store->state) && is_whole(store->state);
}

/* Nothing was lost, set aside or put in doubt by a start that failed. */
static enum torture_end start(const struct torture_folder *folder,
                              bool (*is_whole)(const struct state *))
{
        struct torture_store store;
        enum torture_end end = TORTURE_SHORT;

        torture_folder_put_back(folder);
        if (torture_store_open(folder, &store) == 0)
                end = is_sound(&store, is_whole) ? TORTURE_DONE : TORTURE_WRONG;
        torture_store_close(&store);
        if (!torture_store_reopen(folder, &store) || !is_sound(&store, is_whole) ||
            torture_folder_has(folder, "store.damaged-"))
                end = TORTURE_WRONG;
        torture_store_close(&store);
        return end;
}

static enum torture_end run_made(const void *prepared)
{
        return start(prepared, is_empty);
}

static enum torture_end run_kept(const void *prepared)
{
        return start(prepared, torture_rows_are_whole);
}

static enum torture_end start_in_doubt(const struct torture_folder *folder)
{
        struct torture_store store;
        enum torture_end end = TORTURE_SHORT;

        torture_folder_put_back(folder);
        if (torture_store_open(folder, &store) == 0)
                end = state_objection(store.state) ? TORTURE_DONE : TORTURE_WRONG;
        torture_store_close(&store);
        if (!torture_store_reopen(folder, &store) || !state_objection(store.state))
                end = TORTURE_WRONG;
        torture_store_close(&store);
        return end;
}

static enum torture_end run_damaged(const void *prepared)
{
        return start_in_doubt(prepared);
}

/* Nor may the counter go back: another old copy would be young by that. */
static enum torture_end run_older(const void *prepared)
{
        enum torture_end end = start_in_doubt(prepared);
        char path[128], digits[16] = "";

        (void)snprintf(path, sizeof(path), "%s/store.count", torture_folder_path(prepared));
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (pread(fd, digits, sizeof(digits) - 1, 0) < 0 || atoi(digits) <= 4711)
                end = TORTURE_WRONG;
        return end;
}

/* ---- an administrator's word ---- */

/* Accepted is what the administrator was told is. */
static enum torture_end run_accepted(const void *prepared)
{
        struct torture_store store;
        int result = TORTURE_PENDING;
        bool is_in_doubt = true;

        torture_store_begin(prepared, &store);
        int r = state_care_accept(store.state, torture_on_done, &result, NULL);
        if (r == 0) {
                torture_store_wait(&store, &result);
                is_in_doubt = state_objection(store.state);
        }
        torture_store_close(&store);
        if (is_in_doubt != (result != 0) || !torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        bool is_still_in_doubt = state_objection(store.state);
        torture_store_close(&store);
        if (result == 0)
                return is_still_in_doubt ? TORTURE_WRONG : TORTURE_DONE;
        return TORTURE_SHORT;
}

static bool has_one_key(const struct torture_folder *folder)
{
        _cleanup_secret_ struct secret *keys = NULL;
        char path[128];
        const char *why;

        (void)snprintf(path, sizeof(path), "%s/store.key", torture_folder_path(folder));
        torture_pause(true);
        bool is_one = secret_file_read(path, 4096, &keys, &why) == 0 &&
                      !strchr(secret_bytes(keys), '\n');
        torture_pause(false);
        return is_one;
}

/* The old key opens nothing any more once that is said, and no row is lost on the way. */
static enum torture_end run_rekeyed(const void *prepared)
{
        struct torture_store store;
        int result = TORTURE_PENDING;
        enum torture_end end = TORTURE_SHORT;

        torture_store_begin(prepared, &store);
        int r = state_care_rekey(store.state, torture_on_done, &result, NULL);
        if (r == 0)
                torture_store_wait(&store, &result);
        if (result == 0)
                end = has_one_key(prepared) ? TORTURE_DONE : TORTURE_WRONG;
        torture_store_close(&store);
        if (!torture_store_reopen(prepared, &store) || !is_sound(&store, torture_rows_are_whole))
                end = TORTURE_WRONG;
        torture_store_close(&store);
        return end;
}

/* ---- writes ---- */

#define CHANGES 3

/* What counts of a change: 1 that it is made, 0 that it is not, anything else that it is neither.
 */
static void look_at_changes(const struct state *state, int made[static CHANGES])
{
        const struct account_record *bob = store_mirror_get(state->accounts, "bob");
        const struct session_record *session = store_mirror_get(state->sessions, "s1");
        const struct ticket_record *ticket = store_mirror_get(state->tickets, "t1");

        made[0] = bob != NULL;
        made[1] = !session || session->opened_at_sec == 0 ? -1 : session->opened_at_sec == 42;
        made[2] = ticket == NULL;
}

static void change(const struct state *state, int results[static CHANGES])
{
        const struct account_record bob = {.name = TORTURE_TEXT("bob"), .uid = 1001};
        struct session_record session = *(const struct session_record *)store_mirror_get(
                state->sessions, "s1");

        session.opened_at_sec = 42;
        int r = store_mirror_put(state->accounts, &bob, torture_on_done, &results[0], NULL);
        if (r < 0)
                results[0] = r;
        r = store_mirror_put(state->sessions, &session, torture_on_done, &results[1], NULL);
        if (r < 0)
                results[1] = r;
        r = store_mirror_remove(state->tickets, "t1", torture_on_done, &results[2], NULL);
        if (r < 0)
                results[2] = r;
}

/* Made is what is said to be, in memory and on the disk, and the rest is not. */
static bool changes_are(const struct state *state, const int results[static CHANGES])
{
        int made[CHANGES];

        look_at_changes(state, made);
        for (size_t i = 0; i < CHANGES; i++)
                if (made[i] < 0 || (results[i] != TORTURE_PENDING && made[i] != (results[i] == 0)))
                        return false;
        return true;
}

static enum torture_end run_written(const void *prepared)
{
        int results[CHANGES] = {TORTURE_PENDING, TORTURE_PENDING, TORTURE_PENDING};
        struct torture_store store;
        enum torture_end end = TORTURE_DONE;

        torture_store_begin(prepared, &store);
        change(store.state, results);
        for (size_t i = 0; i < CHANGES; i++) {
                torture_store_wait(&store, &results[i]);
                if (results[i] != 0 && end == TORTURE_DONE)
                        end = TORTURE_SHORT;
        }
        if (!changes_are(store.state, results))
                end = TORTURE_WRONG;
        torture_store_close(&store);
        if (!torture_store_reopen(prepared, &store) || !changes_are(store.state, results))
                end = TORTURE_WRONG;
        torture_store_close(&store);
        return end;
}

/* ---- the journal's chain ---- */

static uint64_t write_entry(void)
{
        const struct log_decision decision = {.event = LOG_EVENT_CHANGE, .account = "alice"};

        log_decision(&decision);
        return log_chain().sequence;
}

static bool knows_entry(const struct torture_folder *folder, uint64_t *ret_sequence)
{
        _cleanup_(journal_chain_freep) struct journal_chain *chain = NULL;
        struct torture_store store;

        bool is_good = torture_store_reopen(folder, &store) &&
                       journal_chain_new(store.state, &chain) == 0;
        *ret_sequence = log_chain().sequence;
        chain = journal_chain_free(chain);
        torture_store_close(&store);
        return is_good;
}

/* The next entry follows the last that is known: an entry that never was is none of those. */
static enum torture_end run_chained(const void *prepared)
{
        const struct log_chain none = {.digest = DECISION_NO_DIGEST};
        _cleanup_(journal_chain_freep) struct journal_chain *chain = NULL;
        struct torture_store store;
        uint64_t written = 7, known;

        torture_store_begin(prepared, &store);
        if (journal_chain_new(store.state, &chain) == 0)
                written = write_entry();
        chain = journal_chain_free(chain);
        torture_store_close(&store);
        log_continue_chain(&none);
        bool is_good = knows_entry(prepared, &known);
        log_continue_chain(&none);
        if (!is_good || written < 7 || written > 8 || known < 7 || known > written)
                return TORTURE_WRONG;
        return known == 8 ? TORTURE_DONE : TORTURE_SHORT;
}

static const struct torture_case cases[] = {
        {"a_store_is_made", run_made, prepare_nothing, torture_folder_release, 40, 23},
        {"what_is_known_stays_known", run_kept, prepare_rows, torture_folder_release, 40, 23},
        {"damage_is_never_missed", run_damaged, prepare_damaged, torture_folder_release, 40, 23},
        {"an_older_store_is_never_missed", run_older, prepare_older, torture_folder_release, 40,
         23},
        {"accepted_is_what_is_told_so", run_accepted, prepare_objection, torture_folder_release, 40,
         23},
        {"a_new_key_seals_all_or_is_none", run_rekeyed, prepare_credentials, release_credentials,
         40, 23},
        {"written_is_what_is_told_so", run_written, prepare_rows, torture_folder_release, 40, 23},
        {"the_chain_goes_on", run_chained, prepare_rows, torture_folder_release, 40, 23},
};
const struct torture_cases torture_state_cases = {cases, ELEMENTSOF(cases)};
