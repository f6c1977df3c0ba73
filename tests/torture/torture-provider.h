/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A provider that answers at once and always the same: files of the https-server of the io tests.
 * Whoever asks for tokens gets those of one person. */
#pragma once

#include "https-fixture.h"

struct torture_provider {
        struct https_fixture *fixture;
        char *issuer;
};

/* person is the sub and the preferred_username; the second stands in userinfo only. False when
 * something fails. */
bool torture_provider_start(struct torture_provider *provider, const char *person);
void torture_provider_stop(struct torture_provider *provider);
