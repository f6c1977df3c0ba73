/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may be which account: the whole mapped identity is compared, on every rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/account-policy.h"
#include "core/strict-json.h"

#define ISSUER "https://sso.example.com/realms/corp"
#define OTHER  "https://other.example.net"

static const char map_text[] = "carol = " ISSUER " sub-carol\n"
                               "carol = " ISSUER " sub-carol-2\n"
                               "dave = corp:employee=4711\n"
                               "erin = corp:email=erin@example.com\n"
                               "frank = partner:login=frank\n"
                               "deploy = " ISSUER " sub-robot\n";

static struct account_group groups[] = {
        {(char *)"deploy", (char *)"linux-deployers"},
        {(char *)"backup", (char *)"b-1"},
        {(char *)"backup", (char *)"b-2"},
};

static struct account_map *map;

static int set_up(void **state)
{
        const char *why;
        unsigned line;
        return account_map_parse(map_text, strlen(map_text), &map, &line, &why);
}

static int tear_down(void **state)
{
        map = account_map_free(map);
        return 0;
}

static struct account_rules corp_rules(void)
{
        return (struct account_rules){
                .provider = "corp",
                .issuer = ISSUER,
                .username_claim = "preferred_username",
                .map = map,
                .groups = groups,
                .n_groups = ELEMENTSOF(groups),
                .has_groups = true,
                .groups_claim = "groups",
        };
}

static struct identity *new_identity(const char *provider, const char *issuer, const char *subject,
                                     const char *claims)
{
        struct identity *identity = NULL;
        const char *why;
        _cleanup_json_ struct json_object *object = json_tokener_parse(claims);

        assert_non_null(object);
        json_object_object_add(object, "iss", json_object_new_string(issuer));
        json_object_object_add(object, "sub", json_object_new_string(subject));
        assert_int_equal(identity_new(provider, object, &identity, &why), 0);
        return identity;
}

/* ---- the verdict ---- */

