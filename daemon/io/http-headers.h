/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What answer headers mean for a client that waits, keeps or proves: values in, bounded seconds
 * out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HTTP_NONCE_MAX_BYTES 256

/* RFC 9110 10.2.3, the form in seconds, brought into 1..3600; 0 for the date form and for rubbish.
 */
uint64_t http_retry_after_sec(const char *value);

/* RFC 9111 5.2.2: max-age, at most a day; 0 when there is none, when it is no number, and when
 * no-store or no-cache stands beside it. */
uint64_t http_max_age_sec(const char *value);

/* RFC 9449 8.1: one to 256 characters of what a nonce may hold; no blank, quote or backslash. */
bool http_nonce_is_valid(const char *value);
