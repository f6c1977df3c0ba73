/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target without libFuzzer: over every file of a corpus folder, over every beginning of
 * it, and over it with each byte changed in turn; of large files over some of those. Linked to one
 * fuzz target; run by meson test. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "fuzz-target.h"

#define INPUT_MAX_BYTES  ((size_t)1024 * 1024)
#define NEARBY_MAX_BYTES ((size_t)4096) /* of larger inputs only the first bytes are varied, */
#define NEARBY_PLACES    ((size_t)512)  /* and no more than about so many of them */

static void closedirp(DIR **folder)
{
        if (*folder)
                (void)closedir(*folder);
}

static void fclosep(FILE **file)
{
        if (*file)
                (void)fclose(*file);
}

/* In memory of exactly that size, so that a sanitizer sees the first byte read too far. */
static int replay(const uint8_t *bytes, size_t size)
{
        _cleanup_free_ uint8_t *copy = malloc(size);
        if (!copy && size > 0)
                return -ENOMEM;
        if (size > 0)
                memcpy(copy, bytes, size);
        (void)LLVMFuzzerTestOneInput(copy, size);
        return 0;
}

static int replay_nearby(uint8_t *bytes, size_t size)
{
        static const uint8_t flips[] = {0x01, 0x20, 0x80};
        size_t step = 1 + (size < NEARBY_MAX_BYTES ? size : NEARBY_MAX_BYTES) / NEARBY_PLACES;
        int r = replay(bytes, size);

        for (size_t i = 0; r >= 0 && i < size && i < NEARBY_MAX_BYTES; i += step) {
                r = replay(bytes, i);
                for (size_t j = 0; r >= 0 && j < ELEMENTSOF(flips); j++) {
                        bytes[i] ^= flips[j];
                        r = replay(bytes, size);
                        bytes[i] ^= flips[j];
                }
        }
        return r;
}

static int replay_file(const char *folder, const char *name)
{
        _cleanup_free_ char *path = NULL;
        _cleanup_free_ uint8_t *bytes = malloc(INPUT_MAX_BYTES);
        if (!bytes || asprintf(&path, "%s/%s", folder, name) < 0)
                return -ENOMEM;
        _cleanup_(fclosep) FILE *file = fopen(path, "re");
        if (!file)
                return -errno;
        size_t size = fread(bytes, 1, INPUT_MAX_BYTES, file);
        if (ferror(file) || size == INPUT_MAX_BYTES)
                return -EFBIG;
        return replay_nearby(bytes, size);
}

static int replay_folder(const char *folder, unsigned *ret_files)
{
        _cleanup_(closedirp) DIR *entries = opendir(folder);
        unsigned files = 0;

        if (!entries)
                return -errno;
        for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
                if (entry->d_name[0] == '.')
                        continue;
                int r = replay_file(folder, entry->d_name);
                if (r < 0) {
                        fprintf(stderr, "Failed to replay '%s': %s\n", entry->d_name, strerror(-r));
                        return r;
                }
                files++;
        }
        *ret_files = files;
        return 0;
}

int main(int argc, char *argv[])
{
        unsigned files = 0;

        if (argc != 2) {
                fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
                return 2;
        }
        int r = replay_folder(argv[1], &files);
        if (r < 0 || files == 0) {
                fprintf(stderr, "Failed to replay '%s': %s\n", argv[1],
                        r < 0 ? strerror(-r) : "no file in it");
                return 1;
        }
        printf("%u files replayed\n", files);
        return 0;
}
