/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How badged speaks HTTPS, whatever it asks for: the libcurl options that every request has alike.
 */
#pragma once

#include <curl/curl.h>

#include "io/http-client.h"

/* 0, -ENOMEM, or -EIO when this libcurl lacks one of them. */
int http_options_set(CURL *easy, const struct http_request_spec *spec);

/* The errno for CURLcodes joined by |. */
int http_options_errno(unsigned codes);
