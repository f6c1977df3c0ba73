/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/account-policy.h"

#include <errno.h>
#include <json-c/json_object.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/cleanup.h"
#include "core/strict-json.h"

#define SHOWN_CLAIM_MAX_BYTES 1024

const char *account_rule_word(enum account_rule rule)
{
        switch (rule) {
        case ACCOUNT_RULE_NONE:
                return "none";
        case ACCOUNT_RULE_MAP:
                return "map";
        case ACCOUNT_RULE_GROUP:
                return "group";
        case ACCOUNT_RULE_CLAIM:
                return "claim";
        case ACCOUNT_RULE_LINK:
                return "link";
        }
        return "none";
}

/* Accounts that nobody is meant to log in to carry one of these instead of a shell. */
static bool shell_is_none(const char *shell)
{
        static const char *const closed[] = {"nologin", "false"};

        if (!shell)
                return true;
        const char *slash = strrchr(shell, '/');
        const char *base = slash ? slash + 1 : shell;
        for (size_t i = 0; i < ELEMENTSOF(closed); i++)
                if (strcmp(base, closed[i]) == 0)
                        return true;
        return false;
}

const char *account_refusal(const struct account_facts *facts, uid_t min_uid)
{
        if (!account_name_is_valid(facts->name))
                return "the account name is not one that badged accepts";
        if (!facts->known)
                return "the account does not exist";
        if (facts->uid == 0 && min_uid > 0)
                return "the account is the superuser";
        if (facts->uid < min_uid)
                return "the account is a system account (uid below min_uid)";
        if (shell_is_none(facts->shell))
                return "the account has no login shell";
        return NULL;
}

/* ---- which rule has the say ---- */

static size_t map_names(const struct account_rules *rules, const char *account)
{
        const struct account_map_entry *entries;
        size_t n = rules->map ? account_map_entries(rules->map, &entries) : 0, n_named = 0;

        for (size_t i = 0; i < n; i++)
                n_named += strcmp(entries[i].account, account) == 0;
        return n_named;
}

static bool groups_name(const struct account_rules *rules, const char *account)
{
        for (size_t i = 0; i < rules->n_groups; i++)
                if (strcmp(rules->groups[i].account, account) == 0)
                        return true;
        return false;
}

/* The entry is about identities of this provider. */
static bool entry_is_ours(const struct account_rules *rules, const struct account_map_entry *entry)
{
        return entry->issuer ? strcmp(entry->issuer, rules->issuer) == 0
                             : strcmp(entry->provider, rules->provider) == 0;
}

/* The next map entry of the account for this provider at or after *index; NULL at the end. */
static const struct account_map_entry *next_entry(const struct account_rules *rules,
                                                  const char *account, size_t *index)
{
        const struct account_map_entry *entries;
        size_t n = rules->map ? account_map_entries(rules->map, &entries) : 0;

        while (*index < n) {
                const struct account_map_entry *entry = &entries[(*index)++];
                if (strcmp(entry->account, account) == 0 && entry_is_ours(rules, entry))
                        return entry;
        }
        return NULL;
}

bool account_is_named(const struct account_rules *rules, const char *account)
{
        return map_names(rules, account) > 0 || groups_name(rules, account);
}

enum account_hold account_hold(const struct account_rules *rules, const char *account,
                               const char *subject, bool is_bound)
{
        const struct account_map_entry *entry;
        bool claims_decide = rules->has_groups && groups_name(rules, account);

        if (!account_is_named(rules, account))
                return is_bound ? ACCOUNT_HOLD_FIRM : ACCOUNT_HOLD_NONE;
        for (size_t i = 0; (entry = next_entry(rules, account, &i));) {
                if (entry->subject && strcmp(entry->subject, subject) == 0)
                        return ACCOUNT_HOLD_FIRM;
                claims_decide |= entry->claim != NULL;
        }
        return claims_decide ? ACCOUNT_HOLD_CLAIMS : ACCOUNT_HOLD_NONE;
}

static size_t count_links(const struct account_rules *rules, const char *account,
                          const char *subject)
{
        const struct account_links *links = rules->links;

        if (!links || account_is_named(rules, account))
                return 0;
        return links->count(account, rules->issuer, subject, links->userdata);
}

