/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system for sqlite from which the power can be cut: remembers what was synced, and what was
 * only written. Stands before the one of the machine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Takes the place of sqlite's own. The files must stay in existence until power_vfs_remove(). */
void power_vfs_install(void);
void power_vfs_remove(void);

/* The power goes at the n-th write, sync, or change of size from now (0: never). From then on every
 * call fails. */
void power_vfs_cut_at(size_t n);
bool power_vfs_is_cut(void);
/* Calls that counted since. */
size_t power_vfs_calls(void);

/* How the files look after the power is back: what was synced is there; of what was only written,
 * each piece of 512 bytes may be, as chance has it. Nothing is open then. */
void power_vfs_restore(unsigned seed);

/* Says that syncing did what it did not: to see that the tests notice. */
void power_vfs_lie(bool is_lying);
