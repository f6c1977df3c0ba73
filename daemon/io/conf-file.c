/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/conf-file.h"

#include <errno.h>
#include <libeconf.h>
#include <stdlib.h>
#include <string.h>

struct conf_file {
        econf_file *econf;
};

int conf_file_open(const char *path, struct conf_file **ret_file, unsigned *ret_line,
                   const char **ret_why)
{
        _cleanup_(conf_file_freep) struct conf_file *file = calloc(1, sizeof(*file));
        if (!file)
                return -ENOMEM;

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
