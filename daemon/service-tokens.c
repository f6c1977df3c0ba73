/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of service.h about access tokens of the caller's own. */
#include "service.h"

#include <errno.h>

#include "granted-logins.h"
#include "io/account-lookup.h"
#include "own-tokens.h"

static int name_caller(uid_t caller_uid, struct local_account *ret_account,
                       const char **ret_sentence)
{
        int r = account_lookup_uid(caller_uid, ret_account);
        if (r == 0) {
                *ret_sentence = "Your user id has no name here.";
                return -EACCES;
        }
        return r < 0 ? r : 0;
}

int service_get_token(struct service *service, uid_t caller_uid, uint64_t min_lifetime_sec,
                      token_on_answer on_answer, void *userdata, struct token_wait **ret_wait,
                      const char **ret_sentence)
{
        _cleanup_(local_account_finish) struct local_account account = {0};

        int r = name_caller(caller_uid, &account, ret_sentence);
        if (r < 0)
                return r;
        return own_tokens_get(service_granted_logins(service), account.name, caller_uid,
                              min_lifetime_sec, on_answer, userdata, ret_wait, ret_sentence);
}

int service_end_tokens(struct service *service, uid_t caller_uid, struct token_record *ret_record,
                       const char **ret_sentence)
{
        _cleanup_(local_account_finish) struct local_account account = {0};

        int r = name_caller(caller_uid, &account, ret_sentence);
        if (r < 0)
                return r;
        return own_tokens_end(service_granted_logins(service), account.name, caller_uid, ret_record,
                              ret_sentence);
}
