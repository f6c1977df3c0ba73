/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One session's tokens are renewed. One refresh is under way at a time; its doubt is safe before it
 * is sent, and what came is safe before it is used. */
#pragma once

struct kept_tokens;
struct token_record;

/* With the tokens resting, and the record as it is kept; the doubt is set in it. Their waits hear
 * what comes of it. */
int kept_refresh_start(struct kept_tokens *kept, struct token_record *record);
