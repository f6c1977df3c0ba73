/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge.h"

#include <string.h>

#include "common/text.h"

static bool fits(const char *text, size_t max_bytes)
{
        return text && strnlen(text, max_bytes + 1) <= max_bytes;
}

bool challenge_text_is_sound(const char *text)
{
        return *text && text_is_printable(text);
}

static bool code_is_sound(const struct challenge *challenge)
{
        return fits(challenge->user_code, CHALLENGE_CODE_MAX_BYTES) &&
               challenge_text_is_sound(challenge->user_code) &&
               fits(challenge->verification_uri, CHALLENGE_ADDRESS_MAX_BYTES) &&
               text_is_https_url(challenge->verification_uri);
}

enum challenge_kind challenge_kind(const struct challenge *challenge)
{
        const char *message = challenge->binding_message, *url = challenge->authorization_url;
        bool has_code = challenge->user_code || challenge->verification_uri ||
                        challenge->verification_uri_complete || challenge->qr;

        if (has_code + (message != NULL) + (url != NULL) > 1)
                return CHALLENGE_UNSOUND;
        if (has_code)
                return code_is_sound(challenge) ? CHALLENGE_CODE : CHALLENGE_UNSOUND;
        if (message)
                return fits(message, CHALLENGE_MESSAGE_MAX_BYTES) &&
                                       challenge_text_is_sound(message)
                               ? CHALLENGE_RING
                               : CHALLENGE_UNSOUND;
        if (url)
                return fits(url, CHALLENGE_BROWSER_MAX_BYTES) && text_is_https_url(url)
                               ? CHALLENGE_BROWSER
                               : CHALLENGE_UNSOUND;
        return challenge->wants_secret ? CHALLENGE_SECRET : CHALLENGE_EMPTY;
}

bool challenge_is_empty(const struct challenge *challenge)
{
        return challenge_kind(challenge) == CHALLENGE_EMPTY;
}

void challenge_finish(struct challenge *challenge)
{
        free(challenge->user_code);
        free(challenge->verification_uri);
        free(challenge->verification_uri_complete);
        free(challenge->binding_message);
        free(challenge->authorization_url);
        free(challenge->provider);
        free(challenge->qr);
        *challenge = (struct challenge){0};
}
