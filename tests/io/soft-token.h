/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A PKCS#11 token of the test's own (SoftHSM), reached through OpenSSL's engine. */
#pragma once

#include <stdbool.h>

/* Puts the key (PEM, PKCS#8) into a new token in folder, and points this process there. False where
 * one of the programs that this takes is missing: then the test skips itself. */
bool soft_token_make(const char *folder, const char *key_file);

#define SOFT_TOKEN_KEY       "pkcs11:token=badged-test;object=host?pin-value=1234"
#define SOFT_TOKEN_WRONG_PIN "pkcs11:token=badged-test;object=host?pin-value=9999"
#define SOFT_TOKEN_NO_PIN    "pkcs11:token=badged-test;object=host"
#define SOFT_TOKEN_NO_KEY    "pkcs11:token=badged-test;object=nobody?pin-value=1234"