static void verdicts(void **state)
{
        static const struct {
                const char *what, *account, *subject, *claims;
                bool allowed;
                enum account_rule rule;
        } cases[] = {
                {"the name fits", "alice", "s", "{\"preferred_username\":\"alice\"}", true,
                 ACCOUNT_RULE_CLAIM},
                {"bob approves alice's code", "alice", "s", "{\"preferred_username\":\"bob\"}",
                 false, ACCOUNT_RULE_CLAIM},
                {"no claim", "alice", "alice", "{\"name\":\"alice\"}", false, ACCOUNT_RULE_CLAIM},
                {"empty claim", "alice", "s", "{\"preferred_username\":\"\"}", false,
                 ACCOUNT_RULE_CLAIM},
                {"case differs", "alice", "s", "{\"preferred_username\":\"Alice\"}", false,
                 ACCOUNT_RULE_CLAIM},
                {"a longer name", "alice", "s", "{\"preferred_username\":\"alice2\"}", false,
                 ACCOUNT_RULE_CLAIM},
                {"a shorter name", "alice", "s", "{\"preferred_username\":\"alic\"}", false,
                 ACCOUNT_RULE_CLAIM},
                {"only the domain fits", "alice", "s",
                 "{\"preferred_username\":\"bob@example.com\",\"hd\":\"example.com\"}", false,
                 ACCOUNT_RULE_CLAIM},
                {"an array of names", "alice", "s", "{\"preferred_username\":[\"alice\"]}", false,
                 ACCOUNT_RULE_CLAIM},
                {"mapped subject", "carol", "sub-carol", "{}", true, ACCOUNT_RULE_MAP},
                {"second mapped subject", "carol", "sub-carol-2", "{}", true, ACCOUNT_RULE_MAP},
                {"mapped account, right name, other subject", "carol", "sub-mallory",
                 "{\"preferred_username\":\"carol\"}", false, ACCOUNT_RULE_MAP},
                {"mapped claim", "dave", "s", "{\"employee\":\"4711\"}", true, ACCOUNT_RULE_MAP},
                {"mapped claim, other value", "dave", "s", "{\"employee\":\"4712\"}", false,
                 ACCOUNT_RULE_MAP},
                {"verified e-mail", "erin", "s",
                 "{\"email\":\"erin@example.com\",\"email_verified\":true}", true,
                 ACCOUNT_RULE_MAP},
                {"unverified e-mail", "erin", "s",
                 "{\"email\":\"erin@example.com\",\"email_verified\":false}", false,
                 ACCOUNT_RULE_MAP},
                {"e-mail without a word on it", "erin", "s", "{\"email\":\"erin@example.com\"}",
                 false, ACCOUNT_RULE_MAP},
                {"mapped to another provider's identity", "frank", "s",
                 "{\"login\":\"frank\",\"preferred_username\":\"frank\"}", false, ACCOUNT_RULE_MAP},
                {"member of the group", "backup", "s", "{\"groups\":[\"x\",\"b-2\"]}", true,
                 ACCOUNT_RULE_GROUP},
                {"not a member", "backup", "s", "{\"groups\":[\"b-3\"]}", false,
                 ACCOUNT_RULE_GROUP},
                {"no groups at all, right name", "backup", "s",
                 "{\"preferred_username\":\"backup\"}", false, ACCOUNT_RULE_GROUP},
                {"map or group: by map", "deploy", "sub-robot", "{}", true, ACCOUNT_RULE_MAP},
                {"map or group: by group", "deploy", "s", "{\"groups\":[\"linux-deployers\"]}",
                 true, ACCOUNT_RULE_GROUP},
                {"map or group: by neither", "deploy", "s",
                 "{\"preferred_username\":\"deploy\",\"groups\":[]}", false, ACCOUNT_RULE_GROUP},
        };
        struct account_rules rules = corp_rules();

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = new_identity(
                        "corp", ISSUER, cases[i].subject, cases[i].claims);
                struct account_verdict verdict = {.allowed = true};
                account_decide(&rules, cases[i].account, identity, &verdict);
                if (verdict.allowed != cases[i].allowed || verdict.rule != cases[i].rule)
                        print_error("%s\n", cases[i].what);
                assert_int_equal(verdict.allowed, cases[i].allowed);
                assert_int_equal(verdict.rule, cases[i].rule);
        }
}

static void rfc8628_19_the_approver_is_bound_to_the_account(void **state)
{
        static const char *const accounts[] = {"alice", "carol", "dave", "backup", "deploy"};
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *bob = new_identity(
                "corp", ISSUER, "sub-bob", "{\"preferred_username\":\"bob\",\"groups\":[\"g\"]}");
        struct account_verdict verdict;

        for (size_t i = 0; i < ELEMENTSOF(accounts); i++) {
                account_decide(&rules, accounts[i], bob, &verdict);
                assert_false(verdict.allowed);
        }
        account_decide(&rules, "bob", bob, &verdict);
        assert_true(verdict.allowed);
}

static void rfc8628_17_another_issuer_opens_nothing(void **state)
{
        struct account_rules rules = corp_rules();
        static const struct {
                const char *provider, *issuer;
        } strangers[] = {
                {"corp", OTHER}, {"partner", ISSUER}, {"partner", OTHER}, {"corp", ISSUER "/"}};

        for (size_t i = 0; i < ELEMENTSOF(strangers); i++) {
                _cleanup_identity_ struct identity *identity = new_identity(
                        strangers[i].provider, strangers[i].issuer, "sub-carol",
                        "{\"preferred_username\":\"alice\",\"employee\":\"4711\","
                        "\"groups\":[\"b-1\",\"linux-deployers\"]}");
                static const char *const accounts[] = {"alice", "carol", "dave", "backup",
                                                       "deploy"};
                for (size_t j = 0; j < ELEMENTSOF(accounts); j++) {
                        struct account_verdict verdict = {.allowed = true};
                        account_decide(&rules, accounts[j], identity, &verdict);
                        assert_false(verdict.allowed);
                }
        }
}

