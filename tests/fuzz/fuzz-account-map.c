/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that says which identities may be which account. */
#include "common/account-name.h"
#include "common/text.h"
#include "core/account-map.h"
#include "core/identity.h"
#include "fuzz-target.h"

static void check_entry(const struct account_map_entry *entry)
{
        FUZZ_EXPECT(account_name_is_valid(entry->account));
        FUZZ_EXPECT(!entry->issuer == !entry->subject);
        FUZZ_EXPECT(!entry->provider == !!entry->issuer);
        FUZZ_EXPECT(!entry->provider == !entry->claim && !entry->claim == !entry->value);
        FUZZ_EXPECT(!entry->issuer || (text_is_https_url(entry->issuer) &&
                                       identity_subject_is_valid(entry->subject)));
        FUZZ_EXPECT(!entry->claim ||
                    (entry->claim[0] && entry->value[0] && text_is_printable(entry->claim) &&
                     text_is_printable(entry->value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct account_map_entry *entries;
        struct account_map *map = NULL;
        const char *why = NULL;
        unsigned line = 0;

        if (account_map_parse((const char *)data, size, &map, &line, &why) < 0) {
                FUZZ_EXPECT(!map && why);
                return 0;
        }
        size_t n = account_map_entries(map, &entries);
        for (size_t i = 0; i < n; i++)
                check_entry(&entries[i]);
        (void)account_map_free(map);
        return 0;
}
