/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts libcurl with memory functions that erase what they free: forms, headers and answers pass
 * through buffers of its own, and those must not outlive their use either. What nghttp2 holds of
 * the last frame sent, while an HTTP/2 connection lives, is beyond its reach. */
#pragma once

/* 0 or -EIO; once for each client, and http_memory_finish() after its last use of libcurl. */
int http_memory_init(void);
void http_memory_finish(void);
