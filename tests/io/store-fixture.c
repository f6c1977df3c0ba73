/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/text.h"

#define SAMPLE_START_SEC UINT64_C(1700000000)

/* ---- folder ---- */

/* In memory, where there is such a place: what is killed here are processes, not machines. */
struct store_fixture *store_fixture_new(void)
{
        const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        struct store_fixture *fixture = calloc(1, sizeof(*fixture));

        assert_non_null(fixture);
        snprintf(fixture->folder, sizeof(fixture->folder), "%s/badged-store-XXXXXX", root);
        assert_non_null(mkdtemp(fixture->folder));
        snprintf(fixture->path, sizeof(fixture->path), "%s/store", fixture->folder);
        fixture->seal = store_fixture_seal(STORE_KEY);
        return fixture;
}

static void folder_empty(const char *path)
{
        DIR *folder = opendir(path);
        struct dirent *entry;

        assert_non_null(folder);
        while ((entry = readdir(folder)))
                if (entry->d_name[0] != '.')
                        assert_int_equal(unlinkat(dirfd(folder), entry->d_name, 0), 0);
        closedir(folder);
}

struct store_fixture *store_fixture_free(struct store_fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        fixture->seal = token_seal_free(fixture->seal);
        folder_empty(fixture->folder);
        assert_int_equal(rmdir(fixture->folder), 0);
        free(fixture);
        return NULL;
}

int store_fixture_set_up(void **state)
{
        struct store_fixture *fixture = store_fixture_new();

        store_fixture_open(fixture);
        *state = fixture;
        return 0;
}

int store_fixture_tear_down(void **state)
{
        *state = store_fixture_free(*state);
        return 0;
}

struct token_seal *store_fixture_seal(const char *keys)
{
        _cleanup_secret_ struct secret *text = secret_new_text(keys);
        struct token_seal *seal = NULL;
        const char *why;

        assert_int_equal(token_seal_new(text, &seal, &why), 0);
        return seal;
}

int store_fixture_try(struct store_fixture *fixture, const char **ret_why)
{
        assert_null(fixture->store);
        return store_open(fixture->path, fixture->seal, &fixture->store, ret_why);
}

void store_fixture_open(struct store_fixture *fixture)
{
        const char *why = NULL;

        int r = store_fixture_try(fixture, &why);
        if (r < 0)
                print_error("%s: %s (%s)\n", fixture->path, why, strerror(-r));
        assert_int_equal(r, 0);
}

void store_fixture_close(struct store_fixture *fixture)
{
        fixture->store = store_close(fixture->store);
}

