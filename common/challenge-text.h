/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one text that a person sees when asked to approve on another device: who asks, a warning, the
 * picture, then on the last lines the address and the code, or what the phone must show. No escape
 * sequences; a picture is only ever left out. */
#pragma once

#include <stdbool.h>

struct challenge;

struct challenge_view {
        const char *host, *service, *account, *origin; /* each may be NULL: not mentioned */
        unsigned columns, lines;                       /* of the window; 0: unknown, 80 and 24 */
        bool prompt;   /* the last line is "Press Enter after approving: " */
        bool one_line; /* "Open ADDRESS and enter CODE", or "Approve on your phone; it must show
                          MESSAGE", nothing else; prompt is ignored */
        /* Where a one-time code goes with the approval, the text ends in the prompt for it in every
         * case. Where a secret is wanted, and nothing can be approved, the text ends in the prompt
         * for it in any case. */
};

/* The text starts with a newline (a prefix may stand before it) and ends without one: the prompt
 * keeps the cursor, and whoever prints text adds the newline. With one_line it has neither.
 *
 * It never takes more rows than the window has, the cursor's row included: picture and words are
 * left out to that end, the warning last. Address, code, message and prompt alone are shown whole
 * in any window. The address is verification_uri as it is (RFC 8628 section 3.3.1) and user_code is
 * not reformatted (section 6.1); the view's texts are sanitised; a picture with unprintable bytes
 * is left out.
 *
 * The caller frees it. -EBADMSG for a challenge that is none of CHALLENGE_CODE,
 * CHALLENGE_RING and CHALLENGE_SECRET (common/challenge.h); -ENOMEM. */
int challenge_text_new(const struct challenge *challenge, const struct challenge_view *view,
                       char **ret_text);
