/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator should do about what a provider said to the client during a check, in the
 * words of the settings. What was said is shown elsewhere. */
#pragma once

#include <stdbool.h>

#include "core/oauth-response.h"
#include "settings.h"

#define MEND_LATER "try again later"
#define MEND_OTHER "read the provider's log for this request"

/* asked_as_public: without what client_auth proves (device_client_auth = none). Static. */
const char *check_mend(const struct provider_settings *settings, bool asked_as_public,
                       const struct oauth_problem *problem);
