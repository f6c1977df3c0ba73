/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dry run against one provider for the administrator: are its metadata and keys readable, does it
 * accept our client, does it give a code? The code is shown to nobody and runs out by itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "provider.h"

#define PROVIDER_FINDINGS_MAX 8

struct provider_finding {
        const char *what; /* "metadata", "keys", "device endpoint", "token endpoint", … */
        bool is_good;
        char *detail;     /* what was found; printable */
        const char *mend; /* what to do about it; "" when good */
};

struct provider_check;

/* Called once, from the loop; the findings are borrowed; may free the check. */
typedef void (*provider_check_on_done)(const struct provider_finding *findings, size_t n,
                                       void *userdata);

/* Borrows the provider. */
int provider_check_new(sd_event *event, struct provider *provider, provider_check_on_done on_done,
                       void *userdata, struct provider_check **ret_check);
struct provider_check *provider_check_free(struct provider_check *check);
DEFINE_CLEANUP(struct provider_check *, provider_check_free);
