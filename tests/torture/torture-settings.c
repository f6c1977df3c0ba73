/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings_load() on real files: what it takes is whole, a drop-in that narrows is never missed,
 * and what is wrong stays refused. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "own-folder.h"
#include "settings.h"

#include "torture.h"

#define CORP                                                                                 \
        "[provider corp]\nissuer = https://sso.example.com/realms/corp\nclient_id = linux\n" \
        "client_auth = client_secret_basic\nclient_secret_file = corp.secret\n"
#define PARTNERS                                                                               \
        "[provider partners]\nissuer = https://partners.example\nclient_id = linux\n"          \
        "metadata = by-hand\ndevice_authorization_endpoint = https://partners.example/d\n"     \
        "token_endpoint = https://partners.example/t\njwks_uri = https://partners.example/k\n" \
        "ca_file = ca.pem\nproxy = http://proxy.example:3128\nusername_claim = email\n"
#define ACCOUNTS                                                                         \
        "[accounts]\nusername_claim = preferred_username\nstrip_suffix = @example.com\n" \
        "map_file = accounts.map\naccount_groups = deploy:linux-deployers, web:linux-web\n"

static const struct own_file good_files[] = {
        {"vendor/badged.conf", "[badged]\nmax_logins = 5\n", 0},
        {"etc/badged.conf", "[badged]\ndefault_provider = corp\n" CORP PARTNERS ACCOUNTS, 0},
        {"etc/badged.conf.d/narrow.conf",
         "[badged]\nmax_logins_per_account = 1\n[accounts]\nmin_uid = 2000\nunknown = 1\n", 0},
        {"etc/corp.secret", "s3cret\n", 0640},
        {"etc/ca.pem", "-----BEGIN CERTIFICATE-----\n", 0},
        {"etc/accounts.map", "alice = corp:email=alice@example.com\n", 0},
        {0},
};

/* The file alone would do; what is wrong stands in the drop-in. */
static const struct own_file bad_files[] = {
        {"etc/badged.conf", CORP "[accounts]\nusername_claim = preferred_username\n", 0},
        {"etc/badged.conf.d/wrong.conf",
         "[badged]\nmax_logins = none\n[provider corp]\nclient_secret = s3cret\nflaw\n", 0},
        {"etc/corp.secret", "s3cret\n", 0640},
        {0},
};

static void *prepare(const struct own_file *files)
{
        char *folder = strdup("/tmp/badged-torture-XXXXXX");
        bool is_good = folder && own_folder_make(folder);

        for (; is_good && files->name; files++)
                is_good = own_file_write(folder, files);
        return is_good ? folder : NULL;
}

static void *prepare_good(void)
{
        return prepare(good_files);
}

static void *prepare_bad(void)
{
        return prepare(bad_files);
}

static void release(void *prepared)
{
        own_folder_remove(prepared);
        free(prepared);
}

static int load(const char *folder, struct settings **ret_settings, struct settings_report *report)
{
        char vendor[64], etc[64];
        const char *const folders[] = {vendor, etc, NULL};

        (void)snprintf(vendor, sizeof(vendor), "%s/vendor", folder);
        (void)snprintf(etc, sizeof(etc), "%s/etc", folder);
        return settings_load(folders, ret_settings, report);
}

static bool is_text(const char *text, const char *expected)
{
        return text && strcmp(text, expected) == 0;
}

static bool corp_is_whole(const struct provider_settings *corp)
{
        return corp && is_text(corp->issuer, "https://sso.example.com/realms/corp") &&
               is_text(corp->client_id, "linux") && corp->client_secret &&
               is_text(secret_bytes(corp->client_secret), "s3cret") &&
               is_text(corp->username_claim, "preferred_username") &&
               is_text(corp->strip_suffix, "@example.com");
}

static bool partners_are_whole(const struct provider_settings *partners)
{
        return partners && partners->metadata == METADATA_BY_HAND &&
               is_text(partners->endpoints[ENDPOINT_KEYS], "https://partners.example/k") &&
               is_text(partners->username_claim, "email") && !partners->strip_suffix &&
               is_text(partners->proxy, "http://proxy.example:3128") && partners->ca_file;
}

static bool is_whole(const struct settings *settings)
{
        const struct account_map_entry *entries;

        return settings->max_logins == 10000 && settings->max_logins_per_account == 1 &&
               settings->accounts.min_uid == 2000 && settings->accounts.n_groups == 2 &&
               settings->accounts.map &&
               account_map_entries(settings->accounts.map, &entries) == 1 &&
               is_text(settings->default_provider, "corp") && settings->n_providers == 2 &&
               corp_is_whole(settings_provider(settings, "corp")) &&
               partners_are_whole(settings_provider(settings, "partners"));
}

static enum torture_end run_good(const void *prepared)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        _cleanup_(settings_report_finish) struct settings_report report = {0};

        int r = load(prepared, &settings, &report);
        if (r < 0)
                return settings ? TORTURE_WRONG : TORTURE_SHORT;
        return is_whole(settings) && report.n_problems == 1 ? TORTURE_DONE : TORTURE_WRONG;
}

static enum torture_end run_bad(const void *prepared)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        _cleanup_(settings_report_finish) struct settings_report report = {0};

        int r = load(prepared, &settings, &report);
        if (r >= 0 || settings)
                return TORTURE_WRONG;
        return r == -EINVAL && report.n_errors == 3 ? TORTURE_DONE : TORTURE_SHORT;
}

static const struct torture_case cases[] = {
        {"settings_are_whole_or_refused", run_good, prepare_good, release, 0, 0},
        {"wrong_settings_stay_refused", run_bad, prepare_bad, release, 0, 0},
};
const struct torture_cases torture_settings_cases = {cases, ELEMENTSOF(cases)};
