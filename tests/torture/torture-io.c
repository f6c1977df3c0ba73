/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to a TLS server, files and accounts while memory is short: what comes is whole and
 * trusted, or does not come. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "https-fixture.h"
#include "io/account-lookup.h"
#include "io/conf-file.h"
#include "io/conf-folders.h"
#include "io/http-client.h"
#include "io/secret-file.h"
#include "own-folder.h"
#include "torture-clock.h"
#include "torture.h"

#define FORM   "grant_type=x&device_code=y"
#define BEARER "Bearer z"

/* ---- requests ---- */

struct exchange {
        struct https_fixture *fixture;
        char *url;
};

static void *prepare_exchange(const char *port, const char *path)
{
        struct exchange *exchange = calloc(1, sizeof(*exchange));
        void *fixture = NULL;

        if (!exchange || fixture_set_up(&fixture) != 0)
                return NULL;
        exchange->fixture = fixture;
        exchange->url = fixture_url(exchange->fixture, port, path);
        return exchange;
}

static void *prepare_echo(void)
{
        return prepare_exchange("good", "/echo");
}

static void *prepare_http2(void)
{
        return prepare_exchange("h2", "/");
}

static void *prepare_strange(void)
{
        return prepare_exchange("strange", "/ok");
}

static void *prepare_misnamed(void)
{
        return prepare_exchange("misnamed", "/ok");
}

static void *prepare_endless(void)
{
        return prepare_exchange("good", "/endless");
}

static void *prepare_truncated(void)
{
        return prepare_exchange("good", "/truncated");
}

static void release_exchange(void *prepared)
{
        struct exchange *exchange = prepared;
        void *fixture = exchange->fixture;

        (void)fixture_tear_down(&fixture);
        free(exchange->url);
        free(exchange);
}

struct answer {
        unsigned n;
        enum http_failure failure;
        unsigned status;
        bool is_whole; /* the server's echo of what was sent */
};

static void on_answer(const struct http_answer *http, void *userdata)
{
        struct answer *answer = userdata;
        const char *body = http->body ? secret_bytes(http->body) : "";

        answer->n++;
        answer->failure = http->failure;
        answer->status = http->status;
        answer->is_whole = http->status == 200 && http->body && strstr(body, FORM) &&
                           (strstr(body, BEARER) || strstr(body, "h2 "));
}

static int ask(const struct exchange *exchange, sd_event *event, struct http_client *client,
               struct answer *answer)
{
        _cleanup_secret_ struct secret *form = secret_new_text(FORM),
                                       *bearer = secret_new_text(BEARER);
        _cleanup_(http_request_freep) struct http_request *request = NULL;
        const struct http_request_spec spec = {.url = exchange->url,
                                               .ca_file = exchange->fixture->ca_file,
                                               .form = form,
                                               .authorization = bearer,
                                               .accept = "application/json"};
        struct torture_patience patience = {0};

        if (!form || !bearer)
                return -ENOMEM;
        int r = http_request_new(client, &spec, on_answer, answer, &request);
        while (r >= 0 && answer->n == 0)
                r = torture_clock_run(event, &patience);
        return r;
}

static int run_exchange(const struct exchange *exchange, struct answer *answer)
{
        _cleanup_(sd_event_unrefp) sd_event *event = NULL;
        _cleanup_(http_client_freep) struct http_client *client = NULL;

        int r = sd_event_new(&event);
        if (r < 0)
                return r;
        r = http_client_new(event, &client);
        return r < 0 ? r : ask(exchange, event, client, answer);
}

static enum torture_end run_answered(const void *prepared)
{
        struct answer answer = {0};

        int r = run_exchange(prepared, &answer);
        if (answer.n > 1)
                return TORTURE_WRONG;
        /* No status is none that anybody takes for a good one. */
        if (r < 0 || answer.failure != HTTP_ANSWERED || answer.status == 0)
                return TORTURE_SHORT;
        return answer.is_whole ? TORTURE_DONE : TORTURE_WRONG;
}

static enum torture_end run_never(const void *prepared, enum http_failure failure)
{
        struct answer answer = {0};

        int r = run_exchange(prepared, &answer);
        if (answer.n > 1 || (answer.n == 1 && answer.failure == HTTP_ANSWERED))
                return TORTURE_WRONG;
        return r >= 0 && answer.failure == failure ? TORTURE_DONE : TORTURE_SHORT;
}

static enum torture_end run_untrusted(const void *prepared)
{
        return run_never(prepared, HTTP_UNTRUSTED);
}

static enum torture_end run_too_large(const void *prepared)
{
        return run_never(prepared, HTTP_TOO_LARGE);
}

static enum torture_end run_broken(const void *prepared)
{
        return run_never(prepared, HTTP_BROKEN);
}

/* ---- files ---- */

