/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Second factors over a store of their own: codes that count once, guesses that count against them,
 * and how one comes about. The codes are liboath's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <liboath/oath.h>

#include "common/cleanup.h"
#include "enrolments.h"
#include "factors.h"
#include "io/store-account.h"
#include "own-folder.h"
#include "state.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define STEP          UINT64_C(59000000)
#define NOW_SEC       (STEP * 30)
#define NOW_USEC      UINT64_C(1000000000)
#define UID           1000
#define PENDING       4711

struct world {
        char folder[32];
        sd_event *event;
        struct state *state;
        struct enrolments *enrolments;
};

static void world_open(struct world *world)
{
        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        assert_int_equal(enrolments_new(world->state, &world->enrolments), 0);
}

static void world_close(struct world *world)
{
        world->enrolments = enrolments_free(world->enrolments);
        world->state = state_free(world->state);
}

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));
        const struct account_record alice = {.name = TEXT("alice"), .uid = UID};
        const struct account_record bob = {.name = TEXT("bob"), .uid = UID + 1};

        assert_non_null(world);
        strcpy(world->folder, "/tmp/factors-XXXXXX");
        assert_non_null(own_folder_make(world->folder));
        assert_int_equal(sd_event_new(&world->event), 0);
        world_open(world);
        assert_int_equal(store_mirror_put(world->state->accounts, &alice, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->state->accounts, &bob, NULL, NULL, NULL), 0);
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

static void on_done(int result, void *userdata)
{
        *(int *)userdata = result;
}

static int finish(struct world *world, const int *result)
{
        while (*result == PENDING)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
        return *result;
}

/* The code of that step. */
static struct secret *code(const char *secret, size_t size, uint64_t step)
{
        char text[7];

        assert_int_equal(oath_hotp_generate(secret, size, step, 6, false,
                                            OATH_HOTP_DYNAMIC_TRUNCATION, text),
                         OATH_OK);
        return secret_new_text(text);
}

/* Asks for the account by the code that this secret has at now_sec + offset_sec; what is right is
 * waited for. */
static enum factor_answer ask(struct world *world, const char *account, const char *secret,
                              uint64_t now_sec, int64_t offset_sec)
{
        _cleanup_secret_ struct secret *typed = code(secret, strlen(secret),
                                                     (now_sec + (uint64_t)offset_sec) / 30);
        const struct factor_question question = {
                .account = account,
                .origin = "192.0.2.7",
                .code = typed,
                .typed_at_sec = now_sec,
                .now_sec = now_sec,
        };
        enum factor_answer answer = FACTOR_RIGHT;
        int result = PENDING;

        int r = factors_check(world->state, &question, on_done, &result, NULL, &answer);
        assert_true(r >= 0);
        if (r == 0)
                return answer;
        assert_int_equal(answer, FACTOR_RIGHT);
        assert_int_equal(finish(world, &result), 0);
        return FACTOR_RIGHT;
}

static void add(struct world *world, const char *id, const char *account, const char *secret)
{
        _cleanup_secret_ struct secret *shared = secret_new_text(secret);
        const struct factor_record factor = {
                .id = TEXT(id),
                .account = TEXT(account),
                .type = TEXT("totp"),
                .name = TEXT("phone"),
                .created_at_sec = 1,
                .confirmed_at_sec = 1,
                .shared_secret = shared,
        };

        assert_int_equal(store_mirror_put(world->state->factors, &factor, NULL, NULL, NULL), 0);
}

static void reopen(struct world *world)
{
        world_close(world);
        world_open(world);
}

/* ---- codes ---- */

static void a_code_counts_once(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_RIGHT);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_REPLAYED);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, -30), FACTOR_REPLAYED);
        reopen(world);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 29, -29), FACTOR_REPLAYED);
        const struct factor_record *factor = factors_next(world->state, "alice", NULL);
        assert_int_equal(factor->last_step, STEP);
        assert_int_equal(factor->used_at_sec, NOW_SEC);
        assert_string_equal(factor->used_from, "192.0.2.7");
}

static void of_two_that_bring_the_same_code_one_is_let_in(void **state)
{
        struct world *world = *state;
        _cleanup_secret_ struct secret *typed = code("one", 3, STEP);
        const struct factor_question question = {"alice", NULL, typed, NOW_SEC, NOW_SEC};
        enum factor_answer answer = FACTOR_RIGHT;
        int first = PENDING, second = PENDING;

        add(world, "f1", "alice", "one");
        assert_int_equal(factors_check(world->state, &question, on_done, &first, NULL, &answer), 1);
        assert_int_equal(first, PENDING);
        assert_int_equal(factors_check(world->state, &question, on_done, &second, NULL, &answer),
                         0);
        assert_int_equal(answer, FACTOR_REPLAYED);
        assert_int_equal(finish(world, &first), 0);
        assert_int_equal(second, PENDING);
}

