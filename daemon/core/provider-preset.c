/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/provider-preset.h"

#include <stdbool.h>
#include <string.h>

#include "core/provider-preset-rows.h"
#include "core/refuse.h"

size_t provider_presets(const struct provider_preset **ret_presets)
{
        return provider_preset_rows(ret_presets);
}

const struct provider_preset *provider_preset_find(const char *name)
{
        const struct provider_preset *presets;
        size_t n = provider_preset_rows(&presets);

        for (size_t i = 0; i < n; i++)
                if (strcmp(presets[i].name, name) == 0)
                        return &presets[i];
        return NULL;
}

const char *provider_preset_setting(const struct provider_preset *preset, const char *key)
{
        for (const struct preset_setting *setting = preset->settings; setting->key; setting++)
                if (strcmp(setting->key, key) == 0)
                        return setting->value;
        return NULL;
}

const char *provider_preset_mend(const struct provider_preset *preset, const char *error_code,
                                 const char *description)
{
        for (const struct preset_mend *mend = preset->mends; mend->error; mend++)
                if (strcmp(mend->error, error_code) == 0 ||
                    (description && strcasestr(description, mend->error)))
                        return mend->mend;
        return NULL;
}

static bool path_has_segment(const char *issuer, const char *segment)
{
        size_t size = strlen(segment);

        for (const char *slash = strchr(issuer, '/'); slash; slash = strchr(slash + 1, '/'))
                if (strncmp(slash + 1, segment, size) == 0 &&
                    (slash[1 + size] == '/' || slash[1 + size] == '\0'))
                        return true;
        return false;
}

static bool text_ends(const char *text, const char *end)
{
        size_t size = strlen(text), end_size = strlen(end);

        return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

int provider_preset_check_issuer(const struct provider_preset *preset, const char *issuer,
                                 const char **ret_why)
{
        for (const struct preset_issuer_rule *rule = preset->issuer_rules; rule->why; rule++) {
                if (rule->refused_segment && path_has_segment(issuer, rule->refused_segment))
                        return refuse(rule->why, ret_why);
                if (rule->wanted_end && !text_ends(issuer, rule->wanted_end))
                        return refuse(rule->why, ret_why);
        }
        return 0;
}
