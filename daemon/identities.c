/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "identities.h"

#include <errno.h>
#include <string.h>

#include "accounts.h"
#include "common/clock.h"
#include "state.h"

static bool is_same(const char *text, const char *other)
{
        return text && other && strcmp(text, other) == 0;
}

const struct identity_record *identities_get(const struct state *state, const char *id)
{
        return store_mirror_get(state->identities, id);
}

const struct identity_record *identities_find(const struct state *state, const char *issuer,
                                              const char *subject)
{
        for (const struct identity_record *record = NULL;
             (record = store_mirror_next(state->identities, record));)
                if (strcmp(record->issuer, issuer) == 0 && strcmp(record->subject, subject) == 0)
                        return record;
        return NULL;
}

const struct identity_record *identities_next(const struct state *state, const char *account,
                                              const struct identity_record *after)
{
        while ((after = store_mirror_next(state->identities, after)))
                if (!account || is_same(after->account, account) ||
                    is_same(after->asked_account, account))
                        return after;
        return NULL;
}

/* ---- what the rules ask ---- */

static size_t count_links(const char *account, const char *issuer, const char *subject,
                          void *userdata)
{
        struct state *state = userdata;
        size_t n = 0;

        for (const struct identity_record *record = NULL;
             (record = identities_next(state, account, record));)
                n += is_same(record->account, account) &&
                     !is_same(record->bound_by, IDENTITY_BOUND_BY_LOGIN) &&
                     (!issuer || strcmp(record->issuer, issuer) == 0) &&
                     (!subject || strcmp(record->subject, subject) == 0);
        return n;
}

/* What the person approved with both is one person's, and so is the one identity of an account. */
static bool is_shared(const char *account, void *userdata)
{
        struct state *state = userdata;
        size_t n_bound = 0, n_by_others = 0;

        for (const struct identity_record *record = NULL;
             (record = identities_next(state, account, record));) {
                if (!is_same(record->account, account))
                        continue;
                n_bound++;
                n_by_others += !is_same(record->bound_by, IDENTITY_BOUND_BY_LOGIN) &&
                               !is_same(record->bound_by, IDENTITY_BOUND_BY_SELF);
        }
        return n_bound > 1 && n_by_others > 0;
}

struct account_links identities_links(struct state *state)
{
        return (struct account_links){count_links, is_shared, state};
}

/* ---- by hand ---- */

static char *bound_by(const struct identity_link *link)
{
        return (char *)(link->is_by_self ? IDENTITY_BOUND_BY_SELF : IDENTITY_BOUND_BY_ADMIN);
}

static int add_link(struct state *state, const struct identity_link *link, store_on_done on_done,
                    void *userdata, struct store_write **ret_write)
{
        char id[STATE_ID_DIGITS + 1];
        const struct identity_record record = {
                .id = id,
                .account = (char *)link->account,
                .provider = (char *)link->provider,
                .issuer = (char *)link->issuer,
                .subject = (char *)link->subject,
                .bound_by = bound_by(link),
                .created_at_sec = link->now_sec,
        };

        int r = state_new_id(id);
        if (r < 0)
                return r;
        return store_mirror_put(state->identities, &record, on_done, userdata, ret_write);
}

int identities_link(struct state *state, const struct identity_link *link, store_on_done on_done,
                    void *userdata, struct store_write **ret_write)
{
        const struct identity_record *known = identities_find(state, link->issuer, link->subject);

        if (!known)
                return add_link(state, link, on_done, userdata, ret_write);
        if (known->account)
                return is_same(known->account, link->account) ? -EALREADY : -EBUSY;
        struct identity_record record = *known;
        record.account = (char *)link->account;
        record.asked_account = NULL;
        record.bound_by = bound_by(link);
        return store_mirror_put(state->identities, &record, on_done, userdata, ret_write);
}

int identities_unlink(struct state *state, const char *id, store_on_done on_done, void *userdata,
                      struct store_write **ret_write)
{
        const struct identity_record *known = identities_get(state, id);

        if (!known)
                return -ENOENT;
        if (!known->account && !known->asked_account)
                return -EALREADY;
        struct identity_record record = *known;
        record.account = NULL;
        record.asked_account = NULL;
        record.bound_by = NULL;
        return store_mirror_put(state->identities, &record, on_done, userdata, ret_write);
}

int identities_accept(struct state *state, const char *id, store_on_done on_done, void *userdata,
                      struct store_write **ret_write)
{
        const struct identity_record *known = identities_get(state, id);

        if (!known)
                return -ENOENT;
        if (!known->asked_account && !known->seen_name)
                return -EALREADY;
        int r = known->asked_account
                        ? accounts_make_known(state, known->asked_account, clock_wall_sec())
                        : 0;
        if (r < 0)
                return r;
        struct identity_record record = *known;
        if (known->asked_account)
                record.account = known->asked_account;
        if (known->seen_name)
                record.name = known->seen_name;
        record.asked_account = NULL;
        record.seen_name = NULL;
        record.bound_by = (char *)IDENTITY_BOUND_BY_ADMIN;
        return store_mirror_put(state->identities, &record, on_done, userdata, ret_write);
}
