/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/end-session-url.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "core/form.h"

static int append(struct secret *url, const char *text)
{
        return secret_append_text(url, text, END_SESSION_URL_MAX_BYTES);
}

int end_session_url_new(const char *endpoint, const char *client_id, const struct secret *id_token,
                        struct secret **ret_url)
{
        if (!text_is_https_url(endpoint) || !client_id || client_id[0] == '\0')
                return -EINVAL;

        _cleanup_secret_ struct secret *url = secret_new(NULL, 0), *form = secret_new(NULL, 0);
        if (!url || !form)
                return -ENOMEM;
        int r = form_add_text(form, "client_id", client_id);
        if (r >= 0 && id_token)
                r = form_add_secret(form, "id_token_hint", id_token);
        if (r >= 0)
                r = append(url, endpoint);
        if (r >= 0)
                r = append(url, strchr(endpoint, '?') ? "&" : "?");
        if (r >= 0)
                r = append(url, secret_bytes(form));
        if (r < 0)
                return r;
        *ret_url = TAKE_PTR(url);
        return 0;
}
