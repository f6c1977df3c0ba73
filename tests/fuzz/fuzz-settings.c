/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes as a settings file: what the scan lets through is plain, and every parser of the table
 * takes every value that the scan lets through, or says why not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/conf-scan.h"
#include "fuzz-target.h"
#include "settings-keys.h"
#include "settings.h"

static struct settings *settings_with_a_provider(void)
{
        struct settings *settings = calloc(1, sizeof(*settings));

        FUZZ_EXPECT(settings);
        settings->providers = calloc(1, sizeof(struct provider_settings *));
        FUZZ_EXPECT(settings->providers);
        settings->providers[0] = calloc(1, sizeof(struct provider_settings));
        FUZZ_EXPECT(settings->providers[0]);
        settings->n_providers = 1;
        return settings;
}

static void *fields_of(struct settings *settings, enum settings_section section)
{
        switch (section) {
        case SECTION_BADGED:
                return settings;
        case SECTION_PROVIDER:
                return settings->providers[0];
        case SECTION_ACCOUNTS:
                return &settings->accounts;
        case SECTION_SERVICE:
                return &settings->other_services;
        }
        abort();
}

static void parse_everywhere(const char *value)
{
        _cleanup_(settings_freep) struct settings *settings = settings_with_a_provider();
        const struct settings_key *keys;
        size_t n = settings_keys(&keys);

        for (size_t i = 0; i < n; i++) {
                char *field = (char *)fields_of(settings, keys[i].section) + keys[i].offset;
                const char *why = NULL;
                int r = keys[i].parse(value, "/etc/badged", field, &why);
                FUZZ_EXPECT(r == 0 || r == -EINVAL);
                FUZZ_EXPECT((r == -EINVAL) == (why != NULL));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(conf_scan_freep) struct conf_scan *scan = NULL;
        unsigned last = 0;

        FUZZ_EXPECT(conf_scan_new((const char *)data, size, &scan) == 0);
        for (;;) {
                struct conf_line line = conf_scan_next(scan);
                if (line.kind == CONF_END)
                        return 0;
                FUZZ_EXPECT(line.number > last);
                last = line.number;
                if (line.kind == CONF_FLAW) {
                        FUZZ_EXPECT(line.reason && line.mend);
                        continue;
                }
                FUZZ_EXPECT(line.section && *line.section);
                if (line.kind == CONF_SECTION)
                        continue;
                FUZZ_EXPECT(*line.key && !strpbrk(line.key, " =#;[]\""));
                FUZZ_EXPECT(text_is_printable(line.value) && !strpbrk(line.value, "#;\n"));
                if (*line.value)
                        parse_everywhere(line.value);
        }
}
