/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who approved and what groups a provider's API names, while memory is short: nobody is in a group
 * that the page does not list, and the token goes to no other origin. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/account-policy.h"
#include "core/account-standing.h"
#include "core/claim-address.h"
#include "core/claim-test.h"
#include "core/directory-page.h"
#include "core/identity.h"
#include "core/strict-json.h"
#include "core/text-pairs.h"
#include "torture.h"

#define ISSUER   "https://issuer.example"
#define GROUPS   "https://api.example/teams"
#define USERINFO "{\"id\":583231,\"login\":\"bob\",\"roles\":{\"dev\":{},\"ops\":{}}}"
#define PAGE                                                            \
        "{\"next\":\"a b\",\"teams\":["                                 \
        "{\"id\":1,\"open\":true,\"org\":\"acme\",\"slug\":\"linux\"}," \
        "{\"id\":2,\"open\":false,\"org\":\"acme\",\"slug\":\"root\"}," \
        "{\"id\":3,\"open\":true,\"org\":\"acme\",\"slug\":\"deploy\"}]}"

static enum torture_end end_of(int r)
{
        return r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
}

static int read_groups(struct text_list *groups, char **ret_next)
{
        const struct group_source source = {(char *)GROUPS,
                                            (char *)"/teams/*={/open=true}{/org}/{/slug}",
                                            (char *)"page=/next"};
        const char *why = NULL;

        return directory_page_read(&source, PAGE, strlen(PAGE), NULL, groups, ret_next, &why);
}

static enum torture_end run_page(const void *prepared)
{
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL;

        int r = read_groups(&groups, &next);
        if (text_list_has(&groups, "acme/root") || (r < 0 && next))
                return TORTURE_WRONG;
        if (r < 0)
                return end_of(r);
        return groups.n == 2 && text_list_has(&groups, "acme/linux") &&
                               text_list_has(&groups, "acme/deploy") &&
                               strcmp(next, GROUPS "?page=a+b") == 0
                       ? TORTURE_DONE
                       : TORTURE_WRONG;
}

static enum torture_end run_linked_page(const void *prepared)
{
        const struct group_source source = {(char *)GROUPS, (char *)"/teams/*/slug",
                                            (char *)"link"};
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL;
        const char *why = NULL;

        int r = directory_page_read(&source, PAGE, strlen(PAGE), GROUPS "?2", &groups, &next, &why);
        if (r < 0)
                return next ? TORTURE_WRONG : end_of(r);
        return groups.n == 3 && strcmp(next, GROUPS "?2") == 0 ? TORTURE_DONE : TORTURE_WRONG;
}

static int make_bob(struct identity **ret_bob)
{
        const char *why = NULL;

        return identity_new_from_userinfo("hub", ISSUER, "id", USERINFO, strlen(USERINFO), ret_bob,
                                          &why);
}

/* A list that is there in part must not replace the one that was there whole. */
static enum torture_end run_added_groups(const void *prepared)
{
        _cleanup_identity_ struct identity *bob = NULL;
        _cleanup_list_ struct text_list groups = {0}, none = {0};
        _cleanup_free_ char *next = NULL;

        int r = make_bob(&bob);
        if (r >= 0)
                r = identity_add_groups(bob, "groups", &none);
        if (r >= 0)
                r = read_groups(&groups, &next);
        if (r >= 0)
                r = identity_add_groups(bob, "groups", &groups);
        if (bob && (identity_claim_has(bob, "groups", "acme/root") ||
                    (r < 0 && identity_claim_has(bob, "groups", "acme/linux"))))
                return TORTURE_WRONG;
        if (r < 0)
                return end_of(r);
        return strcmp(bob->subject, "583231") == 0 &&
                               identity_claim_has(bob, "groups", "acme/deploy")
                       ? TORTURE_DONE
                       : TORTURE_WRONG;
}

static enum torture_end run_claims(const void *prepared)
{
        _cleanup_identity_ struct identity *bob = NULL;
        _cleanup_pairs_ struct text_pairs tests = {0}, others = {0};

        int r = make_bob(&bob);
        if (r >= 0)
                r = text_pairs_add(&tests, "/roles/~*", "ops");
        if (r >= 0)
                r = text_pairs_add(&tests, "login", "bob");
        if (r >= 0)
                r = text_pairs_add(&others, "/roles/~*", "root");
        if (r < 0)
                return end_of(r);
        if (!claim_tests_failing(&others, bob))
                return TORTURE_WRONG;
        /* A name that could not be made is none. */
        return claim_tests_failing(&tests, bob) ? TORTURE_SHORT : TORTURE_DONE;
}

static enum torture_end run_standing(const void *prepared)
{
        static const char here[] = "{\"state\":7}", gone[] = "{\"state\":8}";
        _cleanup_identity_ struct identity *bob = NULL;
        _cleanup_free_ char *url = NULL;
        const char *why = NULL;

        int r = make_bob(&bob);
        if (r >= 0)
                r = claim_address_new("https://api.example/users/{login}?n={id}", bob, &url);
        if (r >= 0 && strcmp(url, "https://api.example/users/bob?n=583231") != 0)
                return TORTURE_WRONG;
        if (r >= 0)
                r = account_standing_read(here, strlen(here), "/state", "7", &why);
        if (r < 0)
                return end_of(r);
        r = account_standing_read(gone, strlen(gone), "/state", "7", &why);
        return r == -EBADMSG ? TORTURE_DONE : end_of(r);
}

static int show(const struct identity *bob, const char *claim, char **ret_shown)
{
        const struct account_verdict verdict = {.claim = claim};

        return account_verdict_claims(&verdict, bob, ret_shown);
}

static enum torture_end run_shown(const void *prepared)
{
        _cleanup_identity_ struct identity *bob = NULL;
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *roles = NULL, *teams = NULL;

        int r = make_bob(&bob);
        if (r >= 0)
                r = text_list_add(&groups, "acme/linux");
        if (r >= 0)
                r = text_list_add(&groups, "acme/deploy");
        if (r >= 0)
                r = identity_add_groups(bob, "groups", &groups);
        if (r >= 0)
                r = show(bob, "/roles/~*", &roles);
        if (r >= 0)
                r = show(bob, "groups", &teams);
        if (r < 0)
                return end_of(r);
        return strstr(roles, "[\"dev\",\"ops\"]") &&
                               strstr(teams, "[\"acme/linux\",\"acme/deploy\"]")
                       ? TORTURE_DONE
                       : TORTURE_SHORT;
}

static const struct torture_case cases[] = {
        {.name = "a_page_of_groups_is_read", .run = run_page},
        {.name = "a_page_of_groups_leads_to_the_next", .run = run_linked_page},
        {.name = "fetched_groups_are_added_whole", .run = run_added_groups},
        {.name = "demanded_claims_are_looked_up", .run = run_claims},
        {.name = "an_account_that_is_gone_stays_gone", .run = run_standing},
        {.name = "claims_by_path_and_list_are_shown", .run = run_shown},
};
const struct torture_cases torture_directory_cases = {cases, ELEMENTSOF(cases)};