static void a_code_is_of_its_own_account(void **state)
{
        struct world *world = *state;

        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_ABSENT);
        add(world, "f1", "bob", "one");
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_ABSENT);
        add(world, "f2", "alice", "two");
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_WRONG);
        assert_int_equal(ask(world, "bob", "one", NOW_SEC, 0), FACTOR_RIGHT);
}

static void each_factor_of_an_account_will_do(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        add(world, "f2", "alice", "two");
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_RIGHT);
        assert_int_equal(ask(world, "alice", "two", NOW_SEC, 0), FACTOR_RIGHT);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_REPLAYED);
        assert_int_equal(ask(world, "alice", "two", NOW_SEC, 0), FACTOR_REPLAYED);
        assert_int_equal(factors_count(world->state, "alice"), 2);
        assert_false(factors_has(world->state, "bob"));
}

/* Two are free, the third costs five seconds (core/throttle.h). Meanwhile nothing is looked at, and
 * nothing counted. */
static void guesses_count_against_the_factor(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(ask(world, "alice", "guess", NOW_SEC, 0), FACTOR_WRONG);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_THROTTLED);
        reopen(world);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 4, 0), FACTOR_THROTTLED);
        assert_int_equal(factors_next(world->state, NULL, NULL)->n_failures, 3);
        assert_int_equal(ask(world, "alice", "guess", NOW_SEC + 5, 0), FACTOR_WRONG);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 14, 0), FACTOR_THROTTLED);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 15, 0), FACTOR_RIGHT);
        assert_int_equal(factors_next(world->state, NULL, NULL)->n_failures, 0);
}

static void a_replay_is_a_guess_too(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_RIGHT);
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_REPLAYED);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 30), FACTOR_THROTTLED);
}

static void a_clock_that_was_set_back_locks_nobody_out(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(ask(world, "alice", "guess", NOW_SEC + 100000, 0), FACTOR_WRONG);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_THROTTLED);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 4, 0), FACTOR_THROTTLED);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC + 5, 0), FACTOR_RIGHT);
}

static enum factor_answer ask_late(struct world *world, uint64_t typed_at_sec, uint64_t now_sec)
{
        _cleanup_secret_ struct secret *typed = code("one", 3, typed_at_sec / 30);
        const struct factor_question question = {"alice", NULL, typed, typed_at_sec, now_sec};
        enum factor_answer answer = FACTOR_RIGHT;

        int r = factors_check(world->state, &question, NULL, NULL, NULL, &answer);
        assert_true(r >= 0);
        return r > 0 ? FACTOR_RIGHT : answer;
}

/* Codes are typed before the approval, in many logins at once. */
static void codes_typed_before_a_failure_wait_like_all_others(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(ask(world, "alice", "guess", NOW_SEC + 100, 0), FACTOR_WRONG);
        assert_int_equal(ask_late(world, NOW_SEC, NOW_SEC + 100), FACTOR_THROTTLED);
        assert_int_equal(ask_late(world, NOW_SEC + 60, NOW_SEC + 104), FACTOR_THROTTLED);
        assert_int_equal(factors_next(world->state, NULL, NULL)->failed_at_sec, NOW_SEC + 100);
        assert_int_equal(ask_late(world, NOW_SEC + 60, NOW_SEC + 105), FACTOR_RIGHT);
}

static void the_providers_word_is_kept_and_taken_back(void **state)
{
        struct world *world = *state;

        add(world, "f1", "alice", "one");
        add(world, "f2", "alice", "two");
        add(world, "f3", "bob", "three");
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), 0);
        factors_prove(world->state, "alice", NOW_SEC);
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), NOW_SEC);
        assert_int_equal(factors_proved_at_sec(world->state, "bob"), 0);
        assert_int_equal(ask(world, "alice", "one", NOW_SEC, 0), FACTOR_RIGHT);
        reopen(world);
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), NOW_SEC);
        factors_prove(world->state, "alice", 0);
        reopen(world);
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), 0);
        assert_int_equal(factors_proved_at_sec(world->state, "carol"), 0);
}

/* ---- enrolment ---- */

static struct enrolment_request request(const char *account, const char *name, uint64_t now_usec)
{
        return (struct enrolment_request){
                .account = account,
                .host = "shell",
                .name = name,
                .caller_uid = UID,
                .proved_at_sec = NOW_SEC - 5,
                .now_usec = now_usec,
        };
}

