/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/provider-preset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/text.h"

static void the_issue_names_sixteen_presets(void **state)
{
        static const char *const names[] = {
                "github",   "google",    "entra",    "gitlab",  "okta", "auth0",
                "keycloak", "authentik", "authelia", "zitadel", "dex",  "hydra",
                "kanidm",   "pocket-id", "oidc",     "oauth2",
        };
        const struct provider_preset *presets = NULL;

        assert_int_equal(provider_presets(&presets), ELEMENTSOF(names));
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                assert_string_equal(presets[i].name, names[i]);
                assert_ptr_equal(provider_preset_find(names[i]), &presets[i]);
        }
        assert_null(provider_preset_find("GitHub"));
        assert_null(provider_preset_find(""));
}

static void each_has_texts_that_a_person_can_read(void **state)
{
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++) {
                const char *texts[] = {one->title, one->issuer_form, one->switch_on};
                for (size_t i = 0; i < ELEMENTSOF(texts); i++)
                        assert_true(texts[i] && texts[i][0] && text_is_printable(texts[i]));
                assert_true(strncmp(one->issuer_form, "write ", 6) == 0 ||
                            strncmp(one->issuer_form, "leave it out", 12) == 0);
                for (const struct preset_mend *mend = one->mends; mend->error; mend++)
                        assert_true(mend->error[0] && mend->mend && mend->mend[0] &&
                                    text_is_printable(mend->mend));
        }
}

static void each_list_ends_inside_its_array(void **state)
{
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++) {
                assert_null(one->settings[PRESET_MAX_SETTINGS].key);
                assert_null(one->mends[PRESET_MAX_MENDS].error);
                assert_null(one->issuer_rules[PRESET_MAX_ISSUER_RULES].why);
        }
}

/* The settings check what the values mean: tests/layout loads each preset. */
static void settings_are_lines_and_stand_there_once(void **state)
{
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++) {
                for (size_t i = 0; one->settings[i].key; i++) {
                        const struct preset_setting *setting = &one->settings[i];
                        assert_true(setting->value[0] && text_is_printable(setting->value));
                        assert_null(strpbrk(setting->value, "#;\"\\")); /* conf-scan refuses them */
                        assert_ptr_equal(provider_preset_setting(one, setting->key),
                                         setting->value);
                }
        }
}

static void no_preset_opens_an_account_or_keeps_a_secret(void **state)
{
        static const char *const never[] = {
                "preset",         "client_id",     "client_secret_file",
                "username_claim", "strip_suffix",  "trusted_audiences",
                "keep_tokens",    "require_claim", "tokens_for_people",
                "ca_file",        "proxy",         "algorithms",
        };
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++)
                for (size_t i = 0; i < ELEMENTSOF(never); i++)
                        assert_null(provider_preset_setting(one, never[i]));
}

static void addresses_are_https(void **state)
{
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++)
                for (const struct preset_setting *setting = one->settings; setting->key; setting++)
                        if (strcmp(setting->key, "issuer") == 0 ||
                            strstr(setting->key, "_endpoint") || strstr(setting->key, "_uri"))
                                assert_true(text_is_https_url(setting->value));
}

static void an_error_has_its_mend_by_code_or_description(void **state)
{
        static const struct {
                const char *preset, *code, *description, *part;
        } cases[] = {
                {"github", "device_flow_disabled", NULL, "Enable Device Flow"},
                {"github", "access_denied", NULL, NULL},
                {"google", "invalid_client",
                 "Only clients of type 'TVs and Limited Input devices' can use the OAuth 2.0 flow",
                 "TVs and Limited Input devices"},
                {"google", "invalid_request", "client_secret is missing.", "client_secret_file"},
                {"entra", "invalid_client", "AADSTS7000218: The request body must contain …",
                 "Allow public client flows"},
                {"entra", "invalid_client", "AADSTS7000215: Invalid client secret provided.", NULL},
                {"entra", "invalid_client", NULL, NULL},
                {"okta", "access_denied", "Policy evaluation failed for this request",
                 "access policy"},
                {"keycloak", "invalid_grant",
                 "Client not allowed OAuth 2.0 Device Authorization Grant", "capabilities"},
                {"keycloak", "invalid_grant", "Session not active", NULL},
                {"authentik", "slow_down", NULL, "20 codes an hour"},
                {"oidc", "invalid_client", "Client not allowed", NULL},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *mend = provider_preset_mend(provider_preset_find(cases[i].preset),
                                                        cases[i].code, cases[i].description);
                assert_int_equal(mend != NULL, cases[i].part != NULL);
                if (mend && !strstr(mend, cases[i].part))
                        fail_msg("%s: %s", cases[i].preset, mend);
        }
}

