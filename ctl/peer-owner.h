/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a TCP connection on this machine. Loopback is everybody's, and who
 * listens there is not told who comes; the kernel's table of connections says it. */
#pragma once

#include <stdbool.h>

/* True when the other end of the connection is a socket of our own user, here. */
bool peer_is_own(int fd);
