/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address that brings a shared secret into an authenticator app (the otpauth scheme of the
 * "Key Uri Format"): six digits, thirty seconds and SHA-1 are what an app takes when nothing else
 * is said, and nothing is, since each character makes the QR picture larger. */
#pragma once

#include "common/secret.h"

/* issuer and account are what the app shows beside its code: UTF-8, neither of them empty, and the
 * issuer without a colon. -EINVAL otherwise, or when the secret is empty; -E2BIG when the address
 * would be longer than OTPAUTH_MAX_BYTES; -ENOMEM. */
int otpauth_uri_new(const char *issuer, const char *account, const struct secret *shared_secret,
                    struct secret **ret_uri);

#define OTPAUTH_MAX_BYTES 1024
