/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "fail-alloc.h"
#include "failing-calls.h"
#include "own-folder.h"
#include "state-care.h"

/* A disk would take its time. */
#define FOLDER_IN_MEMORY "/dev/shm/badged-torture-XXXXXX"
#define FOLDER_ON_DISK   "/tmp/badged-torture-XXXXXX"

#define FILES_MAX 8

/* A write that never ends fails its case, not the run. */
#define WAIT_USEC UINT64_C(20000000)

struct kept_file {
        char name[64];
        char *bytes;
        size_t size;
};

struct torture_folder {
        char path[sizeof(FOLDER_IN_MEMORY)];
        struct kept_file files[FILES_MAX];
        size_t n;
};

void torture_pause(bool pause)
{
        fail_alloc_pause(pause);
        failing_call_pause(pause);
}

struct torture_folder *torture_folder_new(void)
{
        struct torture_folder *folder = calloc(1, sizeof(*folder));

        if (!folder)
                return NULL;
        (void)strcpy(folder->path,
                     access("/dev/shm", W_OK) == 0 ? FOLDER_IN_MEMORY : FOLDER_ON_DISK);
        if (own_folder_make(folder->path))
                return folder;
        free(folder);
        return NULL;
}

static void forget_files(struct torture_folder *folder)
{
        for (size_t i = 0; i < folder->n; i++)
                free(folder->files[i].bytes);
        folder->n = 0;
}

void torture_folder_release(void *userdata)
{
        struct torture_folder *folder = userdata;

        own_folder_remove(folder->path);
        forget_files(folder);
        free(folder);
}

const char *torture_folder_path(const struct torture_folder *folder)
{
        return folder->path;
}

/* ---- files ---- */

static bool keep_file(struct kept_file *file, int folder_fd, const char *name)
{
        _cleanup_close_ int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                return false;
        file->size = (size_t)status.st_size;
        file->bytes = malloc(file->size + 1);
        (void)snprintf(file->name, sizeof(file->name), "%s", name);
        return file->bytes && pread(fd, file->bytes, file->size, 0) == (ssize_t)file->size;
}

bool torture_folder_keep(struct torture_folder *folder)
{
        DIR *entries = opendir(folder->path);
        const struct dirent *entry;
        bool is_good = entries != NULL;

        forget_files(folder);
        while (is_good && (entry = readdir(entries)))
                if (entry->d_name[0] != '.')
                        is_good = folder->n < FILES_MAX && keep_file(&folder->files[folder->n++],
                                                                     dirfd(entries), entry->d_name);
        if (entries)
                (void)closedir(entries);
        return is_good;
}

static void remove_files(const struct torture_folder *folder)
{
        DIR *entries = opendir(folder->path);
        const struct dirent *entry;

        while (entries && (entry = readdir(entries)))
                if (entry->d_name[0] != '.')
                        (void)unlinkat(dirfd(entries), entry->d_name, 0);
        if (entries)
                (void)closedir(entries);
}

void torture_folder_put_back(const struct torture_folder *folder)
{
        char path[128];

        torture_pause(true);
        remove_files(folder);
        for (size_t i = 0; i < folder->n; i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", folder->path, folder->files[i].name);
                _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                if (write(fd, folder->files[i].bytes, folder->files[i].size) < 0)
                        abort();
        }
        torture_pause(false);
}

bool torture_folder_has(const struct torture_folder *folder, const char *name)
{
        size_t size = strlen(name);
        bool found = false;

        torture_pause(true);
        DIR *entries = opendir(folder->path);
        const struct dirent *entry;
        while (entries && (entry = readdir(entries)))
                if (name[size - 1] == '-' ? strncmp(entry->d_name, name, size) == 0
                                          : strcmp(entry->d_name, name) == 0)
                        found = true;
        if (entries)
                (void)closedir(entries);
        torture_pause(false);
        return found;
}

/* ---- stores ---- */

int torture_store_open(const struct torture_folder *folder, struct torture_store *store)
{
        *store = (struct torture_store){0};
        int r = sd_event_new(&store->event);
        if (r >= 0)
                r = state_new(store->event, folder->path, &store->state);
        if (r < 0) {
                torture_store_close(store);
                return r;
        }
        state_care_resume(store->state);
        return 0;
}

void torture_store_close(struct torture_store *store)
{
        store->state = state_free(store->state);
        store->event = sd_event_unref(store->event);
}

void torture_on_done(int result, void *userdata)
{
        *(int *)userdata = result;
}

void torture_store_wait(struct torture_store *store, const int *result)
{
        while (*result == TORTURE_PENDING)
                if (sd_event_run(store->event, WAIT_USEC) <= 0)
                        return;
}

bool torture_store_reopen(const struct torture_folder *folder, struct torture_store *store)
{
        torture_pause(true);
        return torture_store_open(folder, store) == 0;
}

bool torture_folder_fill(struct torture_folder *folder,
                         bool (*fill)(struct torture_store *store, void *userdata), void *userdata)
{
        struct torture_store store = {0};

        bool is_good = torture_store_open(folder, &store) == 0 && fill(&store, userdata);
        while (is_good && store_queue_count(store.state->queue) > 0)
                is_good = sd_event_run(store.event, WAIT_USEC) > 0;
        is_good = is_good && !store.state->is_failing;
        torture_store_close(&store);
        return is_good && torture_folder_keep(folder);
}

struct torture_folder *torture_folder_filled(bool (*fill)(struct torture_store *store,
                                                          void *userdata))
{
        struct torture_folder *folder = torture_folder_new();

        if (!folder || torture_folder_fill(folder, fill, NULL))
                return folder;
        torture_folder_release(folder);
        return NULL;
}

void torture_store_begin(const struct torture_folder *folder, struct torture_store *store)
{
        torture_folder_put_back(folder);
        if (!torture_store_reopen(folder, store))
                abort();
        torture_pause(false);
}

void torture_store_settle(struct torture_store *store)
{
        while (store_queue_count(store->state->queue) > 0)
                if (sd_event_run(store->event, WAIT_USEC) <= 0)
                        return;
}
