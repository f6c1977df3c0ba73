/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions over a store of their own: claimed once and in time, ended when they are due, and after
 * a restart what they were. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/store-account.h"
#include "own-folder.h"
#include "sessions.h"
#include "state.h"
#include "token-store.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define PENDING       4711
#define DUE_MAX       4

struct due {
        char id[STATE_ID_DIGITS + 1];
        enum session_end how;
};

struct world {
        char folder[32];
        sd_event *event;
        struct state *state;
        struct sessions *sessions;
        struct due due[DUE_MAX]; /* what the listener was told of, and ended */
        size_t n_due;
};

static void on_due(const struct session_record *session, enum session_end how, void *userdata)
{
        struct world *world = userdata;

        assert_true(world->n_due < DUE_MAX);
        strcpy(world->due[world->n_due].id, session->id);
        world->due[world->n_due++].how = how;
        assert_int_equal(sessions_end(world->sessions, session->id, how, 0, NULL, NULL, NULL), 0);
}

static void world_open(struct world *world)
{
        const struct sessions_listener listener = {on_due, world};

        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        assert_int_equal(
                sessions_new(world->event, world->state->sessions, &listener, &world->sessions), 0);
}

static void world_close(struct world *world)
{
        world->sessions = sessions_free(world->sessions);
        world->state = state_free(world->state);
}

static void world_restart(struct world *world)
{
        world_close(world);
        world_open(world);
}

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));
        const struct account_record alice = {.name = TEXT("alice"), .uid = 1000};

        assert_non_null(world);
        assert_int_equal(setenv("BADGED_BOOT", "0123456789abcdef0123456789abcdef", 1), 0);
        strcpy(world->folder, "/tmp/sessions-XXXXXX");
        assert_non_null(own_folder_make(world->folder));
        assert_int_equal(sd_event_new(&world->event), 0);
        world_open(world);
        assert_int_equal(store_mirror_put(world->state->accounts, &alice, NULL, NULL, NULL), 0);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        world_close(world);
        sd_event_unref(world->event);
        own_folder_remove(world->folder);
        free(world);
        return 0;
}

/* Granted so long ago. */
static void grant(struct world *world, const char *id, uint64_t ago_sec, uint64_t expires_in_sec)
{
        uint64_t now_sec = sessions_now_sec(world->sessions);
        const struct session_record granted = {
                .id = (char *)id,
                .account = TEXT("alice"),
                .type = TEXT("device"),
                .service = TEXT("sshd"),
                .created_at_sec = now_sec - ago_sec,
                .expires_at_sec = expires_in_sec > 0 ? now_sec - ago_sec + expires_in_sec : 0,
        };
        assert_int_equal(sessions_add(world->sessions, &granted, NULL, NULL, NULL), 0);
}

static int claim(struct world *world, const char *id, const char *account)
{
        const struct session_claim told = {account, 1000, "boot/audit/7"};

        return sessions_claim(world->sessions, id, &told, NULL, NULL, NULL);
}

/* Runs the loop until nothing is left to write. */
static void settle(struct world *world)
{
        while (store_queue_count(world->state->queue) > 0)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
}

/* ---- tests ---- */

static void a_login_is_claimed_once_by_its_account(void **state)
{
        struct world *world = *state;

        grant(world, "a", 0, 0);
        assert_int_equal(claim(world, "a", "bob"), -ENOENT);
        assert_int_equal(claim(world, "b", "alice"), -ENOENT);
        assert_false(session_is_open(sessions_get(world->sessions, "a")));
        assert_int_equal(sessions_count(world->sessions), 0);
        assert_int_equal(claim(world, "a", "alice"), 0);
        assert_int_equal(claim(world, "a", "alice"), -ENOENT);
        assert_true(session_is_open(sessions_get(world->sessions, "a")));
        assert_int_equal(sessions_count(world->sessions), 1);
}

static void a_claim_outlives_a_restart(void **state)
{
        struct world *world = *state;

        grant(world, "a", 0, 0);
        grant(world, "b", 0, 0);
        assert_int_equal(claim(world, "a", "alice"), 0);
        world_restart(world);
        assert_int_equal(claim(world, "a", "alice"), -ENOENT);
        const struct session_record *session = sessions_get(world->sessions, "a");
        assert_non_null(session);
        assert_string_equal(session->login_session, "boot/audit/7");
        assert_int_equal(session->uid, 1000);
        assert_int_equal(claim(world, "b", "alice"), 0);
}

