/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom http-client believes, which way it goes, and what it leaves behind in memory. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "https-fixture.h"

#define SYSTEM_AUTHORITIES "/etc/ssl/certs"
#define EXIT_SKIP          77
#define MAPPING_MAX_BYTES  ((size_t)64 * 1024 * 1024)

static void certificates_that_are_not_good_are_refused(void **state)
{
        static const char *const ports[] = {"misnamed", "expired", "strange"};

        for (size_t i = 0; i < ELEMENTSOF(ports); i++) {
                _cleanup_fetch_ struct fetch fetch = {};

                fetch_page(*state, ports[i], "/ok?code=x", (struct http_request_spec){}, &fetch);
                assert_int_equal(fetch.failure, HTTP_UNTRUSTED);
                assert_non_null(fetch.failure_text);
                assert_null(strstr(fetch.failure_text, "code"));
        }
}

static void the_name_has_to_match_also_as_an_address(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch fetch = {};
        char url[64];

        snprintf(url, sizeof(url), "https://127.0.0.1:%u/ok", fixture_port(fixture, "good"));
        fetch_start(fixture, (struct http_request_spec){.url = url}, &fetch);
        fetch_wait(fixture, &fetch);
        assert_int_equal(fetch.failure, HTTP_UNTRUSTED);
}

static void a_missing_ca_file_trusts_nobody(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "good", "/ok", (struct http_request_spec){.ca_file = "/nonexistent"},
                   &fetch);
        assert_int_equal(fetch.failure, HTTP_UNTRUSTED);
}

static void trust_is_not_carried_over_from_another_request(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch good = {}, bad = {};
        _cleanup_free_ char *stranger = NULL;

        assert_true(asprintf(&stranger, "%s/stranger.pem", fixture->folder) > 0);
        fetch_page(fixture, "good", "/ok", (struct http_request_spec){}, &good);
        assert_int_equal(good.failure, HTTP_ANSWERED);
        fetch_page(fixture, "good", "/ok", (struct http_request_spec){.ca_file = stranger}, &bad);
        assert_int_equal(bad.failure, HTTP_UNTRUSTED);
}

static void tls_1_1_is_refused(void **state)
{
        _cleanup_fetch_ struct fetch fetch = {};

        fetch_page(*state, "old", "/ok", (struct http_request_spec){}, &fetch);
        assert_int_equal(fetch.failure, HTTP_UNREACHABLE);
}

/* In a mount namespace of its own the fixture's authority is one of the system's. */
static void live_with_other_system_authorities(const char *folder)
{
        _cleanup_free_ char *command = NULL;

        if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", SYSTEM_AUTHORITIES, "tmpfs", 0, NULL) < 0)
                _exit(EXIT_SKIP);
        if (asprintf(&command, "cp %s/authority.pem %s && openssl rehash %s", folder,
                     SYSTEM_AUTHORITIES, SYSTEM_AUTHORITIES) < 0 ||
            system(command) != 0)
                _exit(EXIT_SKIP);
}

