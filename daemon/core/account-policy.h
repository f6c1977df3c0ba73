/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this identity be this local account? The last question before a login is granted, and the one
 * that answers RFC 8628 §5.1: whoever approved decides whose identity came back, so it is compared,
 * as a whole, with the account that was asked for. The account's name is checked, never replaced.
 *
 * Three rules open an account; they never mix:
 *   map    the map file names the account: only the identities it lists
 *   group  account_groups names the account: only members of that group
 *          (an account that both name opens by either)
 *   claim  nobody names the account: the claim that the provider may name accounts by, equal to the
 *          account's name after the suffix was taken off
 * Where neither map nor groups name the account and the claim does not open it, an identity that
 * was linked to it by hand does. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/account-map.h"
#include "core/identity.h"

struct account_group {
        char *account;
        char *group;
};

/* Identities that an administrator, or the person, has linked to an account. They are asked for, as
 * they change while badged runs. */
struct account_links {
        /* How many the account has: of that issuer (NULL: any) and subject (NULL: any). */
        size_t (*count)(const char *account, const char *issuer, const char *subject,
                        void *userdata);
        /* True when the account's identities need not all be the same person's. */
        bool (*is_shared)(const char *account, void *userdata);
        void *userdata;
};

/* What the settings say about one provider's identities. All borrowed. */
struct account_rules {
        const char *provider;
        const char *issuer;
        const char *username_claim;         /* NULL: this provider names no accounts by claim */
        const char *strip_suffix;           /* demanded and taken off; NULL: none */
        const struct account_map *map;      /* NULL: none */
        const struct account_group *groups; /* shared accounts */
        size_t n_groups;
        bool has_groups; /* this provider's groups are the ones meant there */
        const char *groups_claim;
        const struct account_links *links; /* NULL: none */
};

enum account_rule {
        ACCOUNT_RULE_NONE,
        ACCOUNT_RULE_MAP,
        ACCOUNT_RULE_GROUP,
        ACCOUNT_RULE_CLAIM,
        ACCOUNT_RULE_LINK,
};

struct account_verdict {
        bool allowed;
        enum account_rule
                rule;      /* that decided, either way; NONE when no rule reaches the account */
        const char *claim; /* that the rule looked at, NULL for issuer and subject; borrowed */
};

const char *account_rule_word(enum account_rule rule);

/* What is known of the account before anybody is asked. */
struct account_facts {
        const char *name;
        bool known; /* to NSS; uid and shell count only then */
        uid_t uid;
        const char *shell;
};

/* NULL when a login for the account may start; else why not, for the journal. Static. The superuser
 * is refused unless min_uid is 0, which somebody has to write down. */
const char *account_refusal(const struct account_facts *facts, uid_t min_uid);

/* True when the map or the groups name the account: then nothing else opens it. */
bool account_is_named(const struct account_rules *rules, const char *account);

/* False when no identity of this provider can ever open the account: then the provider is not
 * asked. */
bool account_is_reachable(const struct account_rules *rules, const char *account);

/* False for an account that is open to several identities: what one of them brings, such as a
 * token, is not the others'. A claim in the map may be true of several, but for the one that names
 * accounts. */
bool account_is_personal(const struct account_rules *rules, const char *account);

/* What the rules give an identity that had the account before, as long as nobody has asked for its
 * claims anew. */
enum account_hold {
        ACCOUNT_HOLD_NONE,   /* nothing, whatever they are */
        ACCOUNT_HOLD_CLAIMS, /* they decide: a group, or a claim that the map names */
        ACCOUNT_HOLD_FIRM,   /* the account */
};

/* is_bound: by its login, or by hand, and still. */
enum account_hold account_hold(const struct account_rules *rules, const char *account,
                               const char *subject, bool is_bound);

/* True when the verdict on the account needs a claim that the id_token does not carry. */
bool account_needs_userinfo(const struct account_rules *rules, const char *account,
                            const struct identity *identity);

/* True when the verdict on the account looks at groups_claim: for a group, or because the map or
 * username_claim names the same claim, which need not hold groups then. */
bool account_needs_groups(const struct account_rules *rules, const char *account);

/* The verdict. ret_verdict->allowed is true only on the one path where a rule matched. */
void account_decide(const struct account_rules *rules, const char *account,
                    const struct identity *identity, struct account_verdict *ret_verdict);

/* The claims that the verdict looked at, as a JSON object to show: {"iss": …, "sub": …} and the
 * rule's claim, unless that is larger than a screen. 0 or -ENOMEM; the caller frees it. */
int account_verdict_claims(const struct account_verdict *verdict, const struct identity *identity,
                           char **ret_json);

/* One of the providers that the settings know. Borrowed. */
struct account_provider {
        const char *name, *issuer;
};

/* Which provider is asked about the account: the wanted one (NULL: none wanted), else the default
 * if the map has an entry of it, or none at all, for the account, else the first one that the map
 * names. NULL when the wanted one is not among the providers. */
const char *account_choose_provider(const struct account_map *map,
                                    const struct account_provider *providers, size_t n_providers,
                                    const char *account, const char *wanted,
                                    const char *default_provider);
