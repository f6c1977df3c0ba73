/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/tls-options.h"

#include <openssl/ssl.h>
#include <string.h>

static CURLcode on_context(CURL *easy, void *context, void *userdata)
{
        SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT);
        return CURLE_OK;
}

CURLcode tls_options_set(CURL *easy)
{
        static const char name[] = "OpenSSL/";
        const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);

        if (!version->ssl_version || strncmp(version->ssl_version, name, strlen(name)) != 0)
                return CURLE_NOT_BUILT_IN;
        return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
}