bool account_is_reachable(const struct account_rules *rules, const char *account)
{
        bool mapped = map_names(rules, account) > 0, grouped = groups_name(rules, account);
        size_t index = 0;

        if (mapped && next_entry(rules, account, &index))
                return true;
        if (grouped && rules->has_groups)
                return true;
        if (mapped || grouped)
                return false;
        return rules->username_claim || count_links(rules, account, NULL) > 0;
}

bool account_is_personal(const struct account_rules *rules, const char *account)
{
        size_t index = 0;
        const struct account_map_entry *entry = next_entry(rules, account, &index);

        if (groups_name(rules, account) || map_names(rules, account) > 1)
                return false;
        if (!entry && rules->links && rules->links->is_shared(account, rules->links->userdata))
                return false;
        return !entry || !entry->claim ||
               (rules->username_claim && strcmp(entry->claim, rules->username_claim) == 0);
}

bool account_needs_userinfo(const struct account_rules *rules, const char *account,
                            const struct identity *identity)
{
        const char *text;
        bool mapped = map_names(rules, account), grouped = groups_name(rules, account);
        size_t index = 0;

        for (const struct account_map_entry *entry; (entry = next_entry(rules, account, &index));)
                if (entry->claim && identity_claim_text(identity, entry->claim, &text) == 0)
                        return true;
        if (grouped && rules->has_groups && !identity_has_claim(identity, rules->groups_claim))
                return true;
        return !mapped && !grouped && rules->username_claim &&
               identity_claim_text(identity, rules->username_claim, &text) == 0;
}

static bool is_groups_claim(const struct account_rules *rules, const char *claim)
{
        return claim && rules->groups_claim && strcmp(claim, rules->groups_claim) == 0;
}

bool account_needs_groups(const struct account_rules *rules, const char *account)
{
        size_t index = 0;

        for (const struct account_map_entry *entry; (entry = next_entry(rules, account, &index));)
                if (is_groups_claim(rules, entry->claim))
                        return true;
        if (groups_name(rules, account))
                return rules->has_groups;
        return !map_names(rules, account) && is_groups_claim(rules, rules->username_claim);
}

/* ---- the three rules ---- */

static bool entry_matches(const struct account_map_entry *entry, const struct identity *identity)
{
        const char *text;

        if (entry->issuer)
                return strcmp(entry->issuer, identity->issuer) == 0 &&
                       strcmp(entry->subject, identity->subject) == 0;
        return identity_claim_text(identity, entry->claim, &text) == 1 &&
               strcmp(text, entry->value) == 0;
}

static bool map_allows(const struct account_rules *rules, const char *account,
                       const struct identity *identity, const char **ret_claim)
{
        size_t index = 0;

        for (const struct account_map_entry *entry; (entry = next_entry(rules, account, &index));)
                if (entry_matches(entry, identity)) {
                        *ret_claim = entry->claim;
                        return true;
                }
        return false;
}

static bool groups_allow(const struct account_rules *rules, const char *account,
                         const struct identity *identity)
{
        for (size_t i = 0; rules->has_groups && i < rules->n_groups; i++)
                if (strcmp(rules->groups[i].account, account) == 0 &&
                    identity_claim_has(identity, rules->groups_claim, rules->groups[i].group))
                        return true;
        return false;
}

/* A suffix that is configured is demanded: without it, "alice" of a guest domain would be ours too.
 */
static bool claim_allows(const struct account_rules *rules, const char *account,
                         const struct identity *identity)
{
        const char *text, *suffix = rules->strip_suffix ? rules->strip_suffix : "";

        if (!rules->username_claim ||
            identity_claim_text(identity, rules->username_claim, &text) != 1)
                return false;
        size_t length = strlen(account);
        return strncmp(text, account, length) == 0 && strcmp(text + length, suffix) == 0;
}

