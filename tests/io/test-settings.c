/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings files on disk in, the report out: for each rule a set of files that breaks it. Writes to
 * a folder of its own; needs root, because settings belong to root. */
#include "settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/secret.h"
#include "core/jws-algorithm.h"
#include "own-folder.h"

#include "settings-cases.h"

#define REPORT_MAX_BYTES 8192

static void path_in(const char *root, const char *name, char *path, size_t size)
{
        assert_in_range(snprintf(path, size, "%s/%s", root, name), 1, size - 1);
}

static void write_file(const char *root, const struct settings_file *file)
{
        char path[256];
        FILE *out;

        path_in(root, file->name, path, sizeof(path));
        out = fopen(path, "w");
        assert_non_null(out);
        assert_true(fputs(file->text, out) >= 0);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(chmod(path, file->mode ? file->mode : 0644), 0);
        assert_int_equal(chown(path, file->owner, file->owner), 0);
}

static void make_root(char *root)
{
        static const char *const folders[] = {"vendor", "vendor/badged.conf.d", "run", "etc",
                                              "etc/badged.conf.d"};
        char path[256];

        assert_non_null(own_folder_make(root));
        for (size_t i = 0; i < ELEMENTSOF(folders); i++) {
                path_in(root, folders[i], path, sizeof(path));
                assert_int_equal(mkdir(path, 0755), 0);
        }
}

/* The report, one problem a line, with @ for the folder that the files are in. */
static void report_text(const struct settings_report *report, const char *root, char *text)
{
        size_t used = 0, prefix = strlen(root);

        text[0] = '\0';
        for (size_t i = 0; i < report->n_problems; i++) {
                const char *problem = report->problems[i].text;
                for (const char *s = problem; *s;) {
                        bool is_root = strncmp(s, root, prefix) == 0;
                        assert_true(used + 2 < REPORT_MAX_BYTES);
                        text[used++] = is_root ? '@' : *s;
                        s += is_root ? prefix : 1;
                }
                text[used++] = '\n';
        }
        text[used] = '\0';
}

static int load(const char *root, const struct settings_file *files, struct settings **ret_settings,
                char *text)
{
        char vendor[256], run[256], etc[256];
        struct settings_report report = {0};

        path_in(root, "vendor", vendor, sizeof(vendor));
        path_in(root, "run", run, sizeof(run));
        path_in(root, "etc", etc, sizeof(etc));
        for (; files->name; files++)
                write_file(root, files);

        const char *const folders[] = {vendor, run, etc, NULL};
        int r = settings_load(folders, ret_settings, &report);
        report_text(&report, root, text);
        assert_int_equal(r<0, report.n_errors> 0);
        settings_report_finish(&report);
        return r;
}

static void case_is_reported(void **state)
{
        const struct settings_case *tested = *state;
        _cleanup_(settings_freep) struct settings *settings = NULL;
        char root[] = "/tmp/badged-settings-XXXXXX", text[REPORT_MAX_BYTES];

        make_root(root);
        int r = load(root, tested->files, &settings, text);
        own_folder_remove(root);
        assert_string_equal(text, tested->report);
        assert_int_equal(r, strstr(tested->report, ": error: ") ? -EINVAL : 0);
        assert_true((settings != NULL) == (r == 0));
}

static void load_good(const struct settings_file *files, struct settings **ret_settings)
{
        char root[] = "/tmp/badged-settings-XXXXXX", text[REPORT_MAX_BYTES];

        make_root(root);
        int r = load(root, files, ret_settings, text);
        own_folder_remove(root);
        assert_string_equal(text, "");
        assert_int_equal(r, 0);
}

static void what_is_not_written_has_its_default(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good((const struct settings_file[]){{"etc/badged.conf", PLAIN}, {0}}, &settings);
        assert_string_equal(settings->default_provider, "corp");
        assert_int_equal(settings->max_logins, 10000);
        assert_int_equal(settings->max_logins_per_account, 3);
        assert_int_equal(settings->max_logins_per_origin, 8);
        assert_int_equal(settings->max_logins_per_minute, 30);
        assert_int_equal(settings->login_timeout_sec, 600);
        assert_int_equal(settings->session_lifetime_sec, 0);
        assert_false(settings->ends_login);
        assert_false(settings->first_is_owner);
        assert_string_equal(settings->accounts.groups_claim, "groups");
        assert_int_equal(settings->accounts.min_uid, 1000);
        assert_null(settings->accounts.map);

        const struct provider_settings *provider = settings_provider(settings, "corp");
        assert_non_null(provider);
        assert_int_equal(provider->metadata, METADATA_OIDC_DISCOVERY);
        assert_int_equal(provider->client_auth, CLIENT_AUTH_NONE);
        assert_int_equal(provider->algorithms, JWS_DEFAULT_ALGORITHMS);
        assert_string_equal(provider->scope, "openid profile email");
        assert_string_equal(provider->username_claim, "preferred_username");
        assert_null(provider->client_secret);
        assert_null(settings_provider(settings, "other"));
}