/* The bytes that an app takes from the address. */
static struct secret *read_address(const struct secret *uri)
{
        const char *digits = strstr(secret_bytes(uri), "?secret=");
        char *bytes;
        size_t size;

        assert_non_null(digits);
        digits += strlen("?secret=");
        assert_int_equal(oath_base32_decode(digits, strcspn(digits, "&"), &bytes, &size), OATH_OK);
        struct secret *secret = secret_new(bytes, size);
        free(bytes);
        return secret;
}

static int begin(struct world *world, const char *account, const char *name, uint64_t now_usec,
                 char ret_id[STATE_ID_DIGITS + 1], struct secret **ret_secret)
{
        const struct enrolment_request wanted = request(account, name, now_usec);
        _cleanup_secret_ struct secret *uri = NULL;
        const char *id;

        int r = enrolments_begin(world->enrolments, &wanted, &id, &uri);
        if (r < 0)
                return r;
        strcpy(ret_id, id);
        *ret_secret = read_address(uri);
        return 0;
}

static int confirm(struct world *world, const char *id, const struct secret *secret,
                   uint64_t first_step, uint64_t second_step, uint64_t now_usec, int *ret_result)
{
        size_t size = secret_size(secret);
        _cleanup_secret_ struct secret *first = code(secret_bytes(secret), size, first_step);
        _cleanup_secret_ struct secret *second = code(secret_bytes(secret), size, second_step);
        const struct enrolment_proof proof = {
                .id = id,
                .first = secret_bytes(first),
                .second = secret_bytes(second),
                .caller_uid = UID,
                .now_sec = NOW_SEC,
                .now_usec = now_usec,
        };

        *ret_result = PENDING;
        return enrolments_confirm(world->enrolments, &proof, on_done, ret_result, NULL);
}

static void two_codes_put_a_factor_in_force(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        int result;

        assert_int_equal(begin(world, "alice", "my phone", NOW_USEC, id, &secret), 0);
        assert_false(factors_has(world->state, "alice"));
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), 1);
        assert_int_equal(finish(world, &result), 0);
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), -ENOENT);
        reopen(world);

        const struct factor_record *factor = factors_next(world->state, "alice", NULL);
        assert_non_null(factor);
        assert_string_equal(factor->id, id);
        assert_string_equal(factor->type, "totp");
        assert_string_equal(factor->name, "my phone");
        assert_int_equal(factor->confirmed_at_sec, NOW_SEC);
        assert_int_equal(factor->proved_at_sec, NOW_SEC - 5);
        assert_int_equal(factor->last_step, STEP);
        assert_int_equal(secret_size(factor->shared_secret), secret_size(secret));
        assert_memory_equal(secret_bytes(factor->shared_secret), secret_bytes(secret),
                            secret_size(secret));
}

static void codes_that_confirmed_are_used(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        enum factor_answer answer = FACTOR_RIGHT;
        int result;

        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), 0);
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), 1);
        assert_int_equal(finish(world, &result), 0);
        _cleanup_secret_ struct secret *typed = code(secret_bytes(secret), secret_size(secret),
                                                     STEP);
        const struct factor_question question = {"alice", NULL, typed, NOW_SEC, NOW_SEC};
        assert_int_equal(factors_check(world->state, &question, NULL, NULL, NULL, &answer), 0);
        assert_int_equal(answer, FACTOR_REPLAYED);
}

static void wrong_codes_confirm_nothing_and_end_it(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        int result;

        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), 0);
        for (unsigned i = 0; i < ENROLMENT_MAX_WRONG; i++) {
                assert_int_equal(confirm(world, id, secret, STEP, STEP, NOW_USEC, &result), 0);
                assert_int_equal(result, PENDING);
        }
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), -ENOENT);
        assert_false(factors_has(world->state, "alice"));
}

static void an_enrolment_is_its_callers_and_lasts_ten_minutes(void **state)
{
        struct world *world = *state;
        const uint64_t lifetime_usec = ENROLMENT_LIFETIME_SEC * UINT64_C(1000000);
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        const struct enrolment_proof strangers = {
                .id = id,
                .first = "000000",
                .second = "000000",
                .caller_uid = 0,
                .now_sec = NOW_SEC,
                .now_usec = NOW_USEC,
        };
        int result;

        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), 0);
        assert_int_equal(enrolments_confirm(world->enrolments, &strangers, NULL, NULL, NULL),
                         -ENOENT);
        assert_int_equal(confirm(world, "0", secret, STEP - 1, STEP, NOW_USEC, &result), -ENOENT);
        assert_int_equal(confirm(world, id, secret, STEP, STEP, NOW_USEC + lifetime_usec, &result),
                         0);
        assert_int_equal(
                confirm(world, id, secret, STEP - 1, STEP, NOW_USEC + lifetime_usec + 1, &result),
                -ENOENT);
}

