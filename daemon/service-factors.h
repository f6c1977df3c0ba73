/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting up and removing second factors, as far as it is the service's: root may, and whoever has
 * just logged in for it. What a factor is, and when it is one, enrolments.h says. */
#pragma once

#include "enrolments.h"
#include "service.h"

/* A second factor for the account of the request: 1 and what enrolments_begin() gives; 0 and
 * *ret_refusal; errors as those of enrolments_begin(). login is what the person proved to be its
 * owner by; NULL: root says so. */
int service_enrol_factor(struct service *service, const struct login_request *request,
                         const char *login, const char *name, const char **ret_id,
                         struct secret **ret_uri, struct refusal *ret_refusal);
/* Removes a factor of the request's account, whose owner the login proves the person to be: 1; 0
 * and *ret_refusal; -ENOENT when the account has no such factor. The rest as store_mirror_remove().
 */
int service_remove_own_factor(struct service *service, const struct login_request *request,
                              const char *login, const char *id, store_on_done on_done,
                              void *userdata, struct store_write **ret_write,
                              struct refusal *ret_refusal);
/* As enrolments_confirm(), which is told the time here. */
int service_confirm_factor(struct service *service, const struct enrolment_proof *proof,
                           store_on_done on_done, void *userdata, struct store_write **ret_write);
