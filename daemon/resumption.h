/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was granted before badged was started anew is taken up again: tokens are looked after, or
 * revoked, where that was left off. */
#pragma once

struct granted_logins;

/* To be called once. Sessions that came due meanwhile are ended, and their tokens revoked. */
void resumption_start(struct granted_logins *logins);
