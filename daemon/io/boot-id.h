/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which boot of the machine this is. */
#pragma once

#define BOOT_ID_SIZE 33

/* In 32 hexadecimal digits: as the service manager says it (BADGED_BOOT), since /proc/sys is hidden
 * from a service, or as the kernel does. Empty: not known. */
void boot_id_read(char ret_id[static BOOT_ID_SIZE]);
