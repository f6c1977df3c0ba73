/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/boot-id.h"

#include <stdlib.h>
#include <systemd/sd-id128.h>

void boot_id_read(char ret_id[static BOOT_ID_SIZE])
{
        const char *told = secure_getenv("BADGED_BOOT");
        sd_id128_t id;

        ret_id[0] = '\0';
        if ((told && sd_id128_from_string(told, &id) >= 0) || sd_id128_get_boot(&id) >= 0)
                (void)sd_id128_to_string(id, ret_id);
}
