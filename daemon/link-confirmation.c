/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "link-confirmation.h"

#include <errno.h>
#include <string.h>

#include "accounts.h"
#include "common/clock.h"
#include "granted-logins.h"
#include "io/account-lookup.h"
#include "self-links.h"
#include "sessions.h"

static struct self_link_offer offer_of(const struct link_logins *logins, const char *account,
                                       uid_t caller_uid)
{
        return (struct self_link_offer){logins->offered_by, logins->confirmed_by, account,
                                        caller_uid, clock_now_usec()};
}

int link_confirmation_find(struct service *service, uid_t caller_uid,
                           const struct link_logins *logins, const char **ret_issuer,
                           const char **ret_subject)
{
        _cleanup_(local_account_finish) struct local_account account = {0};

        int r = account_lookup_uid(caller_uid, &account);
        if (r <= 0)
                return r;
        const struct self_link_offer offer = offer_of(logins, account.name, caller_uid);
        return self_links_find(service_self_links(service), &offer, ret_issuer, ret_subject);
}

/* Only one that an identity of the account approved, and that was made for this. */
static bool take_login(struct service *service, const char *account, const char *login)
{
        struct granted_logins *granted = service_granted_logins(service);
        const struct session_record *session = sessions_get(granted_logins_sessions(granted),
                                                            login);

        if (!session || session_is_open(session) || !session->identity ||
            strcmp(session->account, account) != 0 ||
            strcmp(session->service, SELF_LINK_CONFIRM_SERVICE) != 0)
                return false;
        return granted_logins_end(granted, login, SESSION_CLOSED, NULL, NULL, NULL) >= 0;
}

int link_confirmation_make(struct service *service, uid_t caller_uid, const char *login,
                           store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        _cleanup_(local_account_finish) struct local_account account = {0};
        const char *detail, *sentence;

        int r = account_lookup_uid(caller_uid, &account);
        if (r <= 0)
                return r < 0 ? r : -EACCES;
        if (accounts_objection(service_state(service), account.name, account.uid, &detail,
                               &sentence) ||
            !take_login(service, account.name, login))
                return -EACCES;
        const struct link_logins logins = {.confirmed_by = login};
        const struct self_link_offer offer = offer_of(&logins, account.name, caller_uid);
        return self_links_confirm(service_self_links(service), &offer, on_done, userdata,
                                  ret_write);
}
