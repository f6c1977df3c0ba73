/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bare libcurl POST on a connection that stays open, certificate checked: what a round trip to
 * the provider costs without badged. */
#pragma once

#include "common/cleanup.h"

struct warm_post;

/* NULL when libcurl will not. */
struct warm_post *warm_post_new(const char *ca_file);
struct warm_post *warm_post_free(struct warm_post *post);
DEFINE_CLEANUP(struct warm_post *, warm_post_free);

/* The HTTP status, or 0 and a sentence in *ret_body. *ret_body is borrowed until the next one. */
long warm_post_send(struct warm_post *post, const char *url, const char *form,
                    const char **ret_body);
