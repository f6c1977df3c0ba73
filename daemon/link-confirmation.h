/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second half of a link that a person makes (self-links.h): a login of the own account, made
 * for that and used up by it. */
#pragma once

#include <sys/types.h>

#include "io/store-mirror.h"
#include "service.h"

/* The login by which the caller offered an identity for the own account, or the one that is to link
 * it: their ids. One of the two is NULL. */
struct link_logins {
        const char *offered_by, *confirmed_by;
};

/* 1 and what was offered by it, borrowed until the loop goes on; or 0. */
int link_confirmation_find(struct service *service, uid_t caller_uid,
                           const struct link_logins *logins, const char **ret_issuer,
                           const char **ret_subject);

/* Links it, by the id of the second login: as self_links_confirm(), and -EACCES for any other. */
int link_confirmation_make(struct service *service, uid_t caller_uid, const char *login,
                           store_on_done on_done, void *userdata, struct store_write **ret_write);