static void a_second_enrolment_takes_the_place_of_the_first(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1], other[STATE_ID_DIGITS + 1], bobs[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL, *other_secret = NULL, *bobs_secret = NULL;
        int result;

        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), 0);
        assert_int_equal(begin(world, "bob", "phone", NOW_USEC, bobs, &bobs_secret), 0);
        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, other, &other_secret), 0);
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), -ENOENT);
        assert_int_equal(confirm(world, bobs, bobs_secret, STEP - 1, STEP, NOW_USEC, &result), 1);
        assert_int_equal(finish(world, &result), 0);
        assert_int_equal(confirm(world, other, other_secret, STEP - 1, STEP, NOW_USEC, &result), 1);
        assert_int_equal(finish(world, &result), 0);
}

static void enrolments_have_limits(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1], account[16];
        struct secret *secret = NULL;
        char name[ENROLMENT_NAME_MAX_BYTES + 2];

        memset(name, 'a', sizeof(name));
        name[ENROLMENT_NAME_MAX_BYTES + 1] = '\0';
        assert_int_equal(begin(world, "alice", name, NOW_USEC, id, &secret), -EINVAL);
        assert_int_equal(begin(world, "alice", "", NOW_USEC, id, &secret), -EINVAL);
        assert_int_equal(begin(world, "alice", "a\nb", NOW_USEC, id, &secret), -EINVAL);
        name[ENROLMENT_NAME_MAX_BYTES] = '\0';
        assert_int_equal(begin(world, "alice", name, NOW_USEC, id, &secret), 0);
        secret = secret_free(secret);

        for (unsigned i = 1; i < ENROLMENTS_MAX; i++) {
                (void)snprintf(account, sizeof(account), "a%u", i);
                assert_int_equal(begin(world, account, "phone", NOW_USEC, id, &secret), 0);
                secret = secret_free(secret);
        }
        assert_int_equal(begin(world, "bob", "phone", NOW_USEC, id, &secret), -EBUSY);
        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), 0);
        secret = secret_free(secret);
        for (unsigned i = 0; i < FACTORS_PER_ACCOUNT_MAX; i++) {
                (void)snprintf(account, sizeof(account), "f%u", i);
                add(world, account, "alice", "one");
        }
        assert_int_equal(begin(world, "alice", "phone", NOW_USEC, id, &secret), -EDQUOT);
}

/* The host's own accounts are in NSS: "daemon" is everywhere. */
static void an_account_that_was_not_known_is_from_then_on(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        int result;

        assert_int_equal(begin(world, "daemon", "phone", NOW_USEC, id, &secret), 0);
        assert_null(store_mirror_get(world->state->accounts, "daemon"));
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), 1);
        assert_int_equal(finish(world, &result), 0);
        reopen(world);
        assert_true(factors_has(world->state, "daemon"));
        assert_non_null(store_mirror_get(world->state->accounts, "daemon"));
}

static void an_account_that_is_not_there_gets_none(void **state)
{
        struct world *world = *state;
        char id[STATE_ID_DIGITS + 1];
        _cleanup_secret_ struct secret *secret = NULL;
        int result;

        assert_int_equal(begin(world, "no-such-account", "phone", NOW_USEC, id, &secret), 0);
        assert_int_equal(confirm(world, id, secret, STEP - 1, STEP, NOW_USEC, &result), -ENOENT);
        assert_int_equal(result, PENDING);
        assert_false(factors_has(world->state, "no-such-account"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_code_counts_once),
                TEST(of_two_that_bring_the_same_code_one_is_let_in),
                TEST(a_code_is_of_its_own_account),
                TEST(each_factor_of_an_account_will_do),
                TEST(guesses_count_against_the_factor),
                TEST(a_replay_is_a_guess_too),
                TEST(a_clock_that_was_set_back_locks_nobody_out),
                TEST(codes_typed_before_a_failure_wait_like_all_others),
                TEST(the_providers_word_is_kept_and_taken_back),
                TEST(two_codes_put_a_factor_in_force),
                TEST(codes_that_confirmed_are_used),
                TEST(wrong_codes_confirm_nothing_and_end_it),
                TEST(an_enrolment_is_its_callers_and_lasts_ten_minutes),
                TEST(a_second_enrolment_takes_the_place_of_the_first),
                TEST(enrolments_have_limits),
                TEST(an_account_that_was_not_known_is_from_then_on),
                TEST(an_account_that_is_not_there_gets_none),
        };
        return cmocka_run_group_tests_name("factors", tests, NULL, NULL);
}
