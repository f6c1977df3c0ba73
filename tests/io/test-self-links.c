/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identities that wait to be linked: by whom, for how long, and how many. */
#include "self-links.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW_USEC UINT64_C(5000000000)
#define UID      1000

static int set_up(void **state)
{
        return self_links_new(NULL, NULL, (struct self_links **)state);
}

static int tear_down(void **state)
{
        (void)self_links_free(*state);
        return 0;
}

static int offer(struct self_links *links, const char *login, const char *account)
{
        const struct login_request request = {
                .account = account, .service = SELF_LINK_OFFER_SERVICE, .caller_uid = UID};
        const struct identity identity = {.issuer = (char *)(uintptr_t) "https://sso.example.com",
                                          .subject = (char *)(uintptr_t)login};

        return self_links_offer(links, &request, login, &identity, NOW_USEC);
}

static bool waits(struct self_links *links, struct self_link_offer meant)
{
        const char *issuer, *subject;

        meant.account = meant.account ? meant.account : "alice";
        meant.caller_uid = meant.caller_uid > 0 ? meant.caller_uid : UID;
        meant.now_usec = meant.now_usec > 0 ? meant.now_usec : NOW_USEC;
        return self_links_find(links, &meant, &issuer, &subject) == 1;
}

static void an_offer_waits_for_its_own(void **state)
{
        struct self_links *links = *state;

        assert_int_equal(offer(links, "l1", "alice"), 0);
        assert_true(waits(links, (struct self_link_offer){.offered_by = "l1"}));
        assert_false(waits(links, (struct self_link_offer){.offered_by = "l2"}));
        assert_false(waits(links, (struct self_link_offer){.confirmed_by = "l1"}));
        assert_false(waits(links, (struct self_link_offer){0}));
        assert_false(waits(links, (struct self_link_offer){.offered_by = "l1", .account = "bob"}));
        assert_false(waits(links, (struct self_link_offer){.offered_by = "l1", .caller_uid = 7}));
        assert_true(waits(
                links, (struct self_link_offer){.offered_by = "l1",
                                                .now_usec = NOW_USEC + SELF_LINK_LIFETIME_USEC}));
        assert_false(waits(links, (struct self_link_offer){
                                          .offered_by = "l1",
                                          .now_usec = NOW_USEC + SELF_LINK_LIFETIME_USEC + 1}));
}

static void only_the_login_that_named_it_links_it(void **state)
{
        static const struct {
                struct login_request request;
                bool is_expected;
        } rows[] = {
                {{.service = "badgectl", .account = "alice", .caller_uid = UID, .offer = "l1"},
                 false},
                {{.service = SELF_LINK_CONFIRM_SERVICE,
                  .account = "bob",
                  .caller_uid = UID,
                  .offer = "l1"},
                 false},
                {{.service = SELF_LINK_CONFIRM_SERVICE,
                  .account = "alice",
                  .caller_uid = 7,
                  .offer = "l1"},
                 false},
                {{.service = SELF_LINK_CONFIRM_SERVICE, .account = "alice", .caller_uid = UID},
                 false},
                {{.service = SELF_LINK_CONFIRM_SERVICE,
                  .account = "alice",
                  .caller_uid = UID,
                  .offer = "l1"},
                 true},
        };
        struct self_links *links = *state;

        assert_int_equal(offer(links, "l1", "alice"), 0);
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                self_links_expect(links, &rows[i].request, "c1", NOW_USEC);
                assert_int_equal(waits(links, (struct self_link_offer){.confirmed_by = "c1"}),
                                 rows[i].is_expected);
        }
        assert_false(waits(links, (struct self_link_offer){.confirmed_by = "c2"}));
}

static void an_account_has_few_and_takes_no_others_place(void **state)
{
        static const char *const logins[] = {"l1", "l2", "l3", "l4", "l5", "l6"};
        struct self_links *links = *state;

        assert_int_equal(offer(links, "b1", "bob"), 0);
        for (size_t i = 0; i < 6; i++)
                assert_int_equal(offer(links, logins[i], "alice"), 0);
        for (size_t i = 0; i < 6; i++)
                assert_int_equal(waits(links, (struct self_link_offer){.offered_by = logins[i]}),
                                 i >= 6 - SELF_LINKS_PER_ACCOUNT_MAX);
        assert_true(waits(links, (struct self_link_offer){.offered_by = "b1", .account = "bob"}));
}

static void there_is_a_limit(void **state)
{
        struct self_links *links = *state;
        char account[16];

        for (unsigned i = 0; i < SELF_LINKS_MAX; i++) {
                (void)snprintf(account, sizeof(account), "a%u", i);
                assert_int_equal(offer(links, "l1", account), 0);
        }
        assert_true(offer(links, "l1", "one-more") < 0);
        assert_int_equal(offer(links, "l2", "a7"), -EBUSY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(an_offer_waits_for_its_own),
                TEST(only_the_login_that_named_it_links_it),
                TEST(an_account_has_few_and_takes_no_others_place),
                TEST(there_is_a_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