void account_decide(const struct account_rules *rules, const char *account,
                    const struct identity *identity, struct account_verdict *ret_verdict)
{
        struct account_verdict verdict = {.allowed = false, .rule = ACCOUNT_RULE_NONE};
        bool mapped = map_names(rules, account), grouped = groups_name(rules, account);

        /* Rules speak of one provider: an identity of another one matches none of them. */
        if (strcmp(identity->issuer, rules->issuer) != 0 ||
            strcmp(identity->provider, rules->provider) != 0) {
                *ret_verdict = verdict;
                return;
        }

        if (mapped) {
                verdict.rule = ACCOUNT_RULE_MAP;
                verdict.allowed = map_allows(rules, account, identity, &verdict.claim);
        }
        if (grouped && !verdict.allowed) {
                verdict.rule = ACCOUNT_RULE_GROUP;
                verdict.claim = rules->groups_claim;
                verdict.allowed = groups_allow(rules, account, identity);
        }
        if (!mapped && !grouped && rules->username_claim) {
                verdict.rule = ACCOUNT_RULE_CLAIM;
                verdict.claim = rules->username_claim;
                verdict.allowed = claim_allows(rules, account, identity);
        }
        if (!verdict.allowed && count_links(rules, account, identity->subject) > 0)
                verdict = (struct account_verdict){.allowed = true, .rule = ACCOUNT_RULE_LINK};
        *ret_verdict = verdict;
}

/* Takes the value, also when it fails; NULL is one that could not be made. */
static int add_value(struct json_object *object, const char *name, struct json_object *value)
{
        if (!value || json_object_object_add(object, name, value) < 0) {
                (void)json_object_put(value);
                return -ENOMEM;
        }
        return 0;
}

/* Also an e-mail that nobody vouches for: why it did not count is what somebody wants to see. */
static int add_claim(struct json_object *shown, const char *claim, const struct identity *identity)
{
        _cleanup_json_ struct json_object *value = NULL;
        struct json_object *raw = NULL;

        if (identity_claim_value(identity, claim, &value) < 0)
                return -ENOMEM;
        if (!value && !json_object_object_get_ex(identity->id_token, claim, &raw))
                (void)json_object_object_get_ex(identity->userinfo, claim, &raw);
        if (raw)
                value = json_object_get(raw);
        const char *text = value ? json_object_to_json_string(value) : NULL;
        if (!text || strlen(text) > SHOWN_CLAIM_MAX_BYTES)
                return 0;
        return add_value(shown, claim, TAKE_PTR(value));
}

int account_verdict_claims(const struct account_verdict *verdict, const struct identity *identity,
                           char **ret_json)
{
        _cleanup_json_ struct json_object *shown = json_object_new_object();

        if (!shown || add_value(shown, "iss", json_object_new_string(identity->issuer)) < 0 ||
            add_value(shown, "sub", json_object_new_string(identity->subject)) < 0)
                return -ENOMEM;
        if (verdict->claim && add_claim(shown, verdict->claim, identity) < 0)
                return -ENOMEM;
        const char *text = json_object_to_json_string_ext(
                shown, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        char *copy = text ? strdup(text) : NULL;
        if (!copy)
                return -ENOMEM;
        *ret_json = copy;
        return 0;
}

/* By name, or by issuer when there is no name: a map entry has the one or the other. */
static const struct account_provider *find_provider(const struct account_provider *providers,
                                                    size_t n_providers, const char *name,
                                                    const char *issuer)
{
        for (size_t i = 0; i < n_providers; i++)
                if ((name && strcmp(providers[i].name, name) == 0) ||
                    (!name && issuer && strcmp(providers[i].issuer, issuer) == 0))
                        return &providers[i];
        return NULL;
}

const char *account_choose_provider(const struct account_map *map,
                                    const struct account_provider *providers, size_t n_providers,
                                    const char *account, const char *wanted,
                                    const char *default_provider)
{
        const struct account_map_entry *entries = NULL;
        const struct account_provider *first = NULL;
        size_t n = map ? account_map_entries(map, &entries) : 0;

        if (wanted) {
                first = find_provider(providers, n_providers, wanted, NULL);
                return first ? first->name : NULL;
        }
        for (size_t i = 0; i < n; i++) {
                if (strcmp(entries[i].account, account) != 0)
                        continue;
                const struct account_provider *provider = find_provider(
                        providers, n_providers, entries[i].provider, entries[i].issuer);
                if (provider && strcmp(provider->name, default_provider) == 0)
                        return default_provider;
                if (provider && !first)
                        first = provider;
        }
        return first ? first->name : default_provider;
}
