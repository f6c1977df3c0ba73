/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/client-certificate.h"

#include <errno.h>

#include "common/secret.h"
#include "io/http-options.h"
#include "io/private-key.h"

/* libcurl's copy goes with the handle, erased: http-process sees to that. From a file, it would go
 * through a buffer that nobody erases. */
static int set_pem(CURL *easy, const char *place)
{
        _cleanup_secret_ struct secret *pem = NULL;
        const char *why;

        int r = private_key_read_pem(place, &pem, &why);
        if (r < 0)
                return r;
        struct curl_blob blob = {
                .data = (void *)secret_bytes(pem),
                .len = secret_size(pem),
                .flags = CURL_BLOB_COPY,
        };
        return http_options_errno(curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &blob));
}

/* libcurl finds the engine by itself. */
static int set_token(CURL *easy, const char *uri)
{
        unsigned bad = CURLE_OK;

        bad |= curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "ENG");
        bad |= curl_easy_setopt(easy, CURLOPT_SSLKEY, uri);
        return http_options_errno(bad);
}

int client_certificate_set(CURL *easy, const char *certificate_file, const char *key_place)
{
        unsigned bad = CURLE_OK;

        if (!certificate_file && !key_place)
                return 0;
        if (!certificate_file || !key_place)
                return -EINVAL;
        bad |= curl_easy_setopt(easy, CURLOPT_SSLCERT, certificate_file);
        /* Without a passphrase OpenSSL would ask the terminal for one. */
        bad |= curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
        if (bad != CURLE_OK)
                return http_options_errno(bad);
        return private_key_is_elsewhere(key_place) ? set_token(easy, key_place)
                                                   : set_pem(easy, key_place);
}
