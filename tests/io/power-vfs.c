/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "power-vfs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define MAX_FILES    16
#define SECTOR_BYTES 512

/* A write, or with bytes NULL a change of size. */
struct change {
        unsigned char *bytes;
        size_t at, size;
        struct change *next;
};

/* A file as the disk has it, and what is on its way there. */
struct disk_file {
        char path[512];
        bool is_there;
        unsigned char *bytes;
        size_t size;
        struct change *first, **last;
};

struct power {
        sqlite3_vfs vfs;
        sqlite3_vfs *below;
        struct disk_file files[MAX_FILES];
        size_t n_files;
        size_t calls, cut_at;
        bool is_cut, is_lying;
};

struct power_file {
        sqlite3_file base;
        struct disk_file *disk; /* NULL: not one that lasts */
        sqlite3_file *below;
};

static struct power power;

/* ---- the disk ---- */

static void disk_file_resize(struct disk_file *file, size_t size)
{
        if (size > file->size) {
                file->bytes = realloc(file->bytes, size);
                assert_non_null(file->bytes);
                memset(file->bytes + file->size, 0, size - file->size);
        }
        file->size = size;
}

static void disk_file_put(struct disk_file *file, size_t at, const unsigned char *bytes,
                          size_t size)
{
        if (at + size > file->size)
                disk_file_resize(file, at + size);
        memcpy(file->bytes + at, bytes, size);
}

static void disk_file_forget(struct disk_file *file)
{
        while (file->first) {
                struct change *next = file->first->next;
                free(file->first->bytes);
                free(file->first);
                file->first = next;
        }
        file->last = &file->first;
}

static void disk_file_sync(struct disk_file *file)
{
        for (struct change *change = file->first; change; change = change->next)
                if (change->bytes)
                        disk_file_put(file, change->at, change->bytes, change->size);
                else
                        disk_file_resize(file, change->size);
        disk_file_forget(file);
}

static void disk_file_change(struct disk_file *file, const void *bytes, size_t at, size_t size)
{
        struct change *change = calloc(1, sizeof(*change));

        assert_non_null(change);
        if (bytes) {
                change->bytes = malloc(size + 1);
                assert_non_null(change->bytes);
                memcpy(change->bytes, bytes, size);
        }
        change->at = at;
        change->size = size;
        *file->last = change;
        file->last = &change->next;
}

static void disk_file_load(struct disk_file *file)
{
        unsigned char chunk[4096];
        ssize_t n;
        _cleanup_close_ int fd = open(file->path, O_RDONLY | O_CLOEXEC);

        file->is_there = true;
        file->last = &file->first;
        while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
                disk_file_put(file, file->size, chunk, (size_t)n);
}

static struct disk_file *disk_file_of(const char *path)
{
        for (size_t i = 0; i < power.n_files; i++)
                if (strcmp(power.files[i].path, path) == 0) {
                        power.files[i].is_there = true;
                        return &power.files[i];
                }
        assert_true(power.n_files < MAX_FILES);
        struct disk_file *file = &power.files[power.n_files++];
        *file = (struct disk_file){0};
        snprintf(file->path, sizeof(file->path), "%s", path);
        disk_file_load(file);
        return file;
}

/* ---- cutting ---- */

/* True when there is no power for this call. */
static bool call_fails(void)
{
        if (!power.is_cut) {
                power.calls++;
                power.is_cut = power.cut_at > 0 && power.calls >= power.cut_at;
        }
        return power.is_cut;
}

void power_vfs_cut_at(size_t n)
{
        power.calls = 0;
        power.cut_at = n;
        power.is_cut = false;
}

bool power_vfs_is_cut(void)
{
        return power.is_cut;
}

size_t power_vfs_calls(void)
{
        return power.calls;
}

void power_vfs_lie(bool is_lying)
{
        power.is_lying = is_lying;
}

static void keep_some(struct disk_file *file, unsigned *seed)
{
        int mood = rand_r(seed) % 4; /* all, none, or by chance */

        for (struct change *change = file->first; change; change = change->next) {
                bool is_kept = mood == 0 || (mood > 1 && rand_r(seed) % 2 == 0);
                if (!change->bytes) {
                        if (is_kept)
                                disk_file_resize(file, change->size);
                        continue;
                }
                for (size_t done = 0; done < change->size; done += SECTOR_BYTES) {
                        size_t size = change->size - done < SECTOR_BYTES ? change->size - done
                                                                         : SECTOR_BYTES;
                        if (mood > 1)
                                is_kept = rand_r(seed) % 2 == 0;
                        if (is_kept)
                                disk_file_put(file, change->at + done, change->bytes + done, size);
                }
        }
        disk_file_forget(file);
}

static void disk_file_write_back(const struct disk_file *file)
{
        if (!file->is_there) {
                (void)unlink(file->path);
                return;
        }
        _cleanup_close_ int fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, file->bytes, file->size), file->size);
}