static void a_suffix_is_demanded_and_taken_off(void **state)
{
        static const struct {
                const char *claim;
                bool allowed;
        } cases[] = {
                {"{\"preferred_username\":\"alice@example.com\"}", true},
                {"{\"preferred_username\":\"alice\"}", false},
                {"{\"preferred_username\":\"alice@example.org\"}", false},
                {"{\"preferred_username\":\"alice@evil.com@example.com\"}", false},
                {"{\"preferred_username\":\"alice@example.com@example.com\"}", false},
                {"{\"preferred_username\":\"@example.com\"}", false},
        };
        struct account_rules rules = corp_rules();
        rules.strip_suffix = "@example.com";

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = new_identity("corp", ISSUER, "s",
                                                                            cases[i].claim);
                struct account_verdict verdict;
                account_decide(&rules, "alice", identity, &verdict);
                assert_int_equal(verdict.allowed, cases[i].allowed);
        }
}

static void a_provider_that_names_no_accounts_names_none(void **state)
{
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *alice = new_identity(
                "corp", ISSUER, "s", "{\"preferred_username\":\"alice\"}");
        struct account_verdict verdict = {.allowed = true};

        rules.username_claim = NULL;
        account_decide(&rules, "alice", alice, &verdict);
        assert_false(verdict.allowed);
        assert_int_equal(verdict.rule, ACCOUNT_RULE_NONE);
        assert_false(account_is_reachable(&rules, "alice"));
}

/* A shared account stays shared: without groups that count, not even its own name opens it. */
static void groups_of_another_provider_open_nothing(void **state)
{
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *backup = new_identity(
                "corp", ISSUER, "s", "{\"preferred_username\":\"backup\",\"groups\":[\"b-1\"]}");
        struct account_verdict verdict = {.allowed = true};

        rules.has_groups = false;
        account_decide(&rules, "backup", backup, &verdict);
        assert_false(verdict.allowed);
        assert_false(account_is_reachable(&rules, "backup"));
        assert_false(account_needs_userinfo(&rules, "backup", backup));
}

/* ---- links ---- */

/* gina and carol are linked to sub-gina, deploy and alice to sub-robot. */
static size_t count_links(const char *account, const char *issuer, const char *subject,
                          void *userdata)
{
        static const struct {
                const char *account, *subject;
        } rows[] = {{"gina", "sub-gina"},
                    {"carol", "sub-gina"},
                    {"deploy", "sub-gina"},
                    {"alice", "sub-robot"}};
        size_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                n += strcmp(rows[i].account, account) == 0 && strcmp(issuer, ISSUER) == 0 &&
                     (!subject || strcmp(rows[i].subject, subject) == 0);
        return n;
}

static bool has_several(const char *account, void *userdata)
{
        return strcmp(account, "gina") == 0;
}

static const struct account_links links = {count_links, has_several, NULL};

static void links_open_what_no_explicit_rule_names(void **state)
{
        static const struct {
                const char *account, *subject, *claims;
                bool with_claim, without_claim;
                enum account_rule rule;
        } cases[] = {
                {"gina", "sub-gina", "{\"preferred_username\":\"regina\"}", true, true,
                 ACCOUNT_RULE_LINK},
                {"gina", "sub-hugo", "{\"preferred_username\":\"hugo\"}", false, false,
                 ACCOUNT_RULE_CLAIM},
                {"gina", "sub-hugo", "{\"preferred_username\":\"gina\"}", true, false,
                 ACCOUNT_RULE_CLAIM},
                {"alice", "sub-robot", "{\"preferred_username\":\"alice\"}", true, true,
                 ACCOUNT_RULE_CLAIM},
                {"carol", "sub-gina", "{}", false, false, ACCOUNT_RULE_MAP},
                {"deploy", "sub-gina", "{}", false, false, ACCOUNT_RULE_GROUP},
        };
        struct account_rules rules = corp_rules();
        rules.links = &links;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = new_identity(
                        "corp", ISSUER, cases[i].subject, cases[i].claims);
                struct account_verdict verdict;
                rules.username_claim = "preferred_username";
                account_decide(&rules, cases[i].account, identity, &verdict);
                assert_int_equal(verdict.allowed, cases[i].with_claim);
                assert_int_equal(verdict.rule, cases[i].rule);
                rules.username_claim = NULL;
                account_decide(&rules, cases[i].account, identity, &verdict);
                assert_int_equal(verdict.allowed, cases[i].without_claim);
        }
}

