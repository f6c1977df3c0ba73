/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/durable-file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/text.h"

static int write_all(int fd, const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, bytes, size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                bytes += n;
                size -= (size_t)n;
        }
        return 0;
}

static int write_new(const char *path, const struct secret *bytes)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                      S_IRUSR | S_IWUSR);

        if (fd < 0)
                return -errno;
        int r = write_all(fd, secret_bytes(bytes), secret_size(bytes));
        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}

/* Not link() and unlink(): a crash in between would leave two names for one file. */
int durable_file_rename(const char *path, const char *new_path)
{
        return renameat2(AT_FDCWD, path, AT_FDCWD, new_path, RENAME_NOREPLACE) < 0 ? -errno : 0;
}

int durable_folder_sync(const char *path)
{
        _cleanup_free_ char *copy = NULL;

        int r = text_copy(path, &copy);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 || fsync(fd) < 0)
                return -errno;
        return 0;
}

int durable_file_write(const char *path, const struct secret *bytes, bool replace)
{
        _cleanup_free_ char *draft = NULL;

        if (asprintf(&draft, "%s.new", path) < 0) {
                draft = NULL;
                return -ENOMEM;
        }
        if (unlink(draft) < 0 && errno != ENOENT) /* left by a crash */
                return -errno;
        int r = write_new(draft, bytes);
        if (r == 0 && replace)
                r = rename(draft, path) < 0 ? -errno : 0;
        else if (r == 0)
                r = durable_file_rename(draft, path);
        if (r < 0) {
                (void)unlink(draft);
                return r;
        }
        return durable_folder_sync(path);
}
