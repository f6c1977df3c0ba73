/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-id128.h>

#include "io/store-tables.h"
#include "io/store.h"
#include "log.h"
#include "state-files.h"

/* Most rows of each table. Sessions: more than are open at once, for those that ended stay until
 * their tokens are revoked. */
#define PEOPLE_MAX    65536
#define SESSIONS_MOST 20000
#define SECRETS_MAX   20000
#define THROTTLES_MAX 65536
#define FACTS_MAX     1024

#define SETTLE_AFTER_USEC UINT64_C(10000000)

#define SENTENCE_OBJECTION \
        "What this host knows of its accounts is in doubt. An administrator has to look at it."

const char *state_folder(void)
{
        const char *named = secure_getenv("STATE_DIRECTORY");

        return named && *named ? named : STATE_FOLDER;
}

int state_new_id(char ret_id[STATE_ID_DIGITS + 1])
{
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)snprintf(ret_id, STATE_ID_DIGITS + 1, "%0*llx", STATE_ID_DIGITS,
                       (unsigned long long)random.qwords[0]);
        return 0;
}

const char *state_objection(const struct state *state)
{
        return state->files->why ? SENTENCE_OBJECTION : NULL;
}

/* ---- reading ---- */

struct mirrored {
        const struct table *table;
        size_t max_rows;
        struct store_mirror **mirror;
};

#define MIRRORED_MAX 7

static void list_mirrors(struct state *state, struct mirrored ret_list[MIRRORED_MAX])
{
        const struct mirrored list[MIRRORED_MAX] = {
                {&account_table, PEOPLE_MAX, &state->accounts},
                {&identity_table, PEOPLE_MAX, &state->identities},
                {&session_table, SESSIONS_MOST, &state->sessions},
                {&ticket_table, SECRETS_MAX, &state->tickets},
                {&factor_table, SECRETS_MAX, &state->factors},
                {&throttle_table, THROTTLES_MAX, &state->throttles},
                {&fact_table, FACTS_MAX, &state->facts},
        };

        memcpy(ret_list, list, sizeof(list));
}

static int read_tables(struct state *state, struct store *store)
{
        struct mirrored list[MIRRORED_MAX];
        int r = 0;

        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX && r == 0; i++)
                r = store_mirror_new(store, list[i].table, list[i].max_rows, list[i].mirror);
        if (r < 0)
                log_line(LOG_ERR, "Failed to read '%s': %s", state->files->store, strerror(-r));
        return r;
}

/* ---- writing ---- */

/* One line when it begins: where one write fails, thousands may. */
static void on_failure(const char *name, int result, void *userdata)
{
        struct state *state = userdata;

        if (!state->is_failing)
                log_line(LOG_ERR, "Failed to write '%s' of '%s': %s", name, state->files->store,
                         strerror(-result));
        state->is_failing = true;
}

static int start_writing(struct state *state, sd_event *event, struct store *store)
{
        struct mirrored list[MIRRORED_MAX];

        int r = store_queue_new(event, store, &state->queue);
        if (r < 0) {
                log_line(LOG_ERR, "Failed to start writing '%s': %s", state->files->store,
                         strerror(-r));
                return r;
        }
        store_queue_on_failure(state->queue, on_failure, state);
        store_queue_settle_with(state->queue, SETTLE_AFTER_USEC, state_files_settle, state->files);
        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX; i++)
                store_mirror_attach(*list[i].mirror, state->queue);
        return 0;
}

/* ---- the whole ---- */

int state_new(sd_event *event, const char *folder, struct state **ret_state)
{
        _cleanup_(state_freep) struct state *state = calloc(1, sizeof(*state));
        _cleanup_(store_closep) struct store *store = NULL;

        if (!state)
                return -ENOMEM;
        int r = state_files_open(folder, &state->files, &store);
        if (r < 0)
                return r;
        r = read_tables(state, store);
        if (r < 0)
                return r;
        r = start_writing(state, event, TAKE_PTR(store));
        if (r < 0)
                return r;
        if (state->files->why)
                log_line(LOG_ALERT,
                         "Nobody can sign in until an administrator has looked at '%s' (badgectl "
                         "store status): %s",
                         state->files->store, state->files->why);
        *ret_state = TAKE_PTR(state);
        return 0;
}

struct state *state_free(struct state *state)
{
        struct mirrored list[MIRRORED_MAX];

        if (!state)
                return NULL;
        (void)store_queue_free(state->queue);
        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX; i++)
                (void)store_mirror_free(*list[i].mirror);
        (void)state_files_free(state->files);
        free(state);
        return NULL;
}
