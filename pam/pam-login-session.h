/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login session that this process belongs to, in words that nothing else is named by while the
 * machine runs: by the kernel's audit session, or else by logind's. Neither can be left or chosen
 * by whoever is in it. */
#pragma once

#include <sys/types.h>

#define LOGIN_SESSION_SIZE 129

/* Empty when there is none, or it belongs to another uid: a program that somebody started from a
 * login session of theirs is in that session, and lets others in. */
void login_session_find(uid_t owner, char ret_name[static LOGIN_SESSION_SIZE]);
