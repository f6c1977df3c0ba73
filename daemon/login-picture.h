/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture that a phone reads the address of a login off. */
#pragma once

#include "grant.h"
#include "login-request.h"

/* In the style that the request wants, and within its window; the caller frees it. NULL where there
 * is nothing to draw, no room, or no memory: it is a comfort, and the login goes on. id names the
 * login to the debug log. */
char *login_picture_draw(const struct grant_challenge *challenge,
                         const struct login_request *request, const char *id);
