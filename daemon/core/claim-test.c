/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/claim-test.h"

#include "core/identity.h"
#include "core/text-pairs.h"

const char *claim_tests_failing(const struct text_pairs *tests, const struct identity *identity)
{
        for (size_t i = 0; i < tests->n; i++)
                if (!identity_claim_has(identity, tests->items[i].name, tests->items[i].value))
                        return tests->items[i].name;
        return NULL;
}
