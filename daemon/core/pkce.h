/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proof Key for Code Exchange (RFC 7636), method S256 and no other: whoever redeems a code is who
 * asked for it. Not the drawing of the random bytes. */
#pragma once

#include "common/secret.h"

#define PKCE_RANDOM_BYTES 32

/* The verifier of these random bytes (section 4.1): 43 characters. 0, -ENOMEM. */
int pkce_verifier_new(const unsigned char random[PKCE_RANDOM_BYTES], struct secret **ret_verifier);

/* Its challenge (section 4.2). 0, -EINVAL for what is no verifier, -ENOMEM. */
int pkce_challenge_new(const struct secret *verifier, char **ret_challenge);
