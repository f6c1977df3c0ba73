/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/conf-file.h"

#include <errno.h>
#include <libeconf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct conf_file {
        econf_file *econf;
};

static int nameless_file(const char *bytes, size_t size)
{
        _cleanup_close_ int fd = memfd_create("settings", MFD_CLOEXEC);
        if (fd < 0)
                return -errno;

        for (size_t done = 0; done < size;) {
                ssize_t n = write(fd, bytes + done, size - done);
                if (n < 0)
                        return -errno;
                done += (size_t)n;
        }
        return TAKE_FD(fd);
}

int conf_file_open(const char *bytes, size_t size, struct conf_file **ret_file, unsigned *ret_line,
                   const char **ret_why)
{
        char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
        _cleanup_(conf_file_freep) struct conf_file *file = calloc(1, sizeof(*file));
        if (!file)
                return -ENOMEM;
        _cleanup_close_ int fd = nameless_file(bytes, size);
        if (fd < 0)
                return fd;

        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        econf_err error = econf_readFile(&file->econf, path, "=", "#;");
        if (error == ECONF_NOMEM)
                return -ENOMEM;
        if (error != ECONF_SUCCESS) {
                _cleanup_free_ char *name = NULL;
                uint64_t line = 0;
                econf_errLocation(&name, &line);
                *ret_line = (unsigned)line;
                *ret_why = econf_errString(error);
                return -EBADMSG;
        }
        *ret_file = TAKE_PTR(file);
        return 0;
}

struct conf_file *conf_file_free(struct conf_file *file)
{
        if (file && file->econf)
                econf_freeFile(file->econf);
        free(file);
        return NULL;
}

int conf_file_value(struct conf_file *file, const char *section, const char *key, char **ret_value)
{
        _cleanup_free_ char *value = NULL;

        econf_err error = econf_getStringValue(file->econf, section, key, &value);
        if (error == ECONF_NOMEM)
                return -ENOMEM;
        if (error != ECONF_SUCCESS)
                return 0;
        if (!value && !(value = strdup("")))
                return -ENOMEM;
        *ret_value = TAKE_PTR(value);
        return 1;
}
