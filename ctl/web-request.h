/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One HTTPS request with a bearer token, waited for. It follows no redirect: the token goes to the
 * host that was named and to no other. The status is the caller's to judge. */
#pragma once

#include <stdbool.h>

#include "common/secret.h"

#define WEB_BODY_MAX_BYTES ((size_t)8 * 1024 * 1024)

struct web_request {
        const char *method; /* of web_method_is_known() */
        const char *url;    /* https:// only */
        const struct secret *bearer;
        const char *ca_file; /* then nothing else is trusted; NULL: the system's */
        const char *proxy;   /* NULL: none; the environment does not count */
};

struct web_answer {
        unsigned status;
        struct secret *body; /* never NULL; empty for HEAD */
};

void web_answer_finish(struct web_answer *answer);
#define _cleanup_web_ _cleanup_(web_answer_finish)

/* GET, HEAD, POST, PUT, PATCH, DELETE; all without a body. */
bool web_method_is_known(const char *method);

/* 0 and the answer; -ENOMEM; -EIO, and *ret_why is the caller's to free: printable, NULL when there
 * was no memory for it. */
int web_request_send(const struct web_request *request, struct web_answer *ret_answer,
                     char **ret_why);
