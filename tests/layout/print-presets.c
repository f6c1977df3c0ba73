/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the presets, "NAME<tab>TITLE" a line, and below each its settings, "<tab>KEY<tab>VALUE",
 * for test-providers-documented.py. */
#include <stdio.h>

#include "core/provider-preset.h"

int main(void)
{
        const struct provider_preset *presets;
        size_t n = provider_presets(&presets);

        for (size_t i = 0; i < n; i++) {
                printf("%s\t%s\n", presets[i].name, presets[i].title);
                for (const struct preset_setting *one = presets[i].settings; one->key; one++)
                        printf("\t%s\t%s\n", one->key, one->value);
        }
        return 0;
}
