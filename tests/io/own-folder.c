/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "own-folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES  256
#define FDS_AT_ONCE 16

/* Closed by the end of this process, whatever end that is. */
static int keeper_fd = -1;

static int on_entry(const char *path, const struct stat *status, int kind, struct FTW *position)
{
        return remove(path);
}

void own_folder_remove(const char *name)
{
        (void)nftw(name, on_entry, FDS_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}

/* In a session of its own, or who kills the test kills this, too; and with none of the test's
 * files, or who reads them waits for this. What has gone already when the test ends is no matter.
 */
static void keep(int fd)
{
        char name[PATH_BYTES], *names = NULL;
        size_t size = 0;

        (void)setsid();
        FILE *all = open_memstream(&names, &size);
        if (!all || dup2(fd, STDIN_FILENO) < 0)
                _exit(EXIT_FAILURE);
        (void)close_range(STDOUT_FILENO, ~0U, 0);
        while (fgets(name, sizeof(name), stdin))
                (void)fputs(name, all);
        if (fclose(all) != 0)
                _exit(EXIT_FAILURE);
        for (char *rest = names, *one; (one = strsep(&rest, "\n"));)
                if (*one)
                        own_folder_remove(one);
        _exit(EXIT_SUCCESS);
}

static bool keeper_start(void)
{
        int fds[2];

        if (keeper_fd >= 0)
                return true;
        if (pipe2(fds, O_CLOEXEC) < 0)
                return false;
        pid_t pid = fork();
        if (pid == 0) {
                (void)close(fds[1]);
                keep(fds[0]);
        }
        (void)close(fds[0]);
        keeper_fd = fds[1];
        return pid > 0;
}

char *own_folder_make(char *name)
{
        if (!keeper_start() || !mkdtemp(name) || chmod(name, 0755) < 0 ||
            dprintf(keeper_fd, "%s\n", name) < 0)
                return NULL;
        return name;
}

static void make_parents(char *path, size_t length)
{
        for (char *slash = strchr(path + length + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void)mkdir(path, 0755);
                *slash = '/';
        }
}

bool own_file_write(const char *folder, const struct own_file *file)
{
        char path[PATH_BYTES];

        if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, file->name) >= sizeof(path))
                return false;
        make_parents(path, strlen(folder));
        FILE *out = fopen(path, "we");
        if (!out)
                return false;
        bool is_written = fputs(file->text, out) >= 0;
        return fclose(out) == 0 && is_written && chmod(path, file->mode ? file->mode : 0644) == 0;
}
