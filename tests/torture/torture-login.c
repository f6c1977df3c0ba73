/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole login while memory is short, or a call fails: bob's approval never lets alice in, nothing
 * is granted that is not on the disk, and what is good for once is used then. */
#include <string.h>

#include "common/cleanup.h"
#include "io/store-factor.h"
#include "io/store-session.h"
#include "io/store-ticket.h"
#include "tickets.h"
#include "torture-daemon.h"
#include "torture.h"

static void *prepare_alice(void)
{
        return torture_world_new("alice", VISIT_LOGIN);
}

static void *prepare_bob(void)
{
        return torture_world_new("bob", VISIT_LOGIN);
}

static void *prepare_ticket(void)
{
        return torture_world_new("bob", VISIT_TICKET);
}

static void *prepare_code(void)
{
        return torture_world_new("alice", VISIT_CODE);
}

static void *prepare_again(void)
{
        return torture_world_new("bob", VISIT_AGAIN);
}

static void *prepare_admin(void)
{
        return torture_world_new("alice", VISIT_ADMIN);
}

/* ---- what the next daemon knows ---- */

/* The session that was granted, and opened. */
static bool has_session(const struct state *state, const char *type)
{
        for (const struct session_record *session = NULL;
             (session = store_mirror_next(state->sessions, session));)
                if (strcmp(session->id, "s1") != 0 && strcmp(session->type, type) == 0 &&
                    strcmp(session->account, "alice") == 0)
                        return true;
        return false;
}

static bool has_login(const struct torture_world *world, const struct state *state)
{
        return has_session(state, "device");
}

static bool has_used_ticket(const struct torture_world *world, const struct state *state)
{
        const struct ticket_record *ticket = tickets_find(state, world->ticket);

        return has_session(state, "ticket") && ticket && ticket->n_uses == 1;
}

static bool has_used_code(const struct torture_world *world, const struct state *state)
{
        const struct factor_record *factor = store_mirror_get(state->factors, "f1");

        return has_session(state, "device") && factor && factor->last_step > 0;
}

/* What was there before answers for it. */
static bool has_basis(const struct torture_world *world, const struct state *state)
{
        const struct session_record *session = store_mirror_get(state->sessions, "s1");

        return session && session->ended_at_sec == 0;
}

static bool is_kept(const struct torture_world *world,
                    bool (*has)(const struct torture_world *world, const struct state *state))
{
        struct torture_store store;

        if (!torture_store_reopen(world->folder, &store))
                return false;
        bool is_there = !state_objection(store.state) && has(world, store.state);
        torture_store_close(&store);
        return is_there;
}

/* ---- how it ended ---- */

/* Which word is right, and which would be worse than an error. */
static enum torture_end judge(enum torture_word word, enum torture_word right, const char *wrong)
{
        if (word == right)
                return TORTURE_DONE;
        return strchr(wrong, (char)word) ? TORTURE_WRONG : TORTURE_SHORT;
}

static enum torture_end run_granted(const struct torture_world *world,
                                    bool (*has)(const struct torture_world *world,
                                                const struct state *state))
{
        enum torture_word word = torture_daemon_visit(world);

        if ((word == WORD_GRANTED || word == WORD_BARE) && !is_kept(world, has))
                return TORTURE_WRONG;
        return judge(word, WORD_GRANTED, "wo");
}

static enum torture_end run_login(const void *prepared)
{
        return run_granted(prepared, has_login);
}

static enum torture_end run_ticket(const void *prepared)
{
        return run_granted(prepared, has_used_ticket);
}

static enum torture_end run_code(const void *prepared)
{
        return run_granted(prepared, has_used_code);
}

static enum torture_end run_again(const void *prepared)
{
        return run_granted(prepared, has_basis);
}

static enum torture_end run_refused(const void *prepared)
{
        return judge(torture_daemon_visit(prepared), WORD_REFUSED, "gbwo");
}

static enum torture_end run_administered(const void *prepared)
{
        return judge(torture_daemon_visit(prepared), WORD_GRANTED, "rbwo");
}

/* The others go most of alice's way: what is new to them comes along often enough. */
static const struct torture_case cases[] = {
        {"alice_logs_in", run_login, prepare_alice, torture_world_release, 100, 41},
        {"bob_never_lets_alice_in", run_refused, prepare_bob, torture_world_release, 100, 41},
        {"a_ticket_lets_alice_in_once", run_ticket, prepare_ticket, torture_world_release, 25, 97},
        {"a_code_goes_beside_the_approval", run_code, prepare_code, torture_world_release, 25, 97},
        {"an_earlier_proof_is_enough", run_again, prepare_again, torture_world_release, 25, 97},
        {"badgectl_is_answered", run_administered, prepare_admin, torture_world_release, 25, 97},
};
const struct torture_cases torture_login_cases = {cases, ELEMENTSOF(cases)};
