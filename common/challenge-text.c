/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge-text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/challenge-layout.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/text.h"

#define UNKNOWN_COLUMNS 80
#define UNKNOWN_LINES   24

#define NAME_MAX_BYTES 255

static const char prompt_line[] = "Press Enter after approving: ";
static const char code_prompt[] = "After approving, type the code of your authenticator app: ";

static const char code_warning[] = "Only approve if you started this yourself. "
                                   "Nobody will ever send you such a code.";
static const char ring_warning[] = "Only approve if you started this yourself. "
                                   "Nobody will ever ask you to approve it for them.";

static const char outage[] = "The identity provider cannot be asked right now.";
static const char secret_prompt[] = "Ticket: ";
static const char any_prompt[] = "Code of your authenticator app, or ticket: ";

static void parts_finish(struct challenge_parts *parts)
{
        text_lines_finish(&parts->picture);
        text_lines_finish(&parts->last);
}

/* Nothing when the name is not known; NULL when memory is short. */
static char *clause_new(const char *before, const char *name, const char *after)
{
        if (!name || name[0] == '\0')
                return strdup("");

        char *clause = NULL;
        _cleanup_free_ char *clean = text_sanitise(name, NAME_MAX_BYTES);
        if (!clean || asprintf(&clause, "%s%s%s", before, clean, after) < 0)
                return NULL;
        return clause;
}

static char *who_new(const struct challenge_view *view)
{
        _cleanup_free_ char *account = clause_new(" as ", view->account, "");
        _cleanup_free_ char *host = clause_new(" on ", view->host, "");
        _cleanup_free_ char *service = clause_new(" (", view->service, ")");
        _cleanup_free_ char *origin = clause_new(", from ", view->origin, "");
        char *who = NULL;

        if (!account || !host || !service || !origin ||
            asprintf(&who, "Sign in%s%s%s%s.", account, host, service, origin) < 0)
                return NULL;
        return who;
}

/* RFC 8628 section 3.3: told to go to the address on another device; section 3.3.1: asked to
 * compare the code when the picture brings it along. */
static int parts_fill_code(struct challenge_parts *parts, const struct challenge *challenge)
{
        parts->warning = code_warning;
        parts->how = "Open the address on your phone or another device and enter the code.";
        parts->how_with_picture =
                challenge->verification_uri_complete
                        ? "Scan the picture with your phone and compare the code, "
                          "or open the address on any device and enter it."
                        : "Scan the picture with your phone, or open the address on any device. "
                          "Then enter the code.";

        int r = text_lines_add(&parts->last, "Address: %s", challenge->verification_uri);
        if (r >= 0)
                r = text_lines_add(&parts->last, "Code:    %s", challenge->user_code);
        if (r < 0 || !challenge->qr)
                return r;
        r = text_lines_add_text(&parts->picture, challenge->qr);
        if (r == -EBADMSG)
                text_lines_finish(&parts->picture);
        return r == -EBADMSG ? 0 : r;
}

/* CIBA section 7.1: the message is shown on both screens, and the person compares. */
static int parts_fill_ring(struct challenge_parts *parts, const struct challenge *challenge)
{
        parts->warning = ring_warning;

        int r = text_lines_add(&parts->last, "Your phone is asking. Approve only if it shows");
        return r < 0 ? r : text_lines_add(&parts->last, "  %s", challenge->binding_message);
}

static int text_new(const struct challenge *challenge, const struct challenge_view *view,
                    int (*fill)(struct challenge_parts *parts, const struct challenge *challenge),
                    char **ret_text)
{
        _cleanup_(parts_finish) struct challenge_parts parts = {
                .cursor_is_below = !view->prompt && !challenge->wants_code};
        _cleanup_free_ char *who = who_new(view);

        if (!who)
                return -ENOMEM;
        parts.who = who;
        int r = fill(&parts, challenge);
        if (r >= 0 && (view->prompt || challenge->wants_code))
                r = text_lines_add(&parts.last, "%s",
                                   challenge->wants_code ? code_prompt : prompt_line);
        if (r < 0)
                return r;
        return challenge_layout(&parts, view->columns > 0 ? view->columns : UNKNOWN_COLUMNS,
                                view->lines > 0 ? view->lines : UNKNOWN_LINES, ret_text);
}

static int code_text_new(const struct challenge *challenge, const struct challenge_view *view,
                         char **ret_text)
{
        if (!view->one_line)
                return text_new(challenge, view, parts_fill_code, ret_text);

        char *line = NULL;
        if (asprintf(&line, "Open %s and enter %s%s%s", challenge->verification_uri,
                     challenge->user_code, challenge->wants_code ? ". " : "",
                     challenge->wants_code ? code_prompt : "") < 0)
                return -ENOMEM;
        *ret_text = line;
        return 0;
}

static int ring_text_new(const struct challenge *challenge, const struct challenge_view *view,
                         char **ret_text)
{
        if (!view->one_line)
                return text_new(challenge, view, parts_fill_ring, ret_text);

        char *line = NULL;
        if (asprintf(&line, "Approve on your phone; it must show %s%s%s",
                     challenge->binding_message, challenge->wants_code ? ". " : "",
                     challenge->wants_code ? code_prompt : "") < 0)
                return -ENOMEM;
        *ret_text = line;
        return 0;
}

static int secret_line_new(const char *prompt, char **ret_text)
{
        char *line = NULL;

        if (asprintf(&line, "%s %s", outage, prompt) < 0)
                return -ENOMEM;
        *ret_text = line;
        return 0;
}

static int secret_text_new(const struct challenge *challenge, const struct challenge_view *view,
                           char **ret_text)
{
        const char *prompt = challenge->wants_code ? any_prompt : secret_prompt;
        _cleanup_(parts_finish) struct challenge_parts parts = {.warning = outage};
        _cleanup_free_ char *who = who_new(view);

        if (!who)
                return -ENOMEM;
        if (view->one_line)
                return secret_line_new(prompt, ret_text);
        parts.who = who;
        int r = text_lines_add(&parts.last, "%s", prompt);
        if (r < 0)
                return r;
        return challenge_layout(&parts, view->columns > 0 ? view->columns : UNKNOWN_COLUMNS,
                                view->lines > 0 ? view->lines : UNKNOWN_LINES, ret_text);
}

int challenge_text_new(const struct challenge *challenge, const struct challenge_view *view,
                       char **ret_text)
{
        switch (challenge_kind(challenge)) {
        case CHALLENGE_CODE:
                return code_text_new(challenge, view, ret_text);
        case CHALLENGE_RING:
                return ring_text_new(challenge, view, ret_text);
        case CHALLENGE_SECRET:
                return secret_text_new(challenge, view, ret_text);
        case CHALLENGE_EMPTY:
        case CHALLENGE_BROWSER:
        case CHALLENGE_UNSOUND:
                break;
        }
        return -EBADMSG;
}
