/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-request.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/cleanup.h"
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

static const size_t texts[] = {
        offsetof(struct login_request, account),       offsetof(struct login_request, service),
        offsetof(struct login_request, origin),        offsetof(struct login_request, remote_host),
        offsetof(struct login_request, terminal),      offsetof(struct login_request, source),
        offsetof(struct login_request, requested_by),  offsetof(struct login_request, prior),
        offsetof(struct login_request, login_session), offsetof(struct login_request, login),
        offsetof(struct login_request, offer),
};

static const char **text_at(struct login_request *request, size_t i)
{
        return (const char **)((char *)request + texts[i]);
}

int login_request_copy(const struct login_request *request, struct login_request *ret_copy)
{
        struct login_request copy = {
                .caller_uid = request->caller_uid,
                .qr = request->qr,
                .columns = request->columns,
                .lines = request->lines,
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                const char *text = *(const char *const *)((const char *)request + texts[i]);
                int r = copy_text(text, text_at(&copy, i));
                if (r < 0) {
                        login_request_finish(&copy);
                        return r;
                }
        }
        *ret_copy = copy;
        return 0;
}

void login_request_finish(struct login_request *copy)
{
        for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                free((char *)*text_at(copy, i));
        *copy = (struct login_request){0};
}
