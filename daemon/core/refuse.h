/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a reader of foreign input says no. */
#pragma once

/* Sets *ret_why to why, a static sentence fragment without foreign bytes, and returns -EBADMSG. */
int refuse(const char *why, const char **ret_why);
