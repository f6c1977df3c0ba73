/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"

#define CREDENTIALS_VARIABLE "CREDENTIALS_DIRECTORY"

struct demand {
        int open_flags;
        bool own_uid_too; /* besides root */
        mode_t forbidden;
};

static const struct demand secret_demand = {O_NOFOLLOW, true, S_IWGRP | S_IRWXO};
static const struct demand trusted_demand = {0, false, S_IWGRP | S_IWOTH};

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

static int check_status(const struct stat *status, const struct demand *demand,
                        const char **ret_why)
{
        mode_t granted = status->st_mode & demand->forbidden;

        if (!S_ISREG(status->st_mode))
                return refuse(-EINVAL, "it is not a regular file", ret_why);
        if (status->st_uid != 0 && !(demand->own_uid_too && status->st_uid == geteuid()))
                return refuse(-EPERM,
                              demand->own_uid_too
                                      ? "it belongs neither to root nor to the user that "
                                        "badged runs as"
                                      : "it does not belong to root",
                              ret_why);
        if (granted & S_IWOTH)
                return refuse(-EPERM, "others may write it", ret_why);
        if (granted & S_IWGRP)
                return refuse(-EPERM, "its group may write it", ret_why);
        if (granted & S_IRWXO)
                return refuse(-EPERM, "others have access to it", ret_why);
        return 0;
}

/* O_NONBLOCK: opening a FIFO that nobody writes to would hold up the whole daemon. */
static int open_checked(const char *path, const struct demand *demand, int *ret_fd,
                        const char **ret_why)
{
        struct stat status;
        _cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY |
                                                    demand->open_flags);

        if (fd < 0 && errno == ELOOP)
                return refuse(-ELOOP, "it is a symbolic link", ret_why);
        if (fd < 0)
                return refuse(-errno, "it cannot be opened", ret_why);
        if (fstat(fd, &status) < 0)
                return refuse(-errno, "it cannot be examined", ret_why);
        int r = check_status(&status, demand, ret_why);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

/* All bytes, which may be one more than max_bytes: room for a line feed that is dropped later. */
static int read_all(int fd, size_t max_bytes, struct secret **ret_bytes, const char **ret_why)
{
        char chunk[4096];
        ssize_t n;
        int r = 0, read_error = 0;
        _cleanup_secret_ struct secret *bytes = secret_new(NULL, 0);

        if (!bytes)
                return refuse(-ENOMEM, "memory is short", ret_why);
        do {
                n = read(fd, chunk, sizeof(chunk));
                if (n < 0 && errno != EINTR)
                        read_error = -errno;
                if (n > 0)
                        r = secret_append(bytes, chunk, (size_t)n, max_bytes + 1);
        } while (r == 0 && read_error == 0 && n != 0);
        secret_erase(chunk, sizeof(chunk));
        if (read_error < 0)
                return refuse(read_error, "it cannot be read", ret_why);
        if (r == -E2BIG)
                return refuse(-EFBIG, "it is too large", ret_why);
        if (r < 0)
                return refuse(r, "memory is short", ret_why);
        *ret_bytes = TAKE_PTR(bytes);
        return 0;
}

int secret_file_read(const char *path, size_t max_bytes, struct secret **ret_secret,
                     const char **ret_why)
{
        _cleanup_close_ int fd = -1;
        _cleanup_secret_ struct secret *bytes = NULL;

        int r = open_checked(path, &secret_demand, &fd, ret_why);
        if (r < 0)
                return r;
        r = read_all(fd, max_bytes, &bytes, ret_why);
        if (r < 0)
                return r;

        const char *text = secret_bytes(bytes);
        size_t size = secret_size(bytes);
        if (size > 0 && text[size - 1] == '\n')
                size--;
        if (size == 0)
                return refuse(-ENODATA, "it is empty", ret_why);
        if (size > max_bytes)
                return refuse(-EFBIG, "it is too large", ret_why);
        if (memchr(text, '\0', size))
                return refuse(-EBADMSG, "it contains a NUL byte", ret_why);

        struct secret *secret = secret_new(text, size);
        if (!secret)
                return refuse(-ENOMEM, "memory is short", ret_why);
        *ret_secret = secret;
        return 0;
}

/* An absolute path in which no component leads upwards. */
static bool folder_is_plain(const char *path)
{
        if (path[0] != '/')
                return false;
        for (const char *s = path; s; s = strchr(s + 1, '/'))
                if (strncmp(s, "/..", 3) == 0 && (s[3] == '/' || s[3] == '\0'))
                        return false;
        return true;
}

static bool credential_name_is_valid(const char *name)
{
        return name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
               !strchr(name, '/') && strlen(name) <= NAME_MAX;
}

int secret_credential_read(const char *name, size_t max_bytes, struct secret **ret_secret,
                           const char **ret_why)
{
        const char *folder = secure_getenv(CREDENTIALS_VARIABLE);
        _cleanup_free_ char *path = NULL;

        if (!credential_name_is_valid(name))
                return refuse(-EINVAL, "it is not the name of a credential", ret_why);
        if (!folder)
                return refuse(-ENXIO, "the service was given no credentials", ret_why);
        if (!folder_is_plain(folder))
                return refuse(-EINVAL, "the folder of credentials is not a plain absolute path",
                              ret_why);
        if (asprintf(&path, "%s/%s", folder, name) < 0) {
                path = NULL;
                return refuse(-ENOMEM, "memory is short", ret_why);
        }
        return secret_file_read(path, max_bytes, ret_secret, ret_why);
}

int trusted_file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_size,
                      const char **ret_why)
{
        _cleanup_close_ int fd = -1;
        _cleanup_secret_ struct secret *bytes = NULL;

        int r = open_checked(path, &trusted_demand, &fd, ret_why);
        if (r < 0)
                return r;
        r = read_all(fd, max_bytes, &bytes, ret_why);
        if (r < 0)
                return r;
        size_t size = secret_size(bytes);
        if (size > max_bytes)
                return refuse(-EFBIG, "it is too large", ret_why);

        if (memchr(secret_bytes(bytes), '\0', size))
                return refuse(-EBADMSG, "it contains a NUL byte", ret_why);

        char *text = malloc(size + 1);
        if (!text)
                return refuse(-ENOMEM, "memory is short", ret_why);
        memcpy(text, secret_bytes(bytes), size + 1);
        *ret_text = text;
        *ret_size = size;
        return 0;
}
