/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One exchange with a server: a libcurl easy handle with every option that badged wants, what it
 * collected, and the answer made of that. It knows no loop; http-client drives it. */
#pragma once

#include <curl/curl.h>

#include "io/http-client.h"

struct http_transfer;

/* As http_request_new(): the same errors. */
int http_transfer_new(const struct http_request_spec *spec, struct http_transfer **ret_transfer);
struct http_transfer *http_transfer_free(struct http_transfer *transfer);
DEFINE_CLEANUP(struct http_transfer *, http_transfer_free);

/* Borrowed; NULL once finished. */
CURL *http_transfer_easy(const struct http_transfer *transfer);

/* Ends the exchange with libcurl's verdict and frees the easy handle, which must have left its
 * multi handle. *ret_answer borrows from the transfer. */
void http_transfer_finish(struct http_transfer *transfer, CURLcode code,
                          struct http_answer *ret_answer);
