/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A ticket's secret as people read, say and type it: 128 bits in 26 letters of Crockford's base 32,
 * in groups. Not where the bits come from, nor whose ticket it is. */
#pragma once

#include "common/secret.h"

#define TICKET_SECRET_BYTES 16
/* Groups of five, the last of six. */
#define TICKET_SECRET_LETTERS 26
/* What is typed: blanks and dashes may stand anywhere. */
#define TICKET_SECRET_MAX_BYTES 64

/* 0 or -ENOMEM. */
int ticket_secret_format(const unsigned char bytes[static TICKET_SECRET_BYTES],
                         struct secret **ret_text);

/* The bytes that the text stands for. Small letters count as capital ones, o as 0, i and l as 1.
 * -EBADMSG with *ret_why (static): it is not the text of any; -ENOMEM. */
int ticket_secret_parse(const struct secret *text, struct secret **ret_bytes, const char **ret_why);
