/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that must not outlive their use: tokens, device codes, client secrets, the bodies that
 * carry them. Erased when freed and when they grow. There is no way to format one. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

struct secret;

/* A copy of size bytes (bytes may be NULL when size is 0). NULL when memory is short. */
struct secret *secret_new(const void *bytes, size_t size);
struct secret *secret_new_text(const char *text);

/* Erases and frees; takes NULL; returns NULL. */
struct secret *secret_free(struct secret *secret);
DEFINE_CLEANUP(struct secret *, secret_free);
#define _cleanup_secret_ _cleanup_(secret_freep)

/* The bytes, always followed by one NUL that is not counted. Valid until the secret changes. */
const char *secret_bytes(const struct secret *secret);
size_t secret_size(const struct secret *secret);

/* Append; 0, -E2BIG when the secret would hold more than max bytes, -ENOMEM. Unchanged on failure.
 */
int secret_append(struct secret *secret, const void *bytes, size_t size, size_t max);
int secret_append_text(struct secret *secret, const char *text, size_t max);

/* Erases memory that a secret passed through on its way (a plain wrapper of explicit_bzero). */
void secret_erase(void *bytes, size_t size);
