/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One question to a provider about an access token: asked, its answer judged (api-answer.h), and
 * read by whoever wants to know. */
#pragma once

#include "common/login-outcome.h"
#include "common/secret.h"
#include "provider.h"

struct private_key;
struct provider_call;

/* All borrowed until the end. */
struct api_inquiry {
        struct provider *provider;
        const struct secret *access_token;
        const struct private_key *dpop; /* that it is bound to; NULL: to none */
        void *userdata;

        struct provider_call *call;
        const struct api_reader *reader;
};

/* read: 0; -EBADMSG and *ret_why, static, when the provider is wrong; any other error is ours.
 * on_done is called once, from the loop or from inside the question; it may end the inquiry. detail
 * says why it is not LOGIN_GRANTED, for the journal. */
struct api_reader {
        int (*read)(const struct secret *body, void *userdata, const char **ret_why);
        void (*on_done)(enum login_outcome outcome, const char *detail, void *userdata);
};

/* One at a time. The reader is borrowed: static. */
void api_inquiry_ask_userinfo(struct api_inquiry *inquiry, const struct api_reader *reader);
void api_inquiry_introspect(struct api_inquiry *inquiry, const struct api_reader *reader);

/* Cancels. */
void api_inquiry_finish(struct api_inquiry *inquiry);
