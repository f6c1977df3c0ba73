/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header lines of a request that its owner asks for, as libcurl takes them. Some carry secrets:
 * the list is erased when freed. */
#pragma once

#include <curl/curl.h>

#include "io/http-client.h"

/* *ret_lines is NULL when there are none. -EINVAL as http_request_new() has it, -ENOMEM. */
int header_lines_new(const struct http_request_spec *spec, struct curl_slist **ret_lines);

struct curl_slist *header_lines_free(struct curl_slist *lines);
DEFINE_CLEANUP(struct curl_slist *, header_lines_free);
