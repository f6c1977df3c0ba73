/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/http-process.h"

#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
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

/* OpenSSL writes to its sockets without MSG_NOSIGNAL, and with CURLOPT_NOSIGNAL libcurl leaves the
 * signal alone: a server that hangs up would end the process. */
static int ignore_sigpipe(void)
{
        struct sigaction action;

        if (sigaction(SIGPIPE, NULL, &action) < 0)
                return -errno;
        if (action.sa_handler != SIG_DFL)
                return 0;
        action.sa_handler = SIG_IGN;
        return sigaction(SIGPIPE, &action, NULL) < 0 ? -errno : 0;
}

int http_process_init(void)
{
        int r = ignore_sigpipe();
        if (r < 0)
                return r;

        CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, erasing_free,
                                             erasing_realloc, strdup, calloc);
        return code == CURLE_OK ? 0 : -EIO;
}

void http_process_finish(void)
{
        curl_global_cleanup();
}
