/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person reads about an outcome. */
#pragma once

#include "common/login-outcome.h"

/* Static. */
const char *login_sentence(enum login_outcome outcome);
