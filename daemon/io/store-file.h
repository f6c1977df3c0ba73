/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store as files in a folder: NAME, and what sqlite keeps beside it. Does not look inside. For
 * the files of the store alone. */
#pragma once

#include <stdint.h>

enum store_file {
        STORE_FILE_ABSENT,
        STORE_FILE_THERE,
        STORE_FILE_BEREFT, /* only what belongs to it is there */
};

/* 0; -EPERM when it is not the own user's alone, or no regular file, with *ret_why. */
int store_file_look(const char *path, enum store_file *ret_file, const char **ret_why);

/* NAME.new, where the store is made; the caller frees it. Removes what is left of an earlier one.
 */
int store_file_draft(const char *path, char **ret_draft);
/* Gives the finished draft its name, for good. */
int store_file_publish(const char *draft, const char *path);

/* See store_set_aside(). */
int store_file_set_aside(const char *path, uint64_t now_sec, char **ret_name);