static void a_link_is_for_its_own_issuer(void **state)
{
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *gina = new_identity("corp", OTHER, "sub-gina", "{}");
        struct account_verdict verdict;

        rules.links = &links;
        account_decide(&rules, "gina", gina, &verdict);
        assert_false(verdict.allowed);
        rules.issuer = OTHER;
        account_decide(&rules, "gina", gina, &verdict);
        assert_false(verdict.allowed);
}

static void links_make_accounts_reachable(void **state)
{
        static const struct {
                const char *account;
                bool is_reachable;
        } cases[] = {{"gina", true}, {"alice", true}, {"hugo", false}, {"frank", false}};
        struct account_rules rules = corp_rules();

        rules.links = &links;
        rules.username_claim = NULL;
        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_int_equal(account_is_reachable(&rules, cases[i].account),
                                 cases[i].is_reachable);
}

static void an_account_of_several_identities_is_nobodys_own(void **state)
{
        struct account_rules rules = corp_rules();

        rules.links = &links;
        assert_false(account_is_personal(&rules, "gina"));
        assert_true(account_is_personal(&rules, "alice"));
        assert_true(account_is_personal(&rules, "frank"));
}

static void explicit_rules_name_accounts(void **state)
{
        struct account_rules rules = corp_rules();

        assert_true(account_is_named(&rules, "carol"));
        assert_true(account_is_named(&rules, "backup"));
        assert_false(account_is_named(&rules, "alice"));
}

/* carol's are in the map by subject, dave's by claim, and backup is open to a group. */
static void what_rules_still_give_without_claims(void **state)
{
        static const struct {
                const char *account, *subject;
                bool is_bound;
                enum account_hold expected;
        } cases[] = {
                {"carol", "sub-carol", false, ACCOUNT_HOLD_FIRM},
                {"carol", "sub-carol-2", true, ACCOUNT_HOLD_FIRM},
                {"carol", "sub-mallory", true, ACCOUNT_HOLD_NONE},
                {"dave", "sub-dave", true, ACCOUNT_HOLD_CLAIMS},
                {"dave", "sub-dave", false, ACCOUNT_HOLD_CLAIMS},
                {"backup", "sub-alice", true, ACCOUNT_HOLD_CLAIMS},
                {"alice", "sub-alice", true, ACCOUNT_HOLD_FIRM},
                {"alice", "sub-alice", false, ACCOUNT_HOLD_NONE},
                {"alice", "sub-carol", false, ACCOUNT_HOLD_NONE},
        };
        struct account_rules rules = corp_rules();

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_int_equal(
                        account_hold(&rules, cases[i].account, cases[i].subject, cases[i].is_bound),
                        cases[i].expected);
        rules.has_groups = false;
        assert_int_equal(account_hold(&rules, "backup", "sub-alice", true), ACCOUNT_HOLD_NONE);
        rules.issuer = "https://other.example";
        assert_int_equal(account_hold(&rules, "carol", "sub-carol", false), ACCOUNT_HOLD_NONE);
        rules.provider = "other";
        assert_int_equal(account_hold(&rules, "dave", "sub-dave", true), ACCOUNT_HOLD_NONE);
}

/* ---- before anybody is asked ---- */

static void groups_are_needed_for_shared_accounts_only(void **state)
{
        struct account_rules rules = corp_rules();

        assert_true(account_needs_groups(&rules, "backup"));
        assert_true(account_needs_groups(&rules, "deploy"));
        assert_false(account_needs_groups(&rules, "alice"));
        assert_false(account_needs_groups(&rules, "frank"));
        rules.has_groups = false;
        assert_false(account_needs_groups(&rules, "backup"));
}

