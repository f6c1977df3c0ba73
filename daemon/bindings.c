/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bindings.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "accounts.h"
#include "common/text.h"
#include "identities.h"
#include "log.h"
#include "state.h"

/* Of a name at the provider, for people to read. */
#define NAME_MAX_BYTES 255

static bool is_same(const char *text, const char *other)
{
        return text && other && strcmp(text, other) == 0;
}

/* ---- writing ---- */

/* The caller frees it. NULL: there is none, or no memory for it. */
static char *name_of(const struct binding_claim *claim)
{
        const char *text;

        if (!claim->name_claim ||
            identity_claim_text(claim->identity, claim->name_claim, &text) != 1)
                return NULL;
        return text_sanitise(text, NAME_MAX_BYTES);
}

static int put(struct state *state, const struct identity_record *record)
{
        return store_mirror_put(state->identities, record, NULL, NULL, NULL);
}

/* A new row for the identity. The texts of the template are borrowed. */
static int add(struct state *state, struct identity_record record, const struct identity *identity,
               uint64_t now_sec, const char **ret_id)
{
        char id[STATE_ID_DIGITS + 1];

        int r = state_new_id(id);
        if (r < 0)
                return r;
        record.id = id;
        record.provider = identity->provider;
        record.issuer = identity->issuer;
        record.subject = identity->subject;
        record.created_at_sec = now_sec;
        record.last_seen_at_sec = now_sec;
        r = put(state, &record);
        if (r < 0)
                return r;
        *ret_id = identities_get(state, id)->id;
        return 0;
}

/* ---- refusals, for an administrator to look at ---- */

static size_t count_refused(const struct state *state, const char *account)
{
        size_t n = 0;

        for (const struct identity_record *record = NULL;
             (record = identities_next(state, account, record));)
                n += !record->account;
        return n;
}

/* The identity is nobody's, and asked for an account that is another's. What waits already stays as
 * it is, here and below: nobody is to make an administrator's yes to it one to something else. */
static int keep_stranger(struct state *state, const struct binding_claim *claim,
                         const struct identity_record *known, char *name)
{
        struct identity_record record = known ? *known : (struct identity_record){0};
        const char *id;

        if (!known && count_refused(state, claim->account) >= IDENTITIES_REFUSED_PER_ACCOUNT_MAX)
                return 0;
        if (!record.asked_account) {
                record.asked_account = (char *)claim->account;
                record.name = name;
        }
        record.last_seen_at_sec = claim->now_sec;
        return known ? put(state, &record)
                     : add(state, record, claim->identity, claim->now_sec, &id);
}

static int keep_change(struct state *state, const struct binding_claim *claim,
                       const struct identity_record *known, char *name)
{
        struct identity_record record = *known;

        if (!known->seen_name && !known->asked_account) {
                record.seen_name = is_same(name, known->name) ? NULL : name;
                if (!is_same(claim->account, known->account))
                        record.asked_account = (char *)claim->account;
        }
        record.last_seen_at_sec = claim->now_sec;
        return put(state, &record);
}

static void keep_refusal(struct state *state, const struct binding_claim *claim,
                         const struct identity_record *known, enum binding binding)
{
        _cleanup_free_ char *name = name_of(claim);
        int r = 0;

        switch (binding) {
        case BINDING_BY_RULE:
        case BINDING_KNOWN:
        case BINDING_NEW:
        case BINDING_FORBIDDEN:
        case BINDING_OTHER_UID:
                return;
        case BINDING_NAME_CHANGED:
        case BINDING_OTHER_ACCOUNT:
                r = known ? keep_change(state, claim, known, name) : 0;
                break;
        case BINDING_OTHER_IDENTITY:
                r = keep_stranger(state, claim, known, name);
                break;
        }
        if (r < 0)
                log_line(LOG_WARNING, "Failed to keep who asked for account '%s': %s, ignoring",
                         claim->account, strerror(-r));
}

/* ---- logins ---- */

static bool is_bound(const struct state *state, const char *account)
{
        for (const struct identity_record *record = NULL;
             (record = identities_next(state, account, record));)
                if (is_same(record->account, account))
                        return true;
        return false;
}

enum binding bindings_decide(struct state *state, const struct binding_claim *claim)
{
        const struct account_record *account = accounts_get(state, claim->account);
        const struct identity_record *known = identities_find(state, claim->identity->issuer,
                                                              claim->identity->subject);
        const struct binding_facts facts = {
                .verdict = claim->verdict,
                .account = claim->account,
                .uid = claim->uid,
                .known_uid = account ? &account->uid : NULL,
                .bound_account = known ? known->account : NULL,
                .is_bound = is_bound(state, claim->account),
        };

        enum binding binding = binding_decide(&facts);
        keep_refusal(state, claim, known, binding);
        return binding;
}

/* The name may have come with another claim or suffix: the rules have said yes to it. */
static int bind_known(struct state *state, const struct binding_claim *claim,
                      const struct identity_record *known, const char **ret_id)
{
        _cleanup_free_ char *name = name_of(claim);
        struct identity_record record = *known;

        if (name)
                record.name = name;
        record.seen_name = NULL;
        record.asked_account = NULL;
        record.provider = claim->identity->provider;
        record.last_seen_at_sec = claim->now_sec;
        int r = put(state, &record);
        if (r < 0)
                return r;
        *ret_id = identities_get(state, known->id)->id;
        return 0;
}

static int bind_new(struct state *state, const struct binding_claim *claim,
                    const struct identity_record *known, const char **ret_id)
{
        _cleanup_free_ char *name = name_of(claim);
        struct identity_record record = known ? *known : (struct identity_record){0};

        record.account = (char *)claim->account;
        record.bound_by = (char *)IDENTITY_BOUND_BY_LOGIN;
        if (known)
                return bind_known(state, claim, &record, ret_id);
        record.name = name;
        return add(state, record, claim->identity, claim->now_sec, ret_id);
}

int bindings_make(struct state *state, const struct binding_claim *claim, enum binding binding,
                  const char **ret_id)
{
        const struct identity_record *known = identities_find(state, claim->identity->issuer,
                                                              claim->identity->subject);

        switch (binding) {
        case BINDING_BY_RULE:
                *ret_id = NULL;
                return 0;
        case BINDING_KNOWN:
                return known ? bind_known(state, claim, known, ret_id) : -EPERM;
        case BINDING_NEW:
                return bind_new(state, claim, known, ret_id);
        case BINDING_FORBIDDEN:
        case BINDING_NAME_CHANGED:
        case BINDING_OTHER_ACCOUNT:
        case BINDING_OTHER_IDENTITY:
        case BINDING_OTHER_UID:
                return -EPERM;
        }
        return -EPERM;
}