static void settings_that_nobody_made_are_absent(void **state)
{
        assert_null(provider_preset_setting(provider_preset_find("oidc"), "scope"));
        assert_string_equal(
                provider_preset_setting(provider_preset_find("oauth2"), "identity_from"),
                "userinfo");
        assert_null(provider_preset_setting(provider_preset_find("github"), "scop"));
}

static void issuers_keep_the_form_of_their_provider(void **state)
{
        static const struct {
                const char *preset, *issuer;
                bool good;
        } cases[] = {
                {"entra",
                 "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0",
                 true},
                {"entra", "https://login.microsoftonline.com/contoso.example/v2.0", true},
                {"entra", "https://login.microsoftonline.com/commonplace.example/v2.0", true},
                {"entra", "https://login.microsoftonline.com/common/v2.0", false},
                {"entra", "https://login.microsoftonline.com/common", false},
                {"entra", "https://login.microsoftonline.com/organizations/v2.0", false},
                {"entra", "https://login.microsoftonline.com/consumers/v2.0", false},
                {"entra", "https://login.microsoftonline.com/{tenantid}/v2.0", false},
                {"entra", "https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/", false},
                {"entra", "/v2.0", true},
                {"entra", "v2", false},
                {"auth0", "https://tenant.eu.auth0.com/", true},
                {"auth0", "https://tenant.eu.auth0.com", false},
                {"authentik", "https://sso.example.com/application/o/linux/", true},
                {"authentik", "https://sso.example.com/application/o/linux", false},
                {"keycloak", "https://sso.example.com/realms/common", true},
                {"oidc", "https://sso.example.com/common", true},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                const char *why = NULL;
                int r = provider_preset_check_issuer(provider_preset_find(cases[i].preset),
                                                     cases[i].issuer, &why);
                if (r != (cases[i].good ? 0 : -EBADMSG))
                        fail_msg("%s: %s: %d", cases[i].preset, cases[i].issuer, r);
                assert_int_equal(why != NULL, !cases[i].good);
        }
}

/* The issuer that a preset brings along passes its own rules. */
static void preset_issuers_are_good_ones(void **state)
{
        const struct provider_preset *presets = NULL;
        size_t n = provider_presets(&presets);

        for (const struct provider_preset *one = presets; one < presets + n; one++) {
                const char *issuer = provider_preset_setting(one, "issuer"), *why = NULL;
                if (issuer)
                        assert_int_equal(provider_preset_check_issuer(one, issuer, &why), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_issue_names_sixteen_presets),
                cmocka_unit_test(each_has_texts_that_a_person_can_read),
                cmocka_unit_test(each_list_ends_inside_its_array),
                cmocka_unit_test(settings_are_lines_and_stand_there_once),
                cmocka_unit_test(no_preset_opens_an_account_or_keeps_a_secret),
                cmocka_unit_test(addresses_are_https),
                cmocka_unit_test(an_error_has_its_mend_by_code_or_description),
                cmocka_unit_test(settings_that_nobody_made_are_absent),
                cmocka_unit_test(issuers_keep_the_form_of_their_provider),
                cmocka_unit_test(preset_issuers_are_good_ones),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