/* A verified e-mail that no document has may come from the same sources as groups. */
static void a_rule_may_name_the_groups_claim(void **state)
{
        static const struct {
                const char *groups_claim, *username_claim, *account;
                bool expected;
        } cases[] = {
                {"email", "email", "alice", true},  {"email", NULL, "alice", false},
                {"email", "login", "alice", false}, {NULL, "email", "alice", false},
                {"employee", NULL, "dave", true},   {"employee", "employee", "carol", false},
                {"login", NULL, "dave", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                struct account_rules rules = corp_rules();
                rules.groups_claim = cases[i].groups_claim;
                rules.username_claim = cases[i].username_claim;
                assert_int_equal(account_needs_groups(&rules, cases[i].account), cases[i].expected);
        }
}

static void which_accounts_are_reachable(void **state)
{
        struct account_rules rules = corp_rules();
        static const struct {
                const char *account;
                bool with_claim, without_claim;
        } cases[] = {
                {"alice", true, false},  {"carol", true, true},  {"dave", true, true},
                {"frank", false, false}, {"backup", true, true}, {"deploy", true, true},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                rules.username_claim = "preferred_username";
                assert_int_equal(account_is_reachable(&rules, cases[i].account),
                                 cases[i].with_claim);
                rules.username_claim = NULL;
                assert_int_equal(account_is_reachable(&rules, cases[i].account),
                                 cases[i].without_claim);
        }
}

static void which_accounts_are_one_persons(void **state)
{
        static const struct {
                const char *account;
                bool is_personal;
        } cases[] = {
                {"alice", true},  {"dave", false},   {"frank", true},
                {"carol", false}, {"backup", false}, {"deploy", false},
        };
        struct account_rules rules = corp_rules();

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_int_equal(account_is_personal(&rules, cases[i].account),
                                 cases[i].is_personal);
        rules.has_groups = false; /* another provider's: its members may come in all the same */
        assert_false(account_is_personal(&rules, "backup"));
        rules.username_claim = "employee"; /* then it is said to be one person's */
        assert_true(account_is_personal(&rules, "dave"));
        rules.username_claim = NULL;
        assert_false(account_is_personal(&rules, "dave"));
}

static void accounts_that_are_refused_beforehand(void **state)
{
        static const struct {
                struct account_facts facts;
                uid_t min_uid;
                bool refused;
        } cases[] = {
                {{"alice", true, 1000, "/bin/bash"}, 1000, false},
                {{"alice", true, 999, "/bin/bash"}, 1000, true},
                {{"alice", true, 5000, "/bin/bash"}, 5001, true},
                {{"alice", false, 0, NULL}, 1000, true},
                {{"alice", false, 0, NULL}, 0, true},
                {{"root", true, 0, "/bin/bash"}, 1000, true},
                {{"root", true, 0, "/bin/bash"}, 1, true},
                {{"root", true, 0, "/bin/bash"}, 0, false},
                {{"alice", true, 1000, "/usr/sbin/nologin"}, 1000, true},
                {{"alice", true, 1000, "/bin/false"}, 1000, true},
                {{"alice", true, 1000, NULL}, 1000, true},
                {{"alice", true, 1000, ""}, 1000, false},
                {{"Alice", true, 1000, "/bin/bash"}, 1000, true},
                {{"-alice", true, 1000, "/bin/bash"}, 1000, true},
                {{"al:ice", true, 1000, "/bin/bash"}, 1000, true},
                {{"al\nice", true, 1000, "/bin/bash"}, 1000, true},
                {{"../alice", true, 1000, "/bin/bash"}, 1000, true},
                {{"", true, 1000, "/bin/bash"}, 1000, true},
                {{NULL, true, 1000, "/bin/bash"}, 1000, true},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                bool refused = account_refusal(&cases[i].facts, cases[i].min_uid) != NULL;
                if (refused != cases[i].refused)
                        print_error("case %zu\n", i);
                assert_int_equal(refused, cases[i].refused);
        }
}

static void userinfo_is_asked_only_for_what_is_missing(void **state)
{
        static const struct {
                const char *account, *claims;
                bool needed;
        } cases[] = {
                {"alice", "{\"preferred_username\":\"alice\"}", false},
                {"alice", "{}", true},
                {"carol", "{}", false},
                {"dave", "{}", true},
                {"dave", "{\"employee\":\"1\"}", false},
                {"erin", "{\"email\":\"erin@example.com\"}", true},
                {"backup", "{\"preferred_username\":\"x\"}", true},
                {"backup", "{\"groups\":[]}", false},
        };
        struct account_rules rules = corp_rules();

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_identity_ struct identity *identity = new_identity("corp", ISSUER, "s",
                                                                            cases[i].claims);
                if (account_needs_userinfo(&rules, cases[i].account, identity) != cases[i].needed)
                        print_error("case %zu\n", i);
                assert_int_equal(account_needs_userinfo(&rules, cases[i].account, identity),
                                 cases[i].needed);
        }
}

