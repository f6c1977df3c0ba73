/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-memory.h"

#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"

static void erasing_free(void *memory)
{
        secret_erase(memory, malloc_usable_size(memory));
        free(memory);
}

static void *erasing_realloc(void *memory, size_t size)
{
        size_t old_size = malloc_usable_size(memory);
        void *moved = malloc(size);

        if (!moved)
                return NULL;
        if (memory)
                memcpy(moved, memory, old_size < size ? old_size : size);
        erasing_free(memory);
        return moved;
}

int http_memory_init(void)
{
        CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, erasing_free,
                                             erasing_realloc, strdup, calloc);

        return code == CURLE_OK ? 0 : -EIO;
}

void http_memory_finish(void)
{
        curl_global_cleanup();
}