/* A copy may be older than the end: what makes room for another session ends one, too. */
static void a_change_brings_nothing_back(void **state)
{
        struct world *world = *state;

        for (unsigned i = 0; i < 2; i++) {
                grant(world, "a", 0, 0);
                assert_int_equal(claim(world, "a", "alice"), 0);
                struct session_record changed = *sessions_get(world->sessions, "a");
                uint64_t revoke_until_sec = i * (sessions_now_sec(world->sessions) + 60);
                assert_int_equal(sessions_end(world->sessions, "a", SESSION_CROWDED_OUT,
                                              revoke_until_sec, NULL, NULL, NULL),
                                 0);
                sessions_change(world->sessions, &changed);
                assert_null(sessions_get(world->sessions, "a"));
                world_restart(world);
                assert_null(sessions_get(world->sessions, "a"));
        }
}

static void a_login_waits_two_minutes_for_its_claim(void **state)
{
        struct world *world = *state;

        grant(world, "late", SESSION_CLAIM_SEC + 1, 0);
        grant(world, "early", SESSION_CLAIM_SEC - 5, 0);
        assert_int_equal(claim(world, "late", "alice"), -ENOENT);
        assert_int_equal(claim(world, "early", "alice"), 0);
        sessions_start(world->sessions);
        assert_int_equal(world->n_due, 1);
        assert_string_equal(world->due[0].id, "late");
        assert_int_equal(world->due[0].how, SESSION_UNCLAIMED);
}

static void the_loop_ends_what_is_due(void **state)
{
        struct world *world = *state;

        grant(world, "a", SESSION_CLAIM_SEC, 0); /* due in a second */
        while (world->n_due == 0)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
        assert_int_equal(world->due[0].how, SESSION_UNCLAIMED);
        assert_null(sessions_get(world->sessions, "a"));
}

static void a_session_ends_with_its_time(void **state)
{
        struct world *world = *state;

        grant(world, "long", 10, 3600);
        grant(world, "over", 100, 105);
        assert_int_equal(claim(world, "long", "alice"), 0);
        assert_int_equal(claim(world, "over", "alice"), 0);
        struct session_record changed = *sessions_get(world->sessions, "over");
        changed.expires_at_sec = sessions_now_sec(world->sessions) - 1;
        sessions_change(world->sessions, &changed);
        world_restart(world);
        sessions_start(world->sessions);
        assert_int_equal(world->n_due, 1);
        assert_string_equal(world->due[0].id, "over");
        assert_int_equal(world->due[0].how, SESSION_EXPIRED);
}

static void a_login_of_a_short_session_cannot_be_claimed_after_it(void **state)
{
        struct world *world = *state;

        grant(world, "a", 70, 60);
        assert_int_equal(claim(world, "a", "alice"), -ENOENT);
}

static void a_boot_ends_sessions_but_no_login_that_waits(void **state)
{
        struct world *world = *state;

        grant(world, "open", 0, 0);
        grant(world, "waiting", 0, 0);
        assert_int_equal(claim(world, "open", "alice"), 0);
        world_close(world);
        assert_int_equal(setenv("BADGED_BOOT", "fedcba9876543210fedcba9876543210", 1), 0);
        world_open(world);
        sessions_start(world->sessions);
        assert_int_equal(world->n_due, 1);
        assert_string_equal(world->due[0].id, "open");
        assert_int_equal(world->due[0].how, SESSION_VANISHED);
        assert_non_null(sessions_get(world->sessions, "waiting"));
}

static void the_oldest_makes_room(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];

        for (unsigned n = 0; n < SESSIONS_MAX; n++) {
                (void)snprintf(id, sizeof(id), "%016x", n);
                grant(world, id, 0, 0);
                if (n % 1000 == 0)
                        settle(world);
        }
        assert_int_equal(world->n_due, 0);
        grant(world, "one-more", 0, 0);
        assert_int_equal(world->n_due, 1);
        assert_string_equal(world->due[0].id, "0000000000000000");
        assert_int_equal(world->due[0].how, SESSION_CROWDED_OUT);
        assert_non_null(sessions_get(world->sessions, "one-more"));
        settle(world);
}