static void a_service_without_a_section_has_the_defaults(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good(
                (const struct settings_file[]){{"etc/badged.conf", PLAIN "[service sudo]\n"}, {0}},
                &settings);
        const char *const names[] = {"sudo", "sshd"};
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                const struct service_rules *rules = settings_service(settings, names[i]);
                assert_int_equal(rules->max_age_sec, 0);
                assert_false(rules->recheck);
                assert_int_equal(rules->offline, OFFLINE_DENY);
                assert_int_equal(rules->offline_limit_sec, 7 * 24 * 3600);
                assert_false(rules->wants_totp);
        }
        assert_string_equal(settings_service(settings, "sudo")->name, "sudo");
        assert_null(settings_service(settings, "sshd")->name);
}

static void every_key_of_a_service_arrives_in_its_field(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good(every_key_files, &settings);
        const struct service_rules *sudo = settings_service(settings, "sudo");
        assert_int_equal(sudo->max_age_sec, 15 * 60);
        assert_true(sudo->recheck);
        assert_int_equal(sudo->offline, OFFLINE_ALLOW_FOR);
        assert_int_equal(sudo->offline_for_sec, 4 * 3600);
        assert_false(sudo->wants_totp);

        const struct service_rules *login = settings_service(settings, "login");
        assert_int_equal(login->max_age_sec, 0);
        assert_false(login->recheck);
        assert_int_equal(login->offline, OFFLINE_TOTP);
        assert_int_equal(login->offline_limit_sec, 2 * 24 * 3600);
        assert_true(login->wants_totp);
}

static void every_key_arrives_in_its_field(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good(every_key_files, &settings);
        assert_int_equal(settings->max_logins, 50);
        assert_int_equal(settings->max_logins_per_account, 1);
        assert_int_equal(settings->max_logins_per_origin, 2);
        assert_int_equal(settings->max_logins_per_minute, 5);
        assert_int_equal(settings->login_timeout_sec, 90);
        assert_int_equal(settings->session_lifetime_sec, 12 * 3600);
        assert_true(settings->ends_login);
        assert_true(settings->first_is_owner);
        assert_int_equal(settings->accounts.min_uid, 2000);
        assert_string_equal(settings->accounts.groups_claim, "roles");
        assert_int_equal(settings->accounts.n_groups, 2);
        assert_string_equal(settings->accounts.groups[0].account, "deploy");
        assert_string_equal(settings->accounts.groups[0].group, "linux-deployers");
        assert_string_equal(settings->accounts.groups[1].group, "urn:x:linux backup");
        assert_non_null(settings->accounts.map);

        const struct provider_settings *provider = settings_provider(settings, "corp");
        assert_string_equal(provider->issuer, "https://sso.example/realms/corp");
        assert_int_equal(provider->metadata, METADATA_BY_HAND);
        assert_string_equal(provider->client_id, "linux login");
        assert_int_equal(provider->client_auth, CLIENT_AUTH_SECRET_POST);
        assert_int_equal(secret_size(provider->client_secret), 6);
        assert_memory_equal(secret_bytes(provider->client_secret), "s#c;\"=", 6);
        assert_string_equal(provider->scope, "openid groups");
        assert_string_equal(provider->endpoints[ENDPOINT_DEVICE_AUTHORIZATION],
                            "https://sso.example/d");
        assert_string_equal(provider->endpoints[ENDPOINT_TOKEN], "https://sso.example/t");
        assert_string_equal(provider->endpoints[ENDPOINT_USERINFO], "https://sso.example/u");
        assert_string_equal(provider->endpoints[ENDPOINT_KEYS], "https://sso.example/j");
        assert_int_equal(provider->algorithms, JWS_RS256 | JWS_ES512);
        assert_non_null(strstr(provider->ca_file, "/etc/ca.pem"));
        assert_string_equal(provider->proxy, "http://proxy.example:3128");
        assert_string_equal(provider->username_claim, "email");
        assert_string_equal(provider->strip_suffix, "@example.com");
}

/* The same name from another issuer is another person. */
static void only_providers_of_the_default_issuer_inherit_the_claim(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good(two_provider_files, &settings);
        assert_string_equal(settings_provider(settings, "corp")->username_claim,
                            "preferred_username");
        assert_string_equal(settings_provider(settings, "corp")->strip_suffix, "@example.com");
        assert_null(settings_provider(settings, "other")->username_claim);
        assert_null(settings_provider(settings, "other")->strip_suffix);
        assert_string_equal(settings_provider(settings, "corp-ciba")->username_claim,
                            "preferred_username");
        assert_string_equal(settings_provider(settings, "corp-ciba")->strip_suffix, "@example.com");
        assert_true(
                settings_names_accounts_alike(settings, settings_provider(settings, "corp-ciba")));
        assert_false(settings_names_accounts_alike(settings, settings_provider(settings, "third")));
        assert_string_equal(settings_provider(settings, "third")->username_claim, "email");
        assert_null(settings_provider(settings, "third")->strip_suffix);
}

