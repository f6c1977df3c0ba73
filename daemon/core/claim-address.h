/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An address of the provider's API with claims of one identity in it. */
#pragma once

struct identity;

#define CLAIM_ADDRESS_MAX_BYTES 2048

/* form with the identity's claim NAME, percent-encoded (RFC 3986 section 2.1), in place of each
 * "{NAME}". The caller frees it. -EINVAL when the identity has no such claim, or one with a quote
 * or a backslash in it, which could end a text in the question that an address asks; when a segment
 * of the path would be "." or "..", which leads elsewhere; when the form has an open bracket, or
 * the address would be longer than CLAIM_ADDRESS_MAX_BYTES. -ENOMEM. */
int claim_address_new(const char *form, const struct identity *identity, char **ret_url);
