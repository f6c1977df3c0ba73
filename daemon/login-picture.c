/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-picture.h"

#include <string.h>
#include <syslog.h>

#include "core/qr-text.h"
#include "log.h"

/* A window that nobody knows the size of, as behind ssh. */
#define WINDOW_COLUMNS 80
#define WINDOW_LINES   24

char *login_picture_draw(const struct grant_challenge *challenge,
                         const struct login_request *request, const char *id)
{
        const char *address = challenge->verification_uri_complete
                                      ? challenge->verification_uri_complete
                                      : challenge->verification_uri;
        char *picture = NULL;

        if (!address)
                return NULL;
        int r = qr_text_new(address, request->qr,
                            request->columns > 0 ? request->columns : WINDOW_COLUMNS,
                            request->lines > 0 ? request->lines : WINDOW_LINES, &picture);
        if (r < 0)
                log_line(LOG_DEBUG, "Login %s: no picture: %s", id, strerror(-r));
        return picture;
}
