/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcurl's verdict on an exchange means here. text is what it put into its error buffer. */
#pragma once

#include <curl/curl.h>

#include "io/http-client.h"

/* For a code that is not CURLE_OK. */
enum http_failure http_failure_from_code(CURLcode code, const char *text);

/* What may be told of it: text, or something static. */
const char *http_failure_text(CURLcode code, const char *text);
