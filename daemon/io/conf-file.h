/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One settings file as libeconf reads it. Its list of traps is long (joined lines, cut values,
 * first of two wins), so core/conf-scan.h goes first and daemon/settings-read.c takes only what
 * both see. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

struct conf_file;

/* Of its bytes, which libeconf, knowing files only, gets by a nameless one. 0; -EBADMSG with the
 * line (0 when unknown) and libeconf's static words for it; -ENOMEM and what making a file ends in.
 */
int conf_file_open(const char *bytes, size_t size, struct conf_file **ret_file, unsigned *ret_line,
                   const char **ret_why);
struct conf_file *conf_file_free(struct conf_file *file);
DEFINE_CLEANUP(struct conf_file *, conf_file_free);

/* 1 and the value, which the caller frees; 0 when there is no such key; -ENOMEM. */
int conf_file_value(struct conf_file *file, const char *section, const char *key, char **ret_value);