static void which_provider_is_asked(void **state)
{
        static const struct account_provider providers[] = {{"corp", ISSUER},
                                                            {"partner", "https://partner.example"}};
        static const struct {
                const char *account, *wanted, *by_default, *chosen;
        } cases[] = {
                {"alice", NULL, "corp", "corp"},         {"alice", NULL, "partner", "partner"},
                {"alice", "partner", "corp", "partner"}, {"alice", "stranger", "corp", NULL},
                {"carol", NULL, "corp", "corp"},         {"carol", NULL, "partner", "corp"},
                {"dave", NULL, "partner", "corp"},       {"frank", NULL, "corp", "partner"},
                {"frank", "corp", "corp", "corp"},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *chosen = account_choose_provider(map, providers, ELEMENTSOF(providers),
                                                             cases[i].account, cases[i].wanted,
                                                             cases[i].by_default);
                if (!cases[i].chosen)
                        assert_null(chosen);
                else
                        assert_string_equal(chosen, cases[i].chosen);
        }
}

static void the_claims_that_decided_can_be_shown(void **state)
{
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *alice = new_identity(
                "corp", ISSUER, "s-1", "{\"preferred_username\":\"alice\",\"phone\":\"1\"}");
        struct account_verdict verdict;
        _cleanup_free_ char *json = NULL;

        account_decide(&rules, "alice", alice, &verdict);
        assert_int_equal(account_verdict_claims(&verdict, alice, &json), 0);
        assert_string_equal(json, "{\"iss\":\"" ISSUER
                                  "\",\"sub\":\"s-1\",\"preferred_username\":\"alice\"}");
}

/* The id_token has an address that nobody verified; userinfo has the one that opened the account.
 */
static void the_claim_is_shown_from_the_document_that_decided(void **state)
{
        static const char userinfo[] = "{\"sub\":\"s-1\",\"email\":\"alice@example.com\","
                                       "\"email_verified\":true}";
        struct account_rules rules = corp_rules();
        _cleanup_identity_ struct identity *alice = new_identity(
                "corp", ISSUER, "s-1",
                "{\"email\":\"mallory@example.com\",\"email_verified\":false}");
        struct account_verdict verdict;
        _cleanup_free_ char *json = NULL;
        const char *why;

        rules.username_claim = "email";
        rules.strip_suffix = "@example.com";
        assert_int_equal(identity_add_userinfo(alice, userinfo, strlen(userinfo), &why), 0);
        account_decide(&rules, "alice", alice, &verdict);
        assert_true(verdict.allowed);
        assert_int_equal(account_verdict_claims(&verdict, alice, &json), 0);
        assert_string_equal(json, "{\"iss\":\"" ISSUER
                                  "\",\"sub\":\"s-1\",\"email\":\"alice@example.com\"}");
}