static void *prepare_folder(void)
{
        static const struct own_file files[] = {
                {"secret", "s3cret\n", 0600},
                {"open", "s3cret\n", 0},
                {"badged.conf", "[a]\nb = c\n", 0},
                {"badged.conf.d/a.conf", "[a]\nb = d\n", 0},
        };
        char *folder = strdup("/tmp/badged-torture-XXXXXX");
        bool is_good = folder && own_folder_make(folder) &&
                       setenv("CREDENTIALS_DIRECTORY", folder, 1) == 0;

        for (size_t i = 0; i < ELEMENTSOF(files) && is_good; i++)
                is_good = own_file_write(folder, &files[i]);
        return is_good ? folder : NULL;
}

static void release_folder(void *prepared)
{
        (void)unsetenv("CREDENTIALS_DIRECTORY");
        own_folder_remove(prepared);
        free(prepared);
}

/* Both ways to the same file. */
static enum torture_end run_secret(const void *prepared)
{
        _cleanup_secret_ struct secret *secret = NULL, *again = NULL;
        char path[64];
        const char *why = NULL;

        (void)snprintf(path, sizeof(path), "%s/secret", (const char *)prepared);
        int r = secret_file_read(path, 64, &secret, &why);
        if (r >= 0)
                r = secret_credential_read("secret", 64, &again, &why);
        if (r < 0)
                return why ? TORTURE_SHORT : TORTURE_WRONG;
        return strcmp(secret_bytes(secret), "s3cret") == 0 &&
                               strcmp(secret_bytes(again), "s3cret") == 0
                       ? TORTURE_DONE
                       : TORTURE_WRONG;
}

static enum torture_end run_open_secret(const void *prepared)
{
        _cleanup_secret_ struct secret *secret = NULL;
        const char *why = NULL;

        int r = secret_credential_read("open", 64, &secret, &why);
        if (r >= 0 || secret || !why)
                return TORTURE_WRONG;
        return r == -EPERM ? TORTURE_DONE : TORTURE_SHORT;
}

static enum torture_end read_conf(const struct conf_path *path)
{
        _cleanup_(conf_file_freep) struct conf_file *file = NULL;
        _cleanup_free_ char *value = NULL, *text = NULL;
        const char *why = NULL;
        unsigned line = 0;
        size_t size;

        if (trusted_file_read(path->path, 64, &text, &size, &why) < 0 ||
            conf_file_open(text, size, &file, &line, &why) < 0 ||
            conf_file_value(file, "a", "b", &value) <= 0)
                return TORTURE_SHORT;
        return size == 10 && strlen(value) == 1 && text[8] == *value ? TORTURE_DONE : TORTURE_WRONG;
}

static enum torture_end run_conf(const void *prepared)
{
        _cleanup_(conf_paths_finish) struct conf_paths paths = {0};
        const char *folder = prepared, *bad = NULL;
        const char *const folders[] = {folder, folder, NULL};
        enum torture_end end = TORTURE_DONE;

        int r = conf_paths_find(folders, &paths, &bad);
        if (r < 0)
                return bad && paths.n == 0 ? TORTURE_SHORT : TORTURE_WRONG;
        if (paths.n != 2)
                return TORTURE_WRONG;
        for (size_t i = 0; i < paths.n && end == TORTURE_DONE; i++)
                end = read_conf(&paths.items[i]);
        return end;
}

/* ---- accounts ---- */

static enum torture_end run_accounts(const void *prepared)
{
        _cleanup_(local_account_finish) struct local_account by_name = {0}, by_uid = {0};

        if (account_lookup("root", &by_name) <= 0 || account_lookup_uid(0, &by_uid) <= 0)
                return by_uid.name ? TORTURE_WRONG : TORTURE_SHORT;
        return by_name.uid == 0 && strcmp(by_name.name, "root") == 0 && by_uid.uid == 0 &&
                               strcmp(by_uid.name, by_name.name) == 0
                       ? TORTURE_DONE
                       : TORTURE_WRONG;
}

static const struct torture_case cases[] = {
        {"secret_files", run_secret, prepare_folder, release_folder, 0, 0},
        {"open_secrets_stay_refused", run_open_secret, prepare_folder, release_folder, 0, 0},
        {"settings_files", run_conf, prepare_folder, release_folder, 0, 0},
        {"accounts", run_accounts, NULL, NULL, 0, 0},
        {"a_request_is_answered_whole", run_answered, prepare_echo, release_exchange, 500, 13},
        {"so_it_is_by_http2", run_answered, prepare_http2, release_exchange, 200, 31},
        {"a_stranger_is_never_trusted", run_untrusted, prepare_strange, release_exchange, 200, 37},
        {"a_wrong_name_is_never_trusted", run_untrusted, prepare_misnamed, release_exchange, 200,
         37},
        {"too_much_is_never_taken", run_too_large, prepare_endless, release_exchange, 200, 37},
        {"half_an_answer_is_none", run_broken, prepare_truncated, release_exchange, 200, 37},
};
const struct torture_cases torture_io_cases = {cases, ELEMENTSOF(cases)};