static void disk_forget(void)
{
        for (size_t i = 0; i < power.n_files; i++) {
                disk_file_forget(&power.files[i]);
                free(power.files[i].bytes);
        }
        power.n_files = 0;
}

void power_vfs_restore(unsigned seed)
{
        for (size_t i = 0; i < power.n_files; i++) {
                keep_some(&power.files[i], &seed);
                disk_file_write_back(&power.files[i]);
        }
        disk_forget();
        power_vfs_cut_at(0);
}

/* ---- sqlite's calls for a file ---- */

static sqlite3_file *below(sqlite3_file *file)
{
        return ((struct power_file *)file)->below;
}

static int on_close(sqlite3_file *file)
{
        int answer = below(file)->pMethods->xClose(below(file));
        free(below(file));
        return answer;
}

static int on_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
        if (power.is_cut)
                return SQLITE_IOERR_READ;
        return below(file)->pMethods->xRead(below(file), bytes, size, at);
}

static int on_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
        struct disk_file *disk = ((struct power_file *)file)->disk;

        /* The write that is under way when the power goes may have got somewhere, too. */
        bool was_cut = power.is_cut, fails = call_fails();
        if (disk && !was_cut)
                disk_file_change(disk, bytes, (size_t)at, (size_t)size);
        if (fails)
                return SQLITE_IOERR_WRITE;
        return below(file)->pMethods->xWrite(below(file), bytes, size, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        struct disk_file *disk = ((struct power_file *)file)->disk;

        if (call_fails())
                return SQLITE_IOERR_TRUNCATE;
        if (disk)
                disk_file_change(disk, NULL, 0, (size_t)size);
        return below(file)->pMethods->xTruncate(below(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
        struct disk_file *disk = ((struct power_file *)file)->disk;

        if (call_fails())
                return SQLITE_IOERR_FSYNC;
        if (disk && !power.is_lying)
                disk_file_sync(disk);
        return SQLITE_OK;
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
        if (power.is_cut)
                return SQLITE_IOERR_FSTAT;
        return below(file)->pMethods->xFileSize(below(file), ret_size);
}

static int on_lock(sqlite3_file *file, int lock)
{
        return below(file)->pMethods->xLock(below(file), lock);
}

static int on_unlock(sqlite3_file *file, int lock)
{
        return below(file)->pMethods->xUnlock(below(file), lock);
}

static int on_check_lock(sqlite3_file *file, int *ret_is_locked)
{
        return below(file)->pMethods->xCheckReservedLock(below(file), ret_is_locked);
}

/* sqlite may not learn of anything that would let it leave out a sync. */
static int on_file_control(sqlite3_file *file, int what, void *argument)
{
        return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *file)
{
        return SECTOR_BYTES;
}

static int on_device(sqlite3_file *file)
{
        return 0;
}

/* Version 1: without shared memory, which the store does not need. */
static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = on_close,
        .xRead = on_read,
        .xWrite = on_write,
        .xTruncate = on_truncate,
        .xSync = on_sync,
        .xFileSize = on_file_size,
        .xLock = on_lock,
        .xUnlock = on_unlock,
        .xCheckReservedLock = on_check_lock,
        .xFileControl = on_file_control,
        .xSectorSize = on_sector_size,
        .xDeviceCharacteristics = on_device,
};

/* ---- sqlite's calls for the file system ---- */

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                   int *ret_flags)
{
        struct power_file *opened = (struct power_file *)file;

        *opened = (struct power_file){0};
        if (power.is_cut)
                return SQLITE_CANTOPEN;
        if (path)
                opened->disk = disk_file_of(path);
        opened->below = calloc(1, (size_t)power.below->szOsFile);
        assert_non_null(opened->below);
        int answer = power.below->xOpen(power.below, path, opened->below, flags, ret_flags);
        if (answer != SQLITE_OK) {
                free(opened->below);
                return answer;
        }
        opened->base.pMethods = &methods;
        return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
        if (call_fails())
                return SQLITE_IOERR_DELETE;
        struct disk_file *disk = disk_file_of(path);
        disk_file_forget(disk);
        disk_file_resize(disk, 0);
        disk->is_there = false;
        return power.below->xDelete(power.below, path, sync_folder);
}

void power_vfs_install(void)
{
        power = (struct power){.below = sqlite3_vfs_find(NULL)};
        assert_non_null(power.below);
        power.vfs = *power.below;
        power.vfs.zName = "power";
        power.vfs.szOsFile = sizeof(struct power_file);
        power.vfs.xOpen = on_open;
        power.vfs.xDelete = on_delete;
        assert_int_equal(sqlite3_vfs_register(&power.vfs, 1), SQLITE_OK);
}

void power_vfs_remove(void)
{
        disk_forget();
        assert_int_equal(sqlite3_vfs_register(power.below, 1), SQLITE_OK);
        assert_int_equal(sqlite3_vfs_unregister(&power.vfs), SQLITE_OK);
}
