/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcurl leaves at OpenSSL's default and badged does not: decrypted bytes, which stay behind
 * in the buffer that they were read into. */
#pragma once

#include <curl/curl.h>

/* A CURLcode; not CURLE_OK when this libcurl was not built with OpenSSL. */
CURLcode tls_options_set(CURL *easy);
