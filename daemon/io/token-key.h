/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private key that stays in its token (PKCS#11): found by OpenSSL through whatever provider takes
 * the URI, else through the engine pkcs11, which is all that Debian 12 has. Nobody is asked for a
 * PIN. */
#pragma once

struct evp_pkey_st;

/* uri is of RFC 7512. NULL when no token gives a private key for it, or more than one does: then
 * libcrypto has errors to tell. */
struct evp_pkey_st *token_key_find(const char *uri);