static void what_has_ended_stays_until_its_tokens_are_revoked(void **state)
{
        struct world *world = *state;
        uint64_t until_sec = sessions_now_sec(world->sessions) + 3600;

        grant(world, "a", 0, 0);
        grant(world, "b", 0, 0);
        assert_int_equal(claim(world, "a", "alice"), 0);
        assert_int_equal(
                sessions_end(world->sessions, "a", SESSION_CLOSED, until_sec, NULL, NULL, NULL), 0);
        assert_int_equal(sessions_end(world->sessions, "a", SESSION_CLOSED, 0, NULL, NULL, NULL),
                         -ENOENT);
        sessions_forget(world->sessions, "b"); /* it has not ended */
        world_restart(world);
        assert_null(sessions_get(world->sessions, "a"));
        assert_int_equal(claim(world, "a", "alice"), -ENOENT);
        assert_non_null(sessions_get(world->sessions, "b"));
        const struct session_record *ended = sessions_next_ended(world->sessions, NULL);
        assert_non_null(ended);
        assert_string_equal(ended->end_reason, session_end_reason(SESSION_CLOSED));
        assert_int_equal(ended->revoke_until_sec, until_sec);
        assert_null(sessions_next_ended(world->sessions, ended));
        sessions_forget(world->sessions, "a");
        world_restart(world);
        assert_null(sessions_next_ended(world->sessions, NULL));
}

static void the_last_use_is_known(void **state)
{
        struct world *world = *state;
        uint64_t now_sec = sessions_now_sec(world->sessions);

        grant(world, "a", 90, 0);
        assert_int_equal(claim(world, "a", "alice"), 0);
        struct session_record changed = *sessions_get(world->sessions, "a");
        changed.used_at_sec = now_sec - 30;
        sessions_change(world->sessions, &changed);
        sessions_note_use(world->sessions, "a", NULL);
        assert_int_equal(sessions_get(world->sessions, "a")->used_at_sec, now_sec - 30);
        sessions_note_use(world->sessions, "a", "192.0.2.7");
        assert_true(sessions_get(world->sessions, "a")->used_at_sec >= now_sec);
        assert_string_equal(sessions_get(world->sessions, "a")->used_from, "192.0.2.7");
        changed = *sessions_get(world->sessions, "a");
        changed.used_at_sec = now_sec - 61;
        sessions_change(world->sessions, &changed);
        sessions_note_use(world->sessions, "a", "192.0.2.7");
        assert_true(sessions_get(world->sessions, "a")->used_at_sec >= now_sec);
        sessions_note_use(world->sessions, "none", NULL);
        settle(world);
}

/* ---- tokens in the rows ---- */

static struct token_record tokens_of(const char *access, const char *refresh)
{
        return (struct token_record){
                .provider = TEXT("corp"),
                .issuer = TEXT("https://id.example"),
                .subject = TEXT("s"),
                .scope = TEXT("openid"),
                .access_token = secret_new_text(access),
                .refresh_token = secret_new_text(refresh),
                .granted_at_sec = 1000,
                .expires_at_sec = 1300,
        };
}

static void tokens_finish(struct token_record *tokens)
{
        tokens->access_token = secret_free(tokens->access_token);
        tokens->refresh_token = secret_free(tokens->refresh_token);
}

static void on_done(int result, void *userdata)
{
        *(int *)userdata = result;
}

