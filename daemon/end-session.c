/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "end-session.h"

#include <errno.h>

#include "core/end-session-url.h"

static int make(const struct provider *provider, const struct secret *id_token,
                struct secret **ret_url)
{
        int r = end_session_url_new(provider_endpoint_url(provider, ENDPOINT_END_SESSION),
                                    provider_settings(provider)->client_id, id_token, ret_url);
        return r == -EINVAL || r == -E2BIG ? 0 : r;
}

int end_session_addresses(const struct provider *provider, const struct token_record *record,
                          struct secret **ret_url, struct secret **ret_hinted_url)
{
        _cleanup_secret_ struct secret *url = NULL, *hinted_url = NULL;

        if (!provider_endpoint_url(provider, ENDPOINT_END_SESSION))
                return 0;
        int r = make(provider, NULL, &url);
        /* Some APIs take an id_token for an access token. */
        if (r >= 0 && record->id_token && provider_settings(provider)->tokens_for_people)
                r = make(provider, record->id_token, &hinted_url);
        if (r < 0)
                return r;
        *ret_url = TAKE_PTR(url);
        *ret_hinted_url = TAKE_PTR(hinted_url);
        return 0;
}
