/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header Link (RFC 8288), as far as a list in pages needs it: where the next page is. */
#pragma once

#define HTTP_LINK_MAX_BYTES 2048

/* The target of the first link with rel="next" and no anchor, as a copy. 0, -ENOMEM, or -ENOENT:
 * none, not an https:// address (one that is relative is not taken), longer than the limit, or
 * behind something that is not RFC 8288. */
int http_link_next(const char *value, char **ret_url);
