/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "https-fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ANSWER_WAIT_USEC  (UINT64_C(120) * 1000 * 1000)
#define PATIENT_SPEC_USEC (UINT64_C(60) * 1000 * 1000)

uint64_t monotonic_usec(void)
{
        struct timespec now;

        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static FILE *server_start(struct https_fixture *fixture)
{
        const char *program = getenv("HTTPS_SERVER");
        int input[2], output[2];

        assert_non_null(program);
        assert_int_equal(pipe2(input, O_CLOEXEC), 0);
        assert_int_equal(pipe2(output, O_CLOEXEC), 0);
        fixture->server = fork();
        assert_true(fixture->server >= 0);
        if (fixture->server == 0) {
                if (dup2(input[0], STDIN_FILENO) >= 0 && dup2(output[1], STDOUT_FILENO) >= 0)
                        execl(program, program, NULL);
                _exit(127);
        }
        close(input[0]);
        close(output[1]);
        fixture->server_input = input[1];
        return fdopen(output[0], "re");
}

static void read_announcements(struct https_fixture *fixture, FILE *lines)
{
        char name[16], value[256];

        while (fscanf(lines, "%15s %255s", name, value) == 2 && strcmp(name, "ready") != 0) {
                if (strcmp(name, "folder") == 0) {
                        fixture->folder = strdup(value);
                        continue;
                }
                assert_true(fixture->n_ports < FIXTURE_PORTS_MAX);
                strcpy(fixture->ports[fixture->n_ports].name, name);
                fixture->ports[fixture->n_ports++].number = (unsigned)strtoul(value, NULL, 10);
        }
        assert_string_equal(name, "ready");
        assert_non_null(fixture->folder);
        assert_true(asprintf(&fixture->ca_file, "%s/authority.pem", fixture->folder) > 0);
}

int fixture_set_up(void **state)
{
        struct https_fixture *fixture = calloc(1, sizeof(*fixture));
        assert_non_null(fixture);
        FILE *lines = server_start(fixture);
        assert_non_null(lines);
        read_announcements(fixture, lines);
        fclose(lines);
        assert_true(sd_event_new(&fixture->event) >= 0);
        *state = fixture;
        return 0;
}

int fixture_tear_down(void **state)
{
        struct https_fixture *fixture = *state;
        int status;

        close(fixture->server_input);
        assert_int_equal(waitpid(fixture->server, &status, 0), fixture->server);
        assert_int_equal(status, 0);
        sd_event_unref(fixture->event);
        free(fixture->folder);
        free(fixture->ca_file);
        free(fixture);
        return 0;
}

int client_set_up(void **state)
{
        struct https_fixture *fixture = *state;

        return http_client_new(fixture->event, &fixture->client);
}

int client_tear_down(void **state)
{
        struct https_fixture *fixture = *state;

        fixture->client = http_client_free(fixture->client);
        return 0;
}

unsigned fixture_port(const struct https_fixture *fixture, const char *name)
{
        for (size_t i = 0; i < fixture->n_ports; i++)
                if (strcmp(fixture->ports[i].name, name) == 0)
                        return fixture->ports[i].number;
        fail_msg("the server has no port %s", name);
        return 0;
}

char *fixture_url(const struct https_fixture *fixture, const char *port, const char *path)
{
        char *url;

        assert_true(asprintf(&url, "https://localhost:%u%s", fixture_port(fixture, port), path) >
                    0);
        return url;
}

static void on_answer(const struct http_answer *answer, void *userdata)
{
        struct fetch *fetch = userdata;

        fetch->n_answers++;
        fetch->failure = answer->failure;
        fetch->status = answer->status;
        fetch->retry_after_sec = answer->retry_after_sec;
        fetch->max_age_sec = answer->max_age_sec;
        if (answer->failure_text)
                fetch->failure_text = strdup(answer->failure_text);
        if (answer->dpop_nonce)
                fetch->dpop_nonce = strdup(answer->dpop_nonce);
        if (answer->next_link)
                fetch->next_link = strdup(answer->next_link);
        if (answer->content_type)
                fetch->content_type = strdup(answer->content_type);
        if (answer->body) {
                fetch->size = secret_size(answer->body);
                fetch->body = malloc(fetch->size + 1);
                assert_non_null(fetch->body);
                memcpy(fetch->body, secret_bytes(answer->body), fetch->size + 1);
        }
}

void fetch_start(struct https_fixture *fixture, struct http_request_spec spec,
                 struct fetch *ret_fetch)
{
        *ret_fetch = (struct fetch){};
        if (!spec.ca_file)
                spec.ca_file = fixture->ca_file;
        if (!spec.request_timeout_usec)
                spec.request_timeout_usec = PATIENT_SPEC_USEC;
        if (!spec.connect_timeout_usec)
                spec.connect_timeout_usec = PATIENT_SPEC_USEC;
        assert_int_equal(
                http_request_new(fixture->client, &spec, on_answer, ret_fetch, &ret_fetch->request),
                0);
        assert_int_equal(ret_fetch->n_answers, 0);
}

void fetch_wait(struct https_fixture *fixture, struct fetch *fetch)
{
        uint64_t until = monotonic_usec() + ANSWER_WAIT_USEC;

        while (fetch->n_answers == 0) {
                uint64_t now = monotonic_usec();
                if (now >= until)
                        fail_msg("no answer, not even a timeout");
                assert_true(sd_event_run(fixture->event, until - now) >= 0);
        }
        assert_int_equal(fetch->n_answers, 1);
}

void fetch_page(struct https_fixture *fixture, const char *port, const char *path,
                struct http_request_spec spec, struct fetch *ret_fetch)
{
        _cleanup_free_ char *url = fixture_url(fixture, port, path);

        spec.url = url;
        fetch_start(fixture, spec, ret_fetch);
        fetch_wait(fixture, ret_fetch);
}

void fetch_finish(struct fetch *fetch)
{
        fetch->request = http_request_free(fetch->request);
        free(fetch->failure_text);
        free(fetch->content_type);
        free(fetch->dpop_nonce);
        free(fetch->next_link);
        secret_erase(fetch->body, fetch->size);
        free(fetch->body);
        *fetch = (struct fetch){};
}

unsigned loop_run(struct https_fixture *fixture, uint64_t usec)
{
        uint64_t until = monotonic_usec() + usec, now;
        unsigned wake_ups = 0;

        while ((now = monotonic_usec()) < until) {
                int r = sd_event_run(fixture->event, until - now);
                assert_true(r >= 0);
                wake_ups += r > 0;
        }
        return wake_ups;
}