static int status_with_system_authorities(const struct https_fixture *fixture, const char *ca_name)
{
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
                _cleanup_free_ char *ca_file = NULL;
                struct https_fixture own = *fixture; /* no loop survives a fork */
                struct fetch fetch;

                live_with_other_system_authorities(own.folder);
                assert_true(asprintf(&ca_file, "%s/%s", own.folder, ca_name) > 0);
                assert_true(sd_event_new(&own.event) >= 0);
                assert_int_equal(http_client_new(own.event, &own.client), 0);
                fetch_page(&own, "good", "/ok", (struct http_request_spec){.ca_file = ca_file},
                           &fetch);
                int failure = (int)fetch.failure;
                fetch_finish(&fetch);
                http_client_free(own.client);
                sd_event_unref(own.event);
                free(TAKE_PTR(ca_file));
                _exit(failure);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void a_ca_file_replaces_the_authorities_of_the_system(void **state)
{
        int status = status_with_system_authorities(*state, "authority.pem");

        if (status == EXIT_SKIP) {
                print_message("# no mount namespace here\n");
                skip();
        }
        assert_int_equal(status, HTTP_ANSWERED);
        assert_int_equal(status_with_system_authorities(*state, "stranger.pem"), HTTP_UNTRUSTED);
}

static void assert_hits(struct https_fixture *fixture, const char *name, unsigned hits)
{
        _cleanup_fetch_ struct fetch fetch = {};
        char path[64], expected[32];

        snprintf(path, sizeof(path), "/hits?%s=", name);
        snprintf(expected, sizeof(expected), "hits %u", hits);
        fetch_page(fixture, "good", path, (struct http_request_spec){}, &fetch);
        assert_non_null(fetch.body);
        assert_string_equal(fetch.body, expected);
}

static void the_environment_names_no_proxy(void **state)
{
        struct https_fixture *fixture = *state;
        _cleanup_fetch_ struct fetch direct = {}, proxied = {};
        _cleanup_secret_ struct secret *authorization = secret_new_text("Bearer x");
        static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
        char proxy[64];

        snprintf(proxy, sizeof(proxy), "http://localhost:%u", fixture_port(fixture, "proxy"));
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                setenv(names[i], proxy, 1);
        setenv("no_proxy", "*", 1);
        setenv("NO_PROXY", "*", 1);
        fetch_page(fixture, "good", "/ok", (struct http_request_spec){}, &direct);
        assert_int_equal(direct.failure, HTTP_ANSWERED);
        assert_hits(fixture, "proxied", 0);

        fetch_page(fixture, "good", "/ok",
                   (struct http_request_spec){.proxy = proxy, .authorization = authorization},
                   &proxied);
        assert_int_equal(proxied.failure, HTTP_ANSWERED);
        assert_hits(fixture, "proxied", 1);
        assert_hits(fixture, "told-the-proxy", 0);
        unsetenv("no_proxy");
        unsetenv("NO_PROXY");
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                unsetenv(names[i]);
        client_tear_down(state);
        client_set_up(state);
        setenv("https_proxy", proxy, 1);
        fetch_finish(&direct);
        fetch_page(fixture, "good", "/ok", (struct http_request_spec){}, &direct);
        unsetenv("https_proxy");
        assert_hits(fixture, "proxied", 1);
}

/* A marker that this program holds only as its complement, except inside secrets. */
static struct secret *marker_secret(const char *prefix, const unsigned char *complement,
                                    size_t size)
{
        char plain[64];

        for (size_t i = 0; i < size; i++)
                plain[i] = (char)~complement[i];
        struct secret *secret = secret_new_text(prefix);
        assert_non_null(secret);
        assert_int_equal(secret_append(secret, plain, size, 1024), 0);
        explicit_bzero(plain, sizeof(plain));
        return secret;
}

static bool complement_of(const unsigned char *bytes, const unsigned char *complement, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if ((bytes[i] ^ complement[i]) != 0xFF)
                        return false;
        return true;
}

static unsigned occurrences_between(int memory, size_t start, size_t end,
                                    const unsigned char *complement, size_t size)
{
        unsigned char *copy = malloc(end - start);
        unsigned found = 0;

        assert_non_null(copy);
        ssize_t n = pread(memory, copy, end - start, (off_t)start);
        for (ssize_t i = 0; i + (ssize_t)size <= n; i++)
                found += complement_of(copy + i, complement, size);
        explicit_bzero(copy, end - start);
        free(copy);
        return found;
}

/* In what malloc handed out or took back, wherever it has that from; the enormous mappings are a
 * sanitizer's books. */
static unsigned occurrences_in_memory(const unsigned char *complement, size_t size)
{
        int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        FILE *maps = fopen("/proc/self/maps", "re");
        char line[512];
        unsigned found = 0;

        assert_true(memory >= 0);
        assert_non_null(maps);
        while (fgets(line, sizeof(line), maps)) {
                size_t start, end;
                if (!strstr(line, " rw") || strstr(line, "[stack]") ||
                    sscanf(line, "%zx-%zx", &start, &end) != 2 || end - start > MAPPING_MAX_BYTES)
                        continue;
                found += occurrences_between(memory, start, end, complement, size);
        }
        fclose(maps);
        close(memory);
        return found;
}

static void forms_and_headers_do_not_outlive_their_request(void **state)
{
        struct https_fixture *fixture = *state;
        unsigned char in_form[24], in_header[24];
        static const char path[] = "/echo"; /* the answer carries them too */

        for (size_t i = 0; i < sizeof(in_form); i++) {
                in_form[i] = (unsigned char)~('a' + rand() % 26);
                in_header[i] = (unsigned char)~('A' + rand() % 26);
        }
        struct secret *form = marker_secret("client_secret=", in_form, sizeof(in_form));
        struct secret *header = marker_secret("Bearer ", in_header, sizeof(in_header));
        assert_true(occurrences_in_memory(in_form, sizeof(in_form)) > 0);
        {
                _cleanup_fetch_ struct fetch fetch = {};
                fetch_page(fixture, "good", path,
                           (struct http_request_spec){.form = form, .authorization = header},
                           &fetch);
                assert_int_equal(fetch.failure, HTTP_ANSWERED);
        }
        secret_free(form);
        secret_free(header);
        assert_int_equal(occurrences_in_memory(in_form, sizeof(in_form)), 0);
        assert_int_equal(occurrences_in_memory(in_header, sizeof(in_header)), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, client_set_up, client_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(certificates_that_are_not_good_are_refused),
                TEST(the_name_has_to_match_also_as_an_address),
                TEST(a_missing_ca_file_trusts_nobody),
                TEST(trust_is_not_carried_over_from_another_request),
                TEST(tls_1_1_is_refused),
                TEST(a_ca_file_replaces_the_authorities_of_the_system),
                TEST(the_environment_names_no_proxy),
                TEST(forms_and_headers_do_not_outlive_their_request),
        };

        return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