void store_fixture_edit(struct store_fixture *fixture, const char *sql)
{
        sqlite3 *db = NULL;
        char *error = NULL;

        assert_null(fixture->store);
        assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
        if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
                fail_msg("%s: %s", sql, error);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- samples ---- */

void store_fixture_add_person(struct store *store)
{
        const struct account_record account = {.name = (char *)(uintptr_t) "alice", .uid = 1000};
        const struct identity_record identity = {
                .id = (char *)(uintptr_t) "i1",
                .account = (char *)(uintptr_t) "alice",
                .provider = (char *)(uintptr_t) "corp",
                .issuer = (char *)(uintptr_t) "https://sso.example.com",
                .subject = (char *)(uintptr_t) "248289761001",
        };

        assert_int_equal(store_account_add(store, &account), 0);
        assert_int_equal(store_identity_add(store, &identity), 0);
}

__attribute__((format(printf, 1, 2))) static char *text_of(const char *format, ...)
{
        char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        assert_true(vasprintf(&text, format, arguments) >= 0);
        va_end(arguments);
        return text;
}

/* Some tokens are long: their rows take more than one page. */
static struct secret *token_of(const char *what, size_t n)
{
        _cleanup_free_ char *text = text_of("%s-%zu-%0*zu", what, n, (int)(n % 7 * 900), n);
        struct secret *token = secret_new_text(text);

        assert_non_null(token);
        return token;
}

void session_sample(size_t n, struct session_record *ret_session)
{
        *ret_session = (struct session_record){
                .id = text_of("%016zx", n * 2654435761U),
                .account = text_of("alice"),
                .identity = n % 3 ? text_of("i1") : NULL,
                .type = text_of(n % 2 ? "device" : "browser"),
                .provider = text_of("corp"),
                .client_id = text_of("linux-%zu", n),
                .service = text_of("sshd"),
                .terminal = n % 5 ? text_of("pts/%zu", n) : NULL,
                .remote_host = text_of("192.0.2.%zu", n % 256),
                .login_session = text_of("%zu", n + 7),
                .issuer = n % 3 ? text_of("https://idp.example/%zu", n) : NULL,
                .subject = text_of("subject-%zu", n),
                .boot = n % 2 ? text_of("boot-%zu", n) : NULL,
                .logind = n % 2 ? NULL : text_of("c%zu", n),
                .uid = 1000 + n,
                .opened_at_sec = n % 4 ? SAMPLE_START_SEC + n : 0,
                .acr = n % 4 ? text_of("urn:mace:%zu", n) : NULL,
                .amr = text_of("[\"pwd\",\"otp\"]"),
                .auth_time_sec = SAMPLE_START_SEC + n,
                .created_at_sec = SAMPLE_START_SEC + n + 1,
                .used_at_sec = SAMPLE_START_SEC + n + 2,
                .used_from = text_of("2001:db8::%zx", n),
                .proved_at_sec = SAMPLE_START_SEC + n + 3,
                .expires_at_sec = SAMPLE_START_SEC + n + 86400,
                .ended_at_sec = n % 2,
                .end_reason = n % 2 ? text_of("closed") : NULL,
                .revoke_until_sec = n % 3,
                .scope = text_of("openid profile"),
                .tokens_granted_at_sec = SAMPLE_START_SEC + n,
                .tokens_expire_at_sec = SAMPLE_START_SEC + n + 300,
                .refresh_in_doubt = n % 3 == 1,
                .refresh_token = token_of("refresh", n),
                .id_token = n % 2 ? token_of("id", n) : NULL,
                .dpop_key = n % 3 ? NULL : token_of("key", n),
        };
}

int session_sample_add(struct store *store, size_t n)
{
        _cleanup_session_record_ struct session_record session = {0};

        session_sample(n, &session);
        return store_session_add(store, &session);
}

static bool text_is(const char *one, const char *two)
{
        return one && two ? strcmp(one, two) == 0 : one == two;
}

static bool secret_is(const struct secret *one, const struct secret *two)
{
        if (!one || !two)
                return one == two;
        return secret_size(one) == secret_size(two) &&
               memcmp(secret_bytes(one), secret_bytes(two), secret_size(one)) == 0;
}

static bool texts_are(const struct session_record *a, const struct session_record *b)
{
        return text_is(a->id, b->id) && text_is(a->account, b->account) &&
               text_is(a->identity, b->identity) && text_is(a->type, b->type) &&
               text_is(a->provider, b->provider) && text_is(a->client_id, b->client_id) &&
               text_is(a->service, b->service) && text_is(a->terminal, b->terminal) &&
               text_is(a->remote_host, b->remote_host) &&
               text_is(a->login_session, b->login_session) && text_is(a->acr, b->acr) &&
               text_is(a->issuer, b->issuer) && text_is(a->subject, b->subject) &&
               text_is(a->boot, b->boot) && text_is(a->logind, b->logind) &&
               text_is(a->amr, b->amr) && text_is(a->used_from, b->used_from) &&
               text_is(a->end_reason, b->end_reason) && text_is(a->scope, b->scope);
}

static bool numbers_are(const struct session_record *a, const struct session_record *b)
{
        return a->uid == b->uid && a->opened_at_sec == b->opened_at_sec &&
               a->auth_time_sec == b->auth_time_sec && a->created_at_sec == b->created_at_sec &&
               a->used_at_sec == b->used_at_sec && a->proved_at_sec == b->proved_at_sec &&
               a->expires_at_sec == b->expires_at_sec && a->ended_at_sec == b->ended_at_sec &&
               a->revoke_until_sec == b->revoke_until_sec &&
               a->tokens_granted_at_sec == b->tokens_granted_at_sec &&
               a->tokens_expire_at_sec == b->tokens_expire_at_sec &&
               a->refresh_in_doubt == b->refresh_in_doubt;
}

bool session_is_sample(const struct session_record *session, size_t n)
{
        _cleanup_session_record_ struct session_record sample = {0};

        session_sample(n, &sample);
        return texts_are(session, &sample) && numbers_are(session, &sample) &&
               secret_is(session->refresh_token, sample.refresh_token) &&
               secret_is(session->id_token, sample.id_token) &&
               secret_is(session->dpop_key, sample.dpop_key);
}

int session_sample_number(const struct session_record *session, size_t max)
{
        for (size_t n = 0; n < max; n++)
                if (session_is_sample(session, n))
                        return (int)n;
        return -1;
}
