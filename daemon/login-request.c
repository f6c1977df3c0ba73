/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-request.h"

#include <errno.h>
#include <stdlib.h>

#include "common/text.h"

#define TEXT_MAX_BYTES 256

static int copy_text(const char *text, const char **ret_copy)
{
        char *copy = text ? text_sanitise(text, TEXT_MAX_BYTES) : NULL;

        if (text && !copy)
                return -ENOMEM;
        *ret_copy = copy;
        return 0;
}

static int copy_texts(const struct login_request *request, struct login_request *copy)
{
        int r = copy_text(request->account, &copy->account);
        if (r < 0)
                return r;
        r = copy_text(request->service, &copy->service);
        if (r < 0)
                return r;
        r = copy_text(request->origin, &copy->origin);
        if (r < 0)
                return r;
        r = copy_text(request->source, &copy->source);
        if (r < 0)
                return r;
        r = copy_text(request->requested_by, &copy->requested_by);
        if (r < 0)
                return r;
        return copy_text(request->prior, &copy->prior);
}

int login_request_copy(const struct login_request *request, struct login_request *ret_copy)
{
        struct login_request copy = {
                .caller_uid = request->caller_uid,
                .qr = request->qr,
                .columns = request->columns,
                .lines = request->lines,
        };

        int r = copy_texts(request, &copy);
        if (r < 0) {
                login_request_finish(&copy);
                return r;
        }
        *ret_copy = copy;
        return 0;
}

void login_request_finish(struct login_request *copy)
{
        free((char *)copy->account);
        free((char *)copy->service);
        free((char *)copy->origin);
        free((char *)copy->source);
        free((char *)copy->requested_by);
        free((char *)copy->prior);
        *copy = (struct login_request){0};
}
