/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who has which account, and who has to wait, over a store that fails: nobody gets an account that
 * is another's, and a lock that an administrator was told of holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "bindings.h"
#include "common/cleanup.h"
#include "identities.h"
#include "throttling.h"
#include "torture-folder.h"
#include "torture-rows.h"
#include "torture.h"

#define ISSUER  "https://id.example"
#define NOW_SEC 1800000000

/* ---- what is there before ---- */

struct people {
        struct torture_folder *folder;
        struct identity *bob, *carol;
};

static struct identity *make_identity(const char *body)
{
        struct identity *identity = NULL;
        const char *why;

        return identity_new_from_userinfo("corp", ISSUER, "sub", body, strlen(body), &identity,
                                          &why) == 0
                       ? identity
                       : NULL;
}

static void *prepare_people(void)
{
        struct people *people = calloc(1, sizeof(*people));

        if (!people)
                return NULL;
        people->folder = torture_folder_filled(torture_rows_put);
        people->bob = make_identity("{\"sub\":\"bobs\",\"preferred_username\":\"bob\"}");
        people->carol = make_identity("{\"sub\":\"carols\",\"preferred_username\":\"bob\"}");
        return people->folder && people->bob && people->carol ? people : NULL;
}

static void release_people(void *prepared)
{
        struct people *people = prepared;

        torture_folder_release(people->folder);
        (void)identity_free(people->bob);
        (void)identity_free(people->carol);
        free(people);
}

/* ---- logins ---- */

static const struct account_verdict by_claim = {
        .allowed = true, .rule = ACCOUNT_RULE_CLAIM, .claim = "preferred_username"};

static struct binding_claim claim_of(const struct identity *identity, const char *account,
                                     uid_t uid)
{
        return (struct binding_claim){.account = account,
                                      .uid = uid,
                                      .identity = identity,
                                      .verdict = &by_claim,
                                      .name_claim = "preferred_username",
                                      .now_sec = NOW_SEC};
}

static bool is_let_in(struct torture_store *store, const struct identity *identity,
                      const char *account, uid_t uid)
{
        const struct binding_claim claim = claim_of(identity, account, uid);

        return !binding_is_refusal(bindings_decide(store->state, &claim));
}

/* As a login does: 0 when it may be granted as soon as all of it is on the disk. */
static int bind_bob(struct torture_store *store, const struct people *people)
{
        const struct binding_claim claim = claim_of(people->bob, "bob", 1001);
        const char *id;

        enum binding binding = bindings_decide(store->state, &claim);
        int r = accounts_meet(store->state, "bob", 1001, NOW_SEC);
        if (r == 0)
                r = bindings_make(store->state, &claim, binding, &id);
        return r;
}

static bool is_bobs_alone(struct torture_store *store, const struct people *people)
{
        return !is_let_in(store, people->carol, "bob", 1001) &&
               !is_let_in(store, people->bob, "bob", 1002) &&
               !is_let_in(store, people->bob, "alice", 1000) &&
               is_let_in(store, people->bob, "bob", 1001);
}

/* Once somebody is bound, in memory at once and on the disk as soon as it was told. */
static enum torture_end run_bound(const void *prepared)
{
        const struct people *people = prepared;
        struct torture_store store;

        torture_store_begin(people->folder, &store);
        int r = bind_bob(&store, people);
        bool is_wrong = r == 0 && !is_bobs_alone(&store, people);
        torture_store_settle(&store);
        bool is_safe = !store.state->is_failing && store_queue_count(store.state->queue) == 0;
        torture_store_close(&store);
        if (!torture_store_reopen(people->folder, &store))
                return TORTURE_WRONG;
        is_wrong = is_wrong || is_let_in(&store, people->carol, "alice", 1000) ||
                   (r == 0 && is_safe && !is_bobs_alone(&store, people));
        torture_store_close(&store);
        if (is_wrong)
                return TORTURE_WRONG;
        return r == 0 && is_safe ? TORTURE_DONE : TORTURE_SHORT;
}

/* ---- administrators ---- */

static bool is_locked(const struct torture_store *store)
{
        const char *detail, *sentence;

        return accounts_objection(store->state, "alice", 1000, &detail, &sentence);
}

static enum torture_end run_locked(const void *prepared)
{
        const struct people *people = prepared;
        const struct account_lock lock = {"alice", "root", "lost the phone", NOW_SEC};
        struct torture_store store;
        int result = TORTURE_PENDING;

