/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is special about the providers that people have, as settings in the settings' own words:
 * whatever a preset does, an administrator could have written. Nothing else in the code asks which
 * provider it is. No preset opens an account: who may be whom is never preset. */
#pragma once

#include <stddef.h>

#define PRESET_MAX_SETTINGS     16
#define PRESET_MAX_MENDS        10
#define PRESET_MAX_ISSUER_RULES 6

/* A line of [provider NAME] that counts when it is not written. */
struct preset_setting {
        const char *key, *value;
};

/* What to do at the provider, or here, when it answers with this. */
struct preset_mend {
        const char *error; /* its code, or a part of its description, in any case of letters */
        const char *mend;
};

/* What an issuer of this provider cannot be. Either is NULL. */
struct preset_issuer_rule {
        const char *refused_segment; /* the path has it between slashes */
        const char *wanted_end;      /* it does not end so */
        const char *why;             /* "is …", "does not …" */
};

/* The arrays end with their first empty element. All text is static. */
struct provider_preset {
        const char *name, *title;
        const char *issuer_form; /* what to write as issuer, for messages */
        const char *switch_on;   /* there, before a login can work: one sentence */
        struct preset_setting settings[PRESET_MAX_SETTINGS + 1];
        struct preset_mend mends[PRESET_MAX_MENDS + 1];
        struct preset_issuer_rule issuer_rules[PRESET_MAX_ISSUER_RULES + 1];
};

/* NULL when there is none of that name. */
const struct provider_preset *provider_preset_find(const char *name);

/* The number of presets. */
size_t provider_presets(const struct provider_preset **ret_presets);

/* NULL when the preset says nothing of that key. */
const char *provider_preset_setting(const struct provider_preset *preset, const char *key);

/* description may be NULL. NULL when nothing special is known of this error there. */
const char *provider_preset_mend(const struct provider_preset *preset, const char *error_code,
                                 const char *description);

/* 0, or -EBADMSG and *ret_why when this provider never has such an issuer. */
int provider_preset_check_issuer(const struct provider_preset *preset, const char *issuer,
                                 const char **ret_why);
