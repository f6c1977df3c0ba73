/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/login-details.h"

void login_details_finish(struct login_details *details)
{
        free(details->provider);
        free(details->issuer);
        free(details->subject);
        free(details->rule);
        free(details->claims);
        free(details->acr);
        for (char **method = details->amr; method && *method; method++)
                free(*method);
        free(details->amr);
        *details = (struct login_details){0};
}