        torture_store_begin(people->folder, &store);
        int r = accounts_lock(store.state, &lock, torture_on_done, &result, NULL);
        bool is_wrong = r == 0 && !is_locked(&store);
        if (r == 0)
                torture_store_wait(&store, &result);
        is_wrong = is_wrong || (result == 0 && !is_locked(&store));
        torture_store_close(&store);
        if (!torture_store_reopen(people->folder, &store))
                return TORTURE_WRONG;
        is_wrong = is_wrong || (result != TORTURE_PENDING && is_locked(&store) != (result == 0));
        torture_store_close(&store);
        if (is_wrong)
                return TORTURE_WRONG;
        return result == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

static int put(struct torture_store *store, int r, int *result)
{
        if (r == 0)
                torture_store_wait(store, result);
        return r;
}

/* carol is linked to alice's account, and taken from it again. */
static enum torture_end run_linked(const void *prepared)
{
        const struct people *people = prepared;
        const struct identity_link link = {"alice", "corp", ISSUER, "carols", false, NOW_SEC};
        struct torture_store store;
        int linked = TORTURE_PENDING, unlinked = TORTURE_PENDING;

        torture_store_begin(people->folder, &store);
        (void)put(&store, identities_link(store.state, &link, torture_on_done, &linked, NULL),
                  &linked);
        const struct identity_record *carol = identities_find(store.state, ISSUER, "carols");
        bool is_wrong = linked == 0 && !is_let_in(&store, people->carol, "alice", 1000);
        if (linked == 0 && carol)
                (void)put(
                        &store,
                        identities_unlink(store.state, carol->id, torture_on_done, &unlinked, NULL),
                        &unlinked);
        torture_store_close(&store);
        if (!torture_store_reopen(people->folder, &store))
                return TORTURE_WRONG;
        if (unlinked == 0 || (linked < 0 && linked != TORTURE_PENDING))
                is_wrong = is_wrong || is_let_in(&store, people->carol, "alice", 1000);
        torture_store_close(&store);
        if (is_wrong)
                return TORTURE_WRONG;
        return unlinked == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* What was refused carol becomes hers by an administrator's word, and by nothing else. */
static enum torture_end run_accepted(const void *prepared)
{
        const struct people *people = prepared;
        struct torture_store store;
        int result = TORTURE_PENDING;

        torture_store_begin(people->folder, &store);
        bool is_wrong = is_let_in(&store, people->carol, "alice", 1000);
        const struct identity_record *carol = identities_find(store.state, ISSUER, "carols");
        if (carol)
                (void)put(&store,
                          identities_accept(store.state, carol->id, torture_on_done, &result, NULL),
                          &result);
        torture_store_close(&store);
        if (!torture_store_reopen(people->folder, &store))
                return TORTURE_WRONG;
        bool is_in = is_let_in(&store, people->carol, "alice", 1000);
        torture_store_close(&store);
        if (is_wrong || (result != TORTURE_PENDING && is_in != (result == 0)) || (!carol && is_in))
                return TORTURE_WRONG;
        return result == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* ---- whoever fails ---- */

/* Whatever becomes of the writes, it counts as long as this daemon runs. */
static enum torture_end run_throttled(const void *prepared)
{
        const struct people *people = prepared;
        struct torture_store store;

        torture_store_begin(people->folder, &store);
        for (unsigned i = 0; i < 3; i++)
                throttling_note(store.state, "alice", "192.0.2.7", LOGIN_REFUSED, NOW_SEC);
        bool must_wait = throttling_wait_sec(store.state, "alice", "192.0.2.7", NOW_SEC) > 0;
        bool is_wrong = throttling_wait_sec(store.state, "bob", "192.0.2.7", NOW_SEC) > 0;
        torture_store_settle(&store);
        bool has_forgotten = must_wait &&
                             throttling_wait_sec(store.state, "alice", "192.0.2.7", NOW_SEC) == 0;
        torture_store_close(&store);
        if (!torture_store_reopen(people->folder, &store))
                return TORTURE_WRONG;
        bool must_wait_yet = throttling_wait_sec(store.state, "alice", "192.0.2.7", NOW_SEC) > 0;
        torture_store_close(&store);
        if (is_wrong || has_forgotten)
                return TORTURE_WRONG;
        return must_wait && must_wait_yet ? TORTURE_DONE : TORTURE_SHORT;
}

static const struct torture_case cases[] = {
        {"a_bound_account_is_nobody_elses", run_bound, prepare_people, release_people, 0, 0},
        {"locked_is_what_is_told_so", run_locked, prepare_people, release_people, 0, 0},
        {"linked_as_long_as_it_is_told_so", run_linked, prepare_people, release_people, 0, 0},
        {"accepted_by_an_administrator_alone", run_accepted, prepare_people, release_people, 0, 0},
        {"whoever_fails_has_to_wait", run_throttled, prepare_people, release_people, 0, 0},
};
const struct torture_cases torture_people_cases = {cases, ELEMENTSOF(cases)};
