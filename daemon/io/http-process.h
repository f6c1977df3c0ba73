/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libcurl needs of the whole process. Its memory is erased when freed: forms, headers and
 * answers pass through buffers of its own, and those must not outlive their use either. (What
 * nghttp2 holds of the last frame sent, while an HTTP/2 connection lives, is beyond its reach.) And
 * a server that hangs up must not end the process. */
#pragma once

/* 0 or negative errno; once for each client, and http_process_finish() after its last use of
 * libcurl.
 */
int http_process_init(void);
void http_process_finish(void);