static void new_tokens_are_in_the_row_when_it_is_said(void **state)
{
        struct world *world = *state;
        _cleanup_(token_store_freep) struct token_store *store = NULL;
        _cleanup_(store_write_freep) struct store_write *write = NULL;
        _cleanup_record_ struct token_record found = {0}, again = {0};
        struct token_record tokens = tokens_of("access", "refresh");
        int result = PENDING;

        grant(world, "a", 0, 0);
        assert_int_equal(token_store_new(world->state->sessions, &store), 0);
        assert_int_equal(token_store_put(store, "a", &tokens, NULL, NULL, NULL), -ENOENT);
        assert_int_equal(token_store_adopt(store, "b", NULL), -ENOENT);
        assert_int_equal(token_store_adopt(store, "a", NULL), 0);
        assert_int_equal(token_store_put(store, "a", &tokens, on_done, &result, &write), 0);
        assert_int_equal(token_store_get(store, "a", &found), 0);
        assert_string_equal(secret_bytes(found.access_token), "access");
        while (result == PENDING)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
        assert_int_equal(result, 0);
        write = store_write_free(write);
        store = token_store_free(store);
        world_restart(world);
        assert_int_equal(token_store_new(world->state->sessions, &store), 0);
        assert_int_equal(token_store_get(store, "a", &again), -ENOENT);
        assert_int_equal(token_store_adopt(store, "a", NULL), 0);
        assert_int_equal(token_store_get(store, "a", &again), 0);
        assert_null(again.access_token);
        assert_string_equal(secret_bytes(again.refresh_token), "refresh");
        tokens_finish(&tokens);
}

static void tokens_have_a_size_that_they_may_have(void **state)
{
        struct world *world = *state;
        _cleanup_(token_store_freep) struct token_store *store = NULL;
        _cleanup_free_ char *text = malloc(TOKEN_RECORD_MAX_BYTES + 1);
        struct session_record session = {0};

        assert_non_null(text);
        memset(text, 'x', TOKEN_RECORD_MAX_BYTES);
        text[TOKEN_RECORD_MAX_BYTES] = '\0';
        struct token_record tokens = tokens_of(text, "refresh");
        grant(world, "a", 0, 0);
        assert_int_equal(token_store_new(world->state->sessions, &store), 0);
        assert_int_equal(token_store_lend(store, &tokens, &session), -E2BIG);
        assert_int_equal(token_store_adopt(store, "a", tokens.access_token), 0);
        assert_int_equal(token_store_put(store, "a", &tokens, NULL, NULL, NULL), -E2BIG);
        tokens_finish(&tokens);
}

static void tokens_have_room_together(void **state)
{
        struct world *world = *state;
        _cleanup_(token_store_freep) struct token_store *store = NULL;
        struct token_record tokens = tokens_of("access", "refresh");
        _cleanup_secret_ struct secret *large = NULL;
        _cleanup_free_ char *text = malloc(TOKEN_RECORD_MAX_BYTES);
        struct session_record session = {0};
        char id[STATE_ID_DIGITS + 1];
        size_t n = 0;
        int r;

        assert_non_null(text);
        memset(text, 'x', TOKEN_RECORD_MAX_BYTES - 1);
        text[TOKEN_RECORD_MAX_BYTES - 1] = '\0';
        large = secret_new_text(text);
        assert_int_equal(token_store_new(world->state->sessions, &store), 0);
        do {
                (void)snprintf(id, sizeof(id), "%016zx", n++);
                grant(world, id, 0, 0);
                r = token_store_adopt(store, id, large);
        } while (r == 0 && n < SESSIONS_MAX);
        assert_int_equal(r, -ENOSPC);
        assert_int_equal(n, TOKEN_STORE_MAX_BYTES / (TOKEN_RECORD_MAX_BYTES - 1) + 1);
        assert_int_equal(token_store_lend(store, &tokens, &session), 0);
        token_store_drop(store, "0000000000000000");
        assert_int_equal(token_store_adopt(store, id, large), 0);
        tokens_finish(&tokens);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_login_is_claimed_once_by_its_account, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_claim_outlives_a_restart, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_change_brings_nothing_back, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_login_waits_two_minutes_for_its_claim, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(the_loop_ends_what_is_due, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_session_ends_with_its_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        a_login_of_a_short_session_cannot_be_claimed_after_it, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_boot_ends_sessions_but_no_login_that_waits,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_oldest_makes_room, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_has_ended_stays_until_its_tokens_are_revoked,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_last_use_is_known, set_up, tear_down),
                cmocka_unit_test_setup_teardown(new_tokens_are_in_the_row_when_it_is_said, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(tokens_have_a_size_that_they_may_have, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(tokens_have_room_together, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