static void a_claim_of_userinfo_can_be_shown_and_a_long_one_is_not(void **state)
{
        static const char userinfo[] = "{\"sub\":\"s-1\",\"phone\":\"1\"}";
        struct account_verdict verdict = {.claim = "phone"};
        _cleanup_identity_ struct identity *alice = new_identity("corp", ISSUER, "s-1", "{}");
        _cleanup_free_ char *json = NULL, *claims = NULL, *without = NULL;
        const char *why;

        assert_int_equal(identity_add_userinfo(alice, userinfo, strlen(userinfo), &why), 0);
        assert_int_equal(account_verdict_claims(&verdict, alice, &json), 0);
        assert_non_null(strstr(json, "\"phone\":\"1\""));
        assert_true(asprintf(&claims, "{\"phone\":\"%05000d\"}", 1) > 0);
        _cleanup_identity_ struct identity *bob = new_identity("corp", ISSUER, "s-2", claims);
        assert_int_equal(account_verdict_claims(&verdict, bob, &without), 0);
        assert_null(strstr(without, "phone"));
        verdict.claim = "absent";
        free(TAKE_PTR(without));
        assert_int_equal(account_verdict_claims(&verdict, bob, &without), 0);
        assert_null(strstr(without, "absent"));
}

static void shows(const struct identity *identity, const char *claim, const char *part)
{
        const struct account_verdict verdict = {.claim = claim};
        _cleanup_free_ char *json = NULL;

        assert_int_equal(account_verdict_claims(&verdict, identity, &json), 0);
        if (!strstr(json, part))
                fail_msg("%s: %s", claim, json);
}

static void what_did_not_count_and_what_was_fetched_is_shown(void **state)
{
        _cleanup_identity_ struct identity *alice = new_identity(
                "corp", ISSUER, "s-1", "{\"email\":\"a@b.example\",\"roles\":{\"ops\":{}}}");
        _cleanup_list_ struct text_list fetched = {0};

        assert_int_equal(text_list_add(&fetched, "wheel"), 0);
        assert_int_equal(identity_add_groups(alice, "groups", &fetched), 0);
        shows(alice, "email", "\"email\":\"a@b.example\"");
        shows(alice, "groups", "\"groups\":[\"wheel\"]");
        shows(alice, "/roles/~*", "\"/roles/~*\":[\"ops\"]");
}

static void every_rule_has_a_word(void **state)
{
        assert_string_equal(account_rule_word(ACCOUNT_RULE_NONE), "none");
        assert_string_equal(account_rule_word(ACCOUNT_RULE_MAP), "map");
        assert_string_equal(account_rule_word(ACCOUNT_RULE_GROUP), "group");
        assert_string_equal(account_rule_word(ACCOUNT_RULE_CLAIM), "claim");
        assert_string_equal(account_rule_word(ACCOUNT_RULE_LINK), "link");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(verdicts),
                cmocka_unit_test(rfc8628_19_the_approver_is_bound_to_the_account),
                cmocka_unit_test(rfc8628_17_another_issuer_opens_nothing),
                cmocka_unit_test(a_suffix_is_demanded_and_taken_off),
                cmocka_unit_test(a_provider_that_names_no_accounts_names_none),
                cmocka_unit_test(groups_of_another_provider_open_nothing),
                cmocka_unit_test(links_open_what_no_explicit_rule_names),
                cmocka_unit_test(a_link_is_for_its_own_issuer),
                cmocka_unit_test(links_make_accounts_reachable),
                cmocka_unit_test(an_account_of_several_identities_is_nobodys_own),
                cmocka_unit_test(explicit_rules_name_accounts),
                cmocka_unit_test(what_rules_still_give_without_claims),
                cmocka_unit_test(groups_are_needed_for_shared_accounts_only),
                cmocka_unit_test(a_rule_may_name_the_groups_claim),
                cmocka_unit_test(which_accounts_are_reachable),
                cmocka_unit_test(which_accounts_are_one_persons),
                cmocka_unit_test(accounts_that_are_refused_beforehand),
                cmocka_unit_test(userinfo_is_asked_only_for_what_is_missing),
                cmocka_unit_test(which_provider_is_asked),
                cmocka_unit_test(the_claims_that_decided_can_be_shown),
                cmocka_unit_test(the_claim_is_shown_from_the_document_that_decided),
                cmocka_unit_test(a_claim_of_userinfo_can_be_shown_and_a_long_one_is_not),
                cmocka_unit_test(what_did_not_count_and_what_was_fetched_is_shown),
                cmocka_unit_test(every_rule_has_a_word),
        };
        return cmocka_run_group_tests_name("account-policy", tests, set_up, tear_down);
}
