/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place of libsystemd's reader of the journal: the entries are made of foreign bytes. Some are
 * well chained, each to the last of them, so that the chain gets somewhere. */
#pragma once

#include "fuzz-bytes.h"

/* What is read next comes from these bytes, which are borrowed until the journal is closed. */
void fake_journal_begin(struct fuzz_bytes *bytes);
