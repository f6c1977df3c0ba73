/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many columns of a terminal a text takes, wide characters two, in the locale that is set.
 * common/text.h counts characters: a module has no say in the locale. */
#pragma once

#include <stddef.h>

size_t text_width(const char *text);

/* The bytes of the text that fit into so many columns, whole characters, and the columns that they
 * take. */
size_t text_width_fit(const char *text, size_t most, size_t *ret_columns);