static void later_folders_and_drop_ins_win(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;

        load_good(layered_files, &settings);
        assert_int_equal(settings->max_logins, 3); /* etc drop-in over etc file */
        assert_int_equal(settings->max_logins_per_account,
                         4);                                  /* vendor's drop-in of another name */
        assert_int_equal(settings->max_logins_per_origin, 8); /* vendor's drop-in taken away */
        assert_int_equal(settings->login_timeout_sec, 600);   /* run's main file stood in for */
        assert_int_equal(settings->accounts.min_uid, 1000);   /* emptied by the last drop-in */
}

static void a_credential_is_read_by_name(void **state)
{
        _cleanup_(settings_freep) struct settings *settings = NULL;
        char root[] = "/tmp/badged-credentials-XXXXXX";

        assert_non_null(own_folder_make(root));
        write_file(root, &(const struct settings_file){"corp", "hidden\n", 0400});
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", root, 1), 0);
        load_good(credential_files, &settings);
        assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
        own_folder_remove(root);
        const struct secret *secret = settings_provider(settings, "corp")->client_secret;
        assert_int_equal(secret_size(secret), 6);
        assert_memory_equal(secret_bytes(secret), "hidden", 6);
}

/* The sample in etc/ with every key's # taken off: the scan, the table and the parsers take it all.
 */
static void the_sample_can_be_uncommented(void **state)
{
        static char sample[16384], line[512];
        FILE *in = fopen(SAMPLE_FILE, "r");
        size_t used = 0;

        assert_non_null(in);
        while (fgets(line, sizeof(line), in)) {
                bool is_key = line[0] == '#' &&
                              (line[1] == '[' || strchr("_abcdefghijklmnopqrstuvwxyz", line[1]));
                used += (size_t)snprintf(sample + used, sizeof(sample) - used, "%s", line + is_key);
                assert_true(used < sizeof(sample));
        }
        fclose(in);

        const struct settings_file files[] = {
                {"etc/badged.conf", sample},
                /* A client that proves nothing has no directory, which the sample shows too. */
                {"etc/badged.conf.d/50-client.conf",
                 "[provider corp]\nclient_auth = client_secret_basic\n"},
                {"etc/corp.secret", "secret", 0640},
                {"etc/corp-ca.pem", PEM},
                {"etc/directory.key", KEY_PEM, 0640},
                {"etc/accounts.map", "alice = https://sso.example.com/realms/corp 1\n"},
                {0},
        };
        _cleanup_(settings_freep) struct settings *settings = NULL;
        char root[] = "/tmp/badged-settings-XXXXXX", text[REPORT_MAX_BYTES];
        make_root(root);
        int r = load(root, files, &settings, text);
        own_folder_remove(root);
        if (r < 0 || strstr(text, "unknown"))
                fail_msg("%s", text);
        assert_string_equal(settings->default_provider, "corp");
        assert_int_equal(settings->accounts.n_groups, 2);
}

static void no_more_than_4096_lines_are_kept(void **state)
{
        char root[] = "/tmp/badged-settings-XXXXXX", path[256];
        struct settings_report report = {0};
        struct settings *settings = NULL;
        unsigned n_limits = 0;

        make_root(root);
        path_in(root, "etc/badged.conf", path, sizeof(path));
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        for (unsigned i = 0; i < 4096; i++)
                fprintf(out, "%s%u = 1\n", i == 0 ? "[badged]\nk" : "k", i);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(chmod(path, 0644), 0);
        path_in(root, "etc", path, sizeof(path));
        assert_int_equal(settings_load((const char *const[]){path, NULL}, &settings, &report),
                         -EINVAL);
        own_folder_remove(root);
        for (size_t i = 0; i < report.n_problems; i++)
                n_limits += strstr(report.problems[i].text, "badged.conf:4097: error: ") != NULL;
        assert_int_equal(n_limits, 1);
        assert_int_equal(report.n_errors, 2); /* and that there is no provider */
        settings_report_finish(&report);
}

int main(void)
{
        const struct CMUnitTest fixed[] = {
                cmocka_unit_test(what_is_not_written_has_its_default),
                cmocka_unit_test(every_key_arrives_in_its_field),
                cmocka_unit_test(a_service_without_a_section_has_the_defaults),
                cmocka_unit_test(every_key_of_a_service_arrives_in_its_field),
                cmocka_unit_test(only_providers_of_the_default_issuer_inherit_the_claim),
                cmocka_unit_test(later_folders_and_drop_ins_win),
                cmocka_unit_test(a_credential_is_read_by_name),
                cmocka_unit_test(the_sample_can_be_uncommented),
                cmocka_unit_test(no_more_than_4096_lines_are_kept),
        };
        struct CMUnitTest tests[ELEMENTSOF(fixed) + ELEMENTSOF(settings_cases)];

        if (geteuid() != 0) {
                printf("1..0 # SKIP settings files belong to root: run it as root\n");
                return 0;
        }
        memcpy(tests, fixed, sizeof(fixed));
        for (size_t i = 0; i < ELEMENTSOF(settings_cases); i++)
                tests[ELEMENTSOF(fixed) + i] = (struct CMUnitTest){
                        .name = settings_cases[i].name,
                        .test_func = case_is_reported,
                        .initial_state = (void *)&settings_cases[i],
                };
        return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
