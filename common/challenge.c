/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge.h"

void challenge_finish(struct challenge *challenge)
{
        free(challenge->user_code);
        free(challenge->verification_uri);
        free(challenge->verification_uri_complete);
        free(challenge->provider);
        free(challenge->qr);
        *challenge = (struct challenge){0};
}
