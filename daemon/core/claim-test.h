/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims that whoever approved must have, whichever account it is about (require_claim). Asked
 * before account-policy, which says whose account it may be. */
#pragma once

struct identity;
struct text_pairs;

/* The name of the first pair that the identity does not hold (identity_claim_has), borrowed; NULL
 * when it holds them all. A claim that stands there twice must hold both values. */
const char *claim_tests_failing(const struct text_pairs *tests, const struct identity *identity);
