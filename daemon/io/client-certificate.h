/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a request shows for mutual TLS (RFC 8705 section 2). Who believes it is not decided here. */
#pragma once

#include <curl/curl.h>

/* Either two NULL, and nothing is shown, or a PEM file and a place as io/private-key.h takes them.
 * 0, -EINVAL for one without the other, or what reading the key said. What the certificate is worth
 * shows when the request connects. */
int client_certificate_set(CURL *easy, const char *certificate_file, const char *key_place);
