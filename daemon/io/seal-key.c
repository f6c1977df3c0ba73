/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/seal-key.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "io/durable-file.h"
#include "io/secret-file.h"
#include "io/token-seal.h"

#define CREDENTIAL "badged.key"

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

static int write_lines(const char *path, struct secret *lines, bool replace, const char **ret_why)
{
        int r = secret_append(lines, "\n", 1, TOKEN_SEAL_KEYS_MAX_BYTES);
        if (r == 0)
                r = durable_file_write(path, lines, replace);
        return r < 0 ? refuse(r, "it cannot be written", ret_why) : 0;
}

static int make(const char *path, const char **ret_why)
{
        _cleanup_secret_ struct secret *key = NULL;

        int r = token_seal_make_key(&key);
        if (r < 0)
                return refuse(r, "no key can be made for it", ret_why);
        return write_lines(path, key, false, ret_why);
}

/* -ENOENT when there is none. */
static int load_credential(struct secret **ret_keys, const char **ret_why)
{
        int r = secret_credential_read(CREDENTIAL, TOKEN_SEAL_KEYS_MAX_BYTES, ret_keys, ret_why);
        return r == -ENXIO ? -ENOENT : r;
}

int seal_key_load(const char *path, bool may_make, struct secret **ret_keys, const char **ret_why)
{
        int r = load_credential(ret_keys, ret_why);
        if (r != -ENOENT)
                return r;
        r = secret_file_read(path, TOKEN_SEAL_KEYS_MAX_BYTES, ret_keys, ret_why);
        if (r != -ENOENT || !may_make)
                return r;
        r = make(path, ret_why);
        if (r < 0)
                return r;
        return secret_file_read(path, TOKEN_SEAL_KEYS_MAX_BYTES, ret_keys, ret_why);
}

int seal_key_is_credential(void)
{
        _cleanup_secret_ struct secret *credential = NULL;
        const char *why;

        int r = load_credential(&credential, &why);
        if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
                return r;
        return r != -ENOENT;
}

static int load_own(const char *path, struct secret **ret_keys, const char **ret_why)
{
        _cleanup_secret_ struct secret *credential = NULL;

        int r = load_credential(&credential, ret_why);
        if (r != -ENOENT)
                return refuse(r < 0 ? r : -EPERM, "the key is a credential, which is not badged's",
                              ret_why);
        return secret_file_read(path, TOKEN_SEAL_KEYS_MAX_BYTES, ret_keys, ret_why);
}

int seal_key_renew(const char *path, struct secret **ret_keys, const char **ret_why)
{
        _cleanup_secret_ struct secret *keys = NULL, *old = NULL;

        int r = load_own(path, &old, ret_why);
        if (r < 0)
                return r;
        if (strchr(secret_bytes(old), '\n'))
                return refuse(-EBUSY, "an older key of it is in use yet", ret_why);
        r = token_seal_make_key(&keys);
        if (r == 0)
                r = secret_append(keys, "\n", 1, TOKEN_SEAL_KEYS_MAX_BYTES);
        if (r == 0)
                r = secret_append(keys, secret_bytes(old), secret_size(old),
                                  TOKEN_SEAL_KEYS_MAX_BYTES);
        if (r < 0)
                return refuse(r, "no key can be made for it", ret_why);
        r = write_lines(path, keys, true, ret_why);
        if (r < 0)
                return r;
        return secret_file_read(path, TOKEN_SEAL_KEYS_MAX_BYTES, ret_keys, ret_why);
}

int seal_key_drop_old(const char *path, const char **ret_why)
{
        _cleanup_secret_ struct secret *keys = NULL, *first = NULL;

        int r = load_own(path, &keys, ret_why);
        if (r < 0)
                return r;
        const char *feed = strchr(secret_bytes(keys), '\n');
        if (!feed)
                return 0;
        first = secret_new(secret_bytes(keys), (size_t)(feed - secret_bytes(keys)));
        if (!first)
                return refuse(-ENOMEM, "memory is short", ret_why);
        return write_lines(path, first, true, ret_why);
}
