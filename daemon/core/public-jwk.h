/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public half of a key of ours as a JWK (RFC 7517), and its name, the thumbprint (RFC 7638).
 * Not for keys of others: those are jwk.h's. */
#pragma once

struct evp_pkey_st;

/* The required members only, in the order of RFC 7638 section 3.2 and without blanks. 0, -EINVAL
 * for a key that is neither RSA nor on P-256, P-384 or P-521, or does not tell, -ENOMEM. */
int public_jwk_new(struct evp_pkey_st *key, char **ret_jwk);

/* base64url of SHA-256 over that text. The same errors. */
int public_jwk_thumbprint(struct evp_pkey_st *key, char **ret_thumbprint);
