/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private key to sign with: from a PEM file or a credential, which are read as io/secret-file.h
 * reads secrets, from a token that OpenSSL reaches (PKCS#11), or made here. What it is good for is
 * not looked at: core/jwt-sign.h says. Never asks anybody for a passphrase or a PIN. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/secret.h"

struct evp_pkey_st;
struct private_key;

/* A place is a path, "credential:NAME" or a PKCS#11 URI (RFC 7512), the PIN of which has to be in
 * the URI itself: by pin-source=file:..., because a pin-value stands in the clear wherever the URI
 * does, in what libraries write to standard error too. *ret_why is a static fragment, as in
 * io/secret-file.h. */

/* -EBADMSG when it is not one key, or has a passphrase; -ENOENT when the token has no such key;
 * -ENOMEM; otherwise what reading the file said. */
int private_key_load(const char *place, struct private_key **ret_key, const char **ret_why);

/* On the curve P-256. 0, or -EIO when libcrypto cannot. */
int private_key_generate_p256(struct private_key **ret_key);

/* The memory of the key is erased. Takes NULL, returns NULL. */
struct private_key *private_key_free(struct private_key *key);
DEFINE_CLEANUP(struct private_key *, private_key_free);

/* Borrowed. */
struct evp_pkey_st *private_key_evp(const struct private_key *key);

/* Whether the first certificate in the text, PEM, is this key's. 0; -EBADMSG when there is none
 * that makes sense; -EKEYREJECTED; -ENOMEM. */
int private_key_check_certificate(const struct private_key *key, const char *pem, size_t size,
                                  const char **ret_why);

/* PKCS#8 as PEM, in clear: to be sealed by whoever keeps it. -EPERM for a key that stays in its
 * token. */
int private_key_to_secret(const struct private_key *key, struct secret **ret_pem);
int private_key_from_secret(const struct secret *pem, struct private_key **ret_key,
                            const char **ret_why);

/* True for a PKCS#11 URI; the PEM text of any other place, not looked into. */
bool private_key_is_elsewhere(const char *place);
int private_key_read_pem(const char *place, struct secret **ret_pem, const char **ret_why);
