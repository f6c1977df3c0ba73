/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the phone shows when the provider rings it (CIBA section 7.1, binding_message): the person
 * compares it with the terminal before approving, so that nobody approves somebody else's login. */
#pragma once

#define BINDING_MESSAGE_MAX_BYTES 64

/* "NUMBER/SERVICE/HOST": the number first, because a phone may cut the end off; of the host only
 * the first label. Whatever is not a letter, a digit or one of "-._" becomes "-": providers take
 * few characters. The caller frees it. 0 or -ENOMEM. */
int binding_message_new(unsigned number, const char *service, const char *host, char **ret_message);
