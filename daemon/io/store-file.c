/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "io/durable-file.h"

/* What belongs to NAME; there is no NAME-shm (io/store-database.c). */
static const char *const companions[] = {"-wal", "-journal", "-shm"};

static int path_join(const char *path, const char *end, char **ret_path)
{
        char *joined = NULL;

        if (asprintf(&joined, "%s%s", path, end) < 0)
                return -ENOMEM;
        *ret_path = joined;
        return 0;
}

/* 1 or 0, or negative errno: what cannot be looked at is not absent. */
static int is_there(const char *path, const char *end)
{
        _cleanup_free_ char *joined = NULL;
        struct stat status;

        int r = path_join(path, end, &joined);
        if (r < 0)
                return r;
        if (lstat(joined, &status) == 0)
                return 1;
        return errno == ENOENT ? 0 : -errno;
}

static int look_around(const char *path, enum store_file *ret_file, const char **ret_why)
{
        for (size_t i = 0; i < ELEMENTSOF(companions); i++) {
                int r = is_there(path, companions[i]);
                if (r < 0) {
                        *ret_why = "what is beside it cannot be examined";
                        return r;
                }
                if (r > 0) {
                        *ret_file = STORE_FILE_BEREFT;
                        return 0;
                }
        }
        *ret_file = STORE_FILE_ABSENT;
        return 0;
}

int store_file_look(const char *path, enum store_file *ret_file, const char **ret_why)
{
        struct stat status;

        if (lstat(path, &status) < 0) {
                if (errno == ENOENT)
                        return look_around(path, ret_file, ret_why);
                *ret_why = "it cannot be examined";
                return -errno;
        }
        if (!S_ISREG(status.st_mode)) {
                *ret_why = "it is not a regular file";
                return -EPERM;
        }
        if (status.st_uid != geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO))) {
                *ret_why = "it is not only for the user that badged runs as";
                return -EPERM;
        }
        *ret_file = STORE_FILE_THERE;
        return 0;
}

/* ---- making ---- */

static int remove_if_there(const char *path, const char *end)
{
        _cleanup_free_ char *joined = NULL;

        int r = path_join(path, end, &joined);
        if (r < 0)
                return r;
        return unlink(joined) < 0 && errno != ENOENT ? -errno : 0;
}

/* The mode is set here: sqlite's own files take after it. */
int store_file_draft(const char *path, char **ret_draft)
{
        _cleanup_free_ char *draft = NULL;
        _cleanup_close_ int fd = -1;

        int r = path_join(path, ".new", &draft);
        if (r < 0)
                return r;
        r = remove_if_there(draft, "");
        for (size_t i = 0; i < ELEMENTSOF(companions) && r == 0; i++)
                r = remove_if_there(draft, companions[i]);
        if (r < 0)
                return r;
        fd = open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd < 0)
                return -errno;
        *ret_draft = TAKE_PTR(draft);
        return 0;
}

static int file_sync(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int store_file_publish(const char *draft, const char *path)
{
        int r = file_sync(draft);
        if (r < 0)
                return r;
        r = durable_file_rename(draft, path);
        return r < 0 ? r : durable_folder_sync(path);
}

/* ---- setting aside ---- */

static int aside_name(const char *path, uint64_t now_sec, char **ret_name)
{
        char stamp[sizeof(".damaged-YYYYMMDDTHHMMSSZ") + 16];
        time_t now = (time_t)now_sec;
        struct tm tm;

        if (!gmtime_r(&now, &tm) ||
            strftime(stamp, sizeof(stamp), ".damaged-%Y%m%dT%H%M%SZ", &tm) == 0)
                return -EINVAL;
        return path_join(path, stamp, ret_name);
}

static int move_if_there(const char *path, const char *name, const char *end)
{
        _cleanup_free_ char *from = NULL, *to = NULL;

        int r = path_join(path, end, &from);
        if (r == 0)
                r = path_join(name, end, &to);
        if (r == 0)
                r = durable_file_rename(from, to);
        return r == -ENOENT ? 0 : r;
}

/* The file itself goes first, and for good: were its journal to go before it, and the power then,
 * it would be an older store that looks whole. Alone, the journal is known for what it is. */
int store_file_set_aside(const char *path, uint64_t now_sec, char **ret_name)
{
        _cleanup_free_ char *name = NULL;

        int r = aside_name(path, now_sec, &name);
        if (r == 0)
                r = move_if_there(path, name, "");
        if (r == 0)
                r = durable_folder_sync(path);
        for (size_t i = 0; i < ELEMENTSOF(companions) && r == 0; i++)
                r = move_if_there(path, name, companions[i]);
        if (r == 0)
                r = durable_folder_sync(path);
        if (r < 0)
                return r;
        *ret_name = TAKE_PTR(name);
        return 0;
}
