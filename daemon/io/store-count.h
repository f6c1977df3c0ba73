/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number that only grows, in the store and in a file beside it: a store that somebody took out of
 * a backup is behind the file. Not for whoever puts back both, or a copy that was made since the
 * number last grew. */
#pragma once

struct store;

/* 0; -ESTALE and *ret_why (static) when the store is behind, or the file gone or nothing like it;
 * otherwise what the disk said, with *ret_why too. */
int store_count_check(struct store *store, const char *path, const char **ret_why);

/* Beyond what both have; the store first. */
int store_count_advance(struct store *store, const char *path);
