/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state-care.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "io/seal-key.h"
#include "io/store-queue.h"
#include "log.h"
#include "state-files.h"

/* What the thread is asked for, and what it says. */
struct errand {
        struct state *state;
        const char *why; /* static */
};

static int errand_push(struct state *state, const struct store_work *what, store_on_done on_done,
                       void *userdata, struct store_write **ret_write)
{
        struct errand *errand = calloc(1, sizeof(*errand));
        if (!errand)
                return -ENOMEM;

        errand->state = state;
        int r = store_queue_push(state->queue, what, errand, on_done, userdata, ret_write);
        if (r < 0)
                free(errand);
        return r;
}

struct state_report state_care_report(const struct state *state)
{
        return (struct state_report){
                .path = state->files->store,
                .objection = state->files->why,
                .has_credential = seal_key_is_credential() > 0,
                .is_failing = state->is_failing,
                .n_waiting = store_queue_count(state->queue),
        };
}

/* ---- accepting ---- */

static int accept_run(struct store *store, void *work)
{
        const struct errand *errand = work;

        return state_files_accept(errand->state->files);
}

static void accept_finish(int result, void *work)
{
        struct errand *errand = work;
        struct state_files *files = errand->state->files;

        if (result == 0) {
                log_line(LOG_WARNING, "An administrator accepts '%s' as it is: people can sign in",
                         files->store);
                free(files->why);
                files->why = NULL;
        }
        free(errand);
}

static const struct store_work accept_work = {"objection", accept_run, true, accept_finish};

int state_care_accept(struct state *state, store_on_done on_done, void *userdata,
                      struct store_write **ret_write)
{
        return errand_push(state, &accept_work, on_done, userdata, ret_write);
}

/* ---- keys ---- */

static int rekey_run(struct store *store, void *work)
{
        struct errand *errand = work;

        return state_files_rekey(errand->state->files, store, &errand->why);
}

static int resume_run(struct store *store, void *work)
{
        struct errand *errand = work;

        return state_files_drop_old_keys(errand->state->files, store, &errand->why);
}

static void rekey_finish(int result, void *work)
{
        struct errand *errand = work;
        const char *path = errand->state->files->store;

        if (result < 0)
                log_line(LOG_ERR, "Failed to seal '%s' with a new key: %s (%s)", path, errand->why,
                         strerror(-result));
        else
                log_line(LOG_NOTICE, "All of '%s' is sealed with the newest key", path);
        free(errand);
}

static const struct store_work rekey_work = {"key", rekey_run, true, rekey_finish};
static const struct store_work resume_work = {"key", resume_run, true, rekey_finish};

int state_care_rekey(struct state *state, store_on_done on_done, void *userdata,
                     struct store_write **ret_write)
{
        int r = seal_key_is_credential();
        if (r != 0)
                return r < 0 ? r : -EPERM;
        return errand_push(state, &rekey_work, on_done, userdata, ret_write);
}

void state_care_resume(struct state *state)
{
        if (!state->files->has_old_keys)
                return;
        int r = errand_push(state, &resume_work, NULL, NULL, NULL);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to seal '%s' with its newest key: %s, ignoring",
                         state->files->store, strerror(-r));
}
