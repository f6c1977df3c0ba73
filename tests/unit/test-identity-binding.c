/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose account it is: whoever finds names or uids changed is refused until somebody has looked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/identity-binding.h"

#define ALICE_UID 1001

static const struct account_verdict by_claim = {true, ACCOUNT_RULE_CLAIM, "preferred_username"};
static const struct account_verdict not_by_claim = {false, ACCOUNT_RULE_CLAIM,
                                                    "preferred_username"};
static const struct account_verdict by_map = {true, ACCOUNT_RULE_MAP, NULL};
static const struct account_verdict not_by_map = {false, ACCOUNT_RULE_MAP, NULL};
static const struct account_verdict by_group = {true, ACCOUNT_RULE_GROUP, "groups"};
static const struct account_verdict not_by_group = {false, ACCOUNT_RULE_GROUP, "groups"};
static const struct account_verdict by_link = {true, ACCOUNT_RULE_LINK, NULL};
static const struct account_verdict not_by_link = {false, ACCOUNT_RULE_LINK, NULL};
static const struct account_verdict by_nothing = {false, ACCOUNT_RULE_NONE, NULL};
static const struct account_verdict by_no_rule = {true, ACCOUNT_RULE_NONE, NULL};

static const uint64_t same_uid = ALICE_UID, another_uid = ALICE_UID + 1;

static enum binding decide(const struct account_verdict *verdict, const uint64_t *known_uid,
                           const char *bound_account, bool is_bound)
{
        const struct binding_facts facts = {
                .verdict = verdict,
                .account = "alice",
                .uid = ALICE_UID,
                .known_uid = known_uid,
                .bound_account = bound_account,
                .is_bound = is_bound,
        };
        return binding_decide(&facts);
}

static void the_first_login_binds(void **state)
{
        assert_int_equal(decide(&by_claim, NULL, NULL, false), BINDING_NEW);
        assert_int_equal(decide(&by_claim, &same_uid, NULL, false), BINDING_NEW);
}

static void later_logins_match(void **state)
{
        assert_int_equal(decide(&by_claim, &same_uid, "alice", true), BINDING_KNOWN);
        assert_int_equal(decide(&by_link, &same_uid, "alice", true), BINDING_KNOWN);
}

static void a_second_identity_is_refused(void **state)
{
        assert_int_equal(decide(&by_claim, &same_uid, NULL, true), BINDING_OTHER_IDENTITY);
}

static void an_identity_has_one_account(void **state)
{
        assert_int_equal(decide(&by_claim, &same_uid, "bob", false), BINDING_OTHER_ACCOUNT);
        assert_int_equal(decide(&by_claim, NULL, "bob", false), BINDING_OTHER_ACCOUNT);
        assert_int_equal(decide(&by_claim, &same_uid, "bob", true), BINDING_OTHER_ACCOUNT);
        assert_int_equal(decide(&by_claim, &same_uid, "alice2", true), BINDING_OTHER_ACCOUNT);
        assert_int_equal(decide(&by_claim, &same_uid, "alic", true), BINDING_OTHER_ACCOUNT);
}

static void a_changed_name_is_seen(void **state)
{
        assert_int_equal(decide(&not_by_claim, &same_uid, "alice", true), BINDING_NAME_CHANGED);
        assert_int_equal(decide(&not_by_claim, &same_uid, "bob", true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&not_by_claim, &same_uid, NULL, true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&not_by_claim, NULL, NULL, false), BINDING_FORBIDDEN);
}

static void explicit_rules_bind_nothing(void **state)
{
        static const char *const accounts[] = {NULL, "alice", "bob"};

        for (size_t i = 0; i < ELEMENTSOF(accounts); i++) {
                assert_int_equal(decide(&by_map, NULL, accounts[i], true), BINDING_BY_RULE);
                assert_int_equal(decide(&by_group, &same_uid, accounts[i], i > 0), BINDING_BY_RULE);
                assert_int_equal(decide(&not_by_map, NULL, accounts[i], true), BINDING_FORBIDDEN);
                assert_int_equal(decide(&not_by_group, NULL, accounts[i], true), BINDING_FORBIDDEN);
        }
}

/* The rules asked whether there is a link, the facts have to say so too. */
static void a_link_is_looked_at_twice(void **state)
{
        assert_int_equal(decide(&by_link, &same_uid, NULL, true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&by_link, &same_uid, "bob", true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&not_by_link, &same_uid, "alice", true), BINDING_FORBIDDEN);
}

static void without_a_rule_nobody_comes_in(void **state)
{
        assert_int_equal(decide(&by_nothing, &same_uid, "alice", true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&by_no_rule, &same_uid, "alice", true), BINDING_FORBIDDEN);
        assert_int_equal(decide(&by_nothing, NULL, NULL, false), BINDING_FORBIDDEN);
}

static void an_account_that_was_made_anew_is_refused_by_every_rule(void **state)
{
        const struct account_verdict *const verdicts[] = {&by_claim, &not_by_claim, &by_map,
                                                          &by_group, &by_link,      &by_nothing};

        for (size_t i = 0; i < ELEMENTSOF(verdicts); i++)
                assert_int_equal(decide(verdicts[i], &another_uid, "alice", true),
                                 BINDING_OTHER_UID);
}

static void every_refusal_has_its_words(void **state)
{
        static const struct {
                enum binding binding;
                const char *detail, *sentence;
        } cases[] = {
                {BINDING_BY_RULE, NULL, NULL},
                {BINDING_KNOWN, NULL, NULL},
                {BINDING_NEW, NULL, NULL},
                {BINDING_FORBIDDEN, "may not use", "may not use"},
                {BINDING_NAME_CHANGED, "another name", "name at the identity provider has changed"},
                {BINDING_OTHER_ACCOUNT, "belongs to another account", "has another account"},
                {BINDING_OTHER_IDENTITY, "belongs to another identity", "belongs to somebody else"},
                {BINDING_OTHER_UID, "another uid", "not the one that it was"},
                {(enum binding)99, "not known", "refused"},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *detail = binding_detail(cases[i].binding);
                const char *sentence = binding_sentence(cases[i].binding);
                assert_int_equal(binding_is_refusal(cases[i].binding), cases[i].detail != NULL);
                assert_int_equal(detail != NULL, cases[i].detail != NULL);
                assert_int_equal(sentence != NULL, cases[i].sentence != NULL);
                if (!cases[i].detail)
                        continue;
                assert_non_null(strstr(detail, cases[i].detail));
                assert_non_null(strstr(sentence, cases[i].sentence));
        }
}

static void a_rule_that_nobody_knows_opens_nothing(void **state)
{
        const struct account_verdict strange = {true, (enum account_rule)99, NULL};

        assert_int_equal(decide(&strange, &same_uid, "alice", true), BINDING_FORBIDDEN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_first_login_binds),
                cmocka_unit_test(later_logins_match),
                cmocka_unit_test(a_second_identity_is_refused),
                cmocka_unit_test(an_identity_has_one_account),
                cmocka_unit_test(a_changed_name_is_seen),
                cmocka_unit_test(explicit_rules_bind_nothing),
                cmocka_unit_test(a_link_is_looked_at_twice),
                cmocka_unit_test(without_a_rule_nobody_comes_in),
                cmocka_unit_test(an_account_that_was_made_anew_is_refused_by_every_rule),
                cmocka_unit_test(every_refusal_has_its_words),
                cmocka_unit_test(a_rule_that_nobody_knows_opens_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
