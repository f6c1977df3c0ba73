/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "accounts.h"

#include <errno.h>
#include <string.h>

#include "common/account-name.h"
#include "io/account-lookup.h"
#include "io/store-factor.h"
#include "io/store-identity.h"
#include "io/store-session.h"
#include "io/store-ticket.h"
#include "state.h"

const struct account_record *accounts_get(const struct state *state, const char *name)
{
        return store_mirror_get(state->accounts, name);
}

const struct account_record *accounts_next(const struct state *state,
                                           const struct account_record *after)
{
        return store_mirror_next(state->accounts, after);
}

bool accounts_objection(const struct state *state, const char *name, uid_t uid,
                        const char **ret_detail, const char **ret_sentence)
{
        const struct account_record *account = accounts_get(state, name);

        if (account && account->locked_at_sec > 0) {
                *ret_detail = "the account is locked";
                *ret_sentence = "This account is locked.";
                return true;
        }
        if (account && account->uid != uid) {
                *ret_detail = "the account has another uid than when badged came to know it";
                *ret_sentence = "This account is not the one that it was. An administrator has to "
                                "settle that first.";
                return true;
        }
        return false;
}

/* By the name, too: a uid may have gone to somebody else. */
bool accounts_is_owner(const struct state *state, uid_t uid)
{
        _cleanup_(local_account_finish) struct local_account local = {0};

        if (account_lookup_uid(uid, &local) <= 0)
                return false;
        const struct account_record *account = accounts_get(state, local.name);
        return account && account->is_owner && account->uid == uid && account->locked_at_sec == 0;
}

char *accounts_name_of(uid_t uid)
{
        _cleanup_(local_account_finish) struct local_account local = {0};

        return account_lookup_uid(uid, &local) > 0 ? TAKE_PTR(local.name) : NULL;
}

/* ---- changes ---- */

int accounts_find_uid(const char *name, uid_t *ret_uid)
{
        _cleanup_(local_account_finish) struct local_account local = {0};

        int r = account_name_is_valid(name) ? account_lookup(name, &local) : 0;
        if (r <= 0)
                return r;
        if (strcmp(local.name, name) != 0)
                return 0;
        *ret_uid = local.uid;
        return 1;
}

/* What is known of the account, or what there is to know of a new one. The texts are borrowed. */
static struct account_record copy_or_new(const struct state *state, const char *name, uid_t uid,
                                         uint64_t now_sec)
{
        const struct account_record *known = accounts_get(state, name);

        if (known)
                return *known;
        return (struct account_record){.name = (char *)name, .uid = uid, .created_at_sec = now_sec};
}

static int copy_or_look_up(const struct state *state, const char *name, uint64_t now_sec,
                           struct account_record *ret_account)
{
        uid_t uid = 0;
        int r = accounts_get(state, name) ? 1 : accounts_find_uid(name, &uid);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret_account = copy_or_new(state, name, uid, now_sec);
        return 0;
}

int accounts_lock(struct state *state, const struct account_lock *lock, store_on_done on_done,
                  void *userdata, struct store_write **ret_write)
{
        struct account_record account;

        int r = copy_or_look_up(state, lock->name, lock->now_sec, &account);
        if (r < 0)
                return r;
        account.locked_at_sec = lock->now_sec;
        account.locked_by = (char *)lock->by;
        account.lock_reason = (char *)lock->reason;
        return store_mirror_put(state->accounts, &account, on_done, userdata, ret_write);
}

int accounts_unlock(struct state *state, const char *name, store_on_done on_done, void *userdata,
                    struct store_write **ret_write)
{
        const struct account_record *known = accounts_get(state, name);

        if (!known)
                return -ENOENT;
        if (known->locked_at_sec == 0)
                return -EALREADY;
        struct account_record account = *known;
        account.locked_at_sec = 0;
        account.locked_by = NULL;
        account.lock_reason = NULL;
        return store_mirror_put(state->accounts, &account, on_done, userdata, ret_write);
}

static bool has_owner(const struct state *state)
{
        for (const struct account_record *account = NULL;
             (account = accounts_next(state, account));)
                if (account->is_owner)
                        return true;
        return false;
}

int accounts_meet(struct state *state, const char *name, uid_t uid, uint64_t now_sec)
{
        if (accounts_get(state, name))
                return 0;
        struct account_record account = copy_or_new(state, name, uid, now_sec);
        return store_mirror_put(state->accounts, &account, NULL, NULL, NULL);
}

int accounts_note_login(struct state *state, const struct account_login *login)
{
        const struct account_record *known = accounts_get(state, login->name);

        if (!known)
                return -ENOENT;
        struct account_record account = *known;
        account.last_login_at_sec = login->now_sec;
        account.last_login_from = (char *)login->origin;
        account.is_owner = account.is_owner || (login->may_own && !has_owner(state));
        return store_mirror_put(state->accounts, &account, NULL, NULL, NULL);
}

int accounts_make_known(struct state *state, const char *name, uint64_t now_sec)
{
        struct account_record account;

        if (accounts_get(state, name))
                return 0;
        int r = copy_or_look_up(state, name, now_sec, &account);
        if (r < 0)
                return r;
        return store_mirror_put(state->accounts, &account, NULL, NULL, NULL);
}

/* ---- forgetting ---- */

static bool has_sessions(const struct state *state, const char *name)
{
        for (const struct session_record *session = NULL;
             (session = store_mirror_next(state->sessions, session));)
                if (strcmp(session->account, name) == 0)
                        return true;
        return false;
}

static bool is_its_identity(const void *record, const char *name)
{
        const struct identity_record *identity = record;
        return identity->account && strcmp(identity->account, name) == 0;
}

static bool is_its_ticket(const void *record, const char *name)
{
        return strcmp(((const struct ticket_record *)record)->account, name) == 0;
}

static bool is_its_factor(const void *record, const char *name)
{
        return strcmp(((const struct factor_record *)record)->account, name) == 0;
}

/* The id is the first member of each of these records. */
_Static_assert(offsetof(struct identity_record, id) == 0 &&
                       offsetof(struct ticket_record, id) == 0 &&
                       offsetof(struct factor_record, id) == 0,
               "the key stands first");

static int remove_own(struct store_mirror *mirror, const char *name,
                      bool (*is_its)(const void *record, const char *name))
{
        const void *next;

        for (const void *record = store_mirror_next(mirror, NULL); record; record = next) {
                next = store_mirror_next(mirror, record);
                if (!is_its(record, name))
                        continue;
                int r = store_mirror_remove(mirror, *(char *const *)record, NULL, NULL, NULL);
                if (r < 0)
                        return r;
        }
        return 0;
}

int accounts_forget(struct state *state, const char *name, store_on_done on_done, void *userdata,
                    struct store_write **ret_write)
{
        const struct account_record *account = accounts_get(state, name);

        if (!account)
                return -ENOENT;
        if (account->locked_at_sec > 0)
                return -EACCES;
        if (has_sessions(state, name))
                return -ENOTEMPTY;
        int r = remove_own(state->identities, name, is_its_identity);
        if (r == 0)
                r = remove_own(state->tickets, name, is_its_ticket);
        if (r == 0)
                r = remove_own(state->factors, name, is_its_factor);
        if (r < 0)
                return r;
        return store_mirror_remove(state->accounts, name, on_done, userdata, ret_write);
}
