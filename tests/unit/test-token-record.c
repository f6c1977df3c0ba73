/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens as they are kept: written and read, still valid or not, and what a refresh may change. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/identity.h"
#include "core/token-record.h"
#include "core/token-set.h"
#include "freed-memory.h"

#define NOW    1700000000
#define NEEDLE "c0rrect-horse-battery"
#define PEM    "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"

static const struct identity alice = {.provider = (char *)"corp",
                                      .issuer = (char *)"https://id.example/",
                                      .subject = (char *)"subject-of-alice",
                                      .auth_time_sec = NOW - 10};

static struct secret *secret_of(const char *text)
{
        return text ? secret_new_text(text) : NULL;
}

static struct token_set tokens_of(const char *access, const char *refresh, const char *scope)
{
        return (struct token_set){.access_token = secret_of(access),
                                  .refresh_token = secret_of(refresh),
                                  .scope = scope ? strdup(scope) : NULL,
                                  .expires_in_sec = 300};
}

static struct token_record record_of(struct token_set tokens, const char *pem)
{
        struct token_record record = {0};
        struct secret *key = secret_of(pem);

        tokens.is_bound = pem != NULL;
        assert_int_equal(token_record_from_set(&tokens, &key, &alice, "openid", NOW, &record), 0);
        assert_null(tokens.access_token);
        assert_null(key);
        return record;
}

static struct token_record alices_record(void)
{
        return record_of(tokens_of("access-1", "refresh-1", "openid email"), NULL);
}

static void assert_token(const struct secret *token, const char *text)
{
        if (text)
                assert_string_equal(secret_bytes(token), text);
        else
                assert_null(token);
}

/* ---- the first login ---- */

static void a_login_becomes_a_record(void **state)
{
        struct token_set tokens = tokens_of("access-1", "refresh-1", "openid email");
        struct token_record record = {0};
        struct secret *key = NULL;

        tokens.id_token = secret_of("e30.e30.e30");
        assert_int_equal(token_record_from_set(&tokens, &key, &alice, "openid", NOW, &record), 0);
        assert_string_equal(record.provider, "corp");
        assert_string_equal(record.issuer, "https://id.example/");
        assert_string_equal(record.subject, "subject-of-alice");
        assert_string_equal(record.scope, "openid email");
        assert_token(record.access_token, "access-1");
        assert_token(record.refresh_token, "refresh-1");
        assert_token(record.id_token, "e30.e30.e30");
        assert_int_equal(record.granted_at_sec, NOW);
        assert_int_equal(record.expires_at_sec, NOW + 300);
        assert_int_equal(record.auth_time_sec, NOW - 10);
        assert_false(record.refresh_in_doubt);
        token_record_finish(&record);
        assert_null(record.access_token);
}

static void rfc6749_5_1_scope_is_as_asked_unless_told(void **state)
{
        struct token_record record = record_of(tokens_of("a", NULL, NULL), NULL);
        struct token_set tokens = tokens_of("a", NULL, NULL);
        struct secret *key = NULL;

        assert_string_equal(record.scope, "openid");
        token_record_finish(&record);
        assert_int_equal(token_record_from_set(&tokens, &key, &alice, NULL, NOW, &record), 0);
        assert_string_equal(record.scope, "");
        token_record_finish(&record);
}

static void bound_tokens_and_their_key_come_together(void **state)
{
        for (int bound = 0; bound <= 1; bound++) {
                struct token_set tokens = tokens_of("a", NULL, NULL);
                struct token_record record = {.granted_at_sec = 77};
                struct secret *key = bound ? NULL : secret_of(PEM);

                tokens.is_bound = bound;
                assert_int_equal(token_record_from_set(&tokens, &key, &alice, NULL, NOW, &record),
                                 -EINVAL);
                assert_token(tokens.access_token, "a");
                assert_int_equal(record.granted_at_sec, 77);
                assert_int_equal(bound, key == NULL);
                token_set_finish(&tokens);
                (void)secret_free(key);
        }
}

/* ---- validity ---- */

static void validity_demands_what_is_left(void **state)
{
        static const struct {
                uint64_t expires_at, min_lifetime, now;
                bool is_valid;
        } rows[] = {
                {NOW + 300, 0, NOW, true},           {NOW + 300, 300, NOW, true},
                {NOW + 300, 301, NOW, false},        {NOW + 300, 60, NOW + 240, true},
                {NOW + 300, 60, NOW + 241, false},   {NOW + 300, 0, NOW + 299, true},
                {NOW + 300, 0, NOW + 300, false},    {NOW + 300, 0, NOW + 9999, false},
                {NOW + 300, UINT64_MAX, NOW, false}, {0, UINT64_MAX, NOW, true},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct token_record record = {.expires_at_sec = rows[i].expires_at};
                if (token_record_is_valid(&record, rows[i].min_lifetime, rows[i].now) !=
                    rows[i].is_valid)
                        fail_msg("row %zu", i);
        }
}

static void lifetime_is_what_was_granted(void **state)
{
        struct token_record record = {.granted_at_sec = NOW, .expires_at_sec = NOW + 300};

        assert_int_equal(token_record_lifetime_sec(&record), 300);
        record.expires_at_sec = NOW - 1;
        assert_int_equal(token_record_lifetime_sec(&record), 0);
        record.expires_at_sec = 0;
        assert_true(token_record_lifetime_sec(&record) == UINT64_MAX);
}

static void an_end_that_nobody_names_is_none(void **state)
{
        struct token_set tokens = tokens_of("a", NULL, NULL);

        tokens.expires_in_sec = 0;
        struct token_record record = record_of(tokens, NULL);
        assert_int_equal(record.expires_at_sec, 0);
        token_record_finish(&record);
}

/* ---- refresh ---- */

static struct token_record refreshed(const struct token_record *old, struct token_set tokens)
{
        struct token_record record = {0};
        const char *why = NULL;

        assert_int_equal(token_record_allows(old, &tokens, &why), 0);
        assert_int_equal(token_record_refreshed(old, &tokens, NOW + 100, &record), 0);
        assert_null(tokens.access_token);
        return record;
}

static void rfc6749_6_a_new_refresh_token_takes_the_old_ones_place(void **state)
{
        struct token_record old = alices_record();

        old.refresh_in_doubt = true;
        struct token_record new = refreshed(&old, tokens_of("access-2", "refresh-2", NULL));
        assert_token(new.access_token, "access-2");
        assert_token(new.refresh_token, "refresh-2");
        assert_string_equal(new.scope, "openid email");
        assert_string_equal(new.subject, "subject-of-alice");
        assert_int_equal(new.granted_at_sec, NOW + 100);
        assert_int_equal(new.expires_at_sec, NOW + 400);
        assert_int_equal(new.auth_time_sec, NOW - 10);
        assert_false(new.refresh_in_doubt);
        token_record_finish(&old);
        token_record_finish(&new);
}

static void rfc6749_6_no_new_refresh_token_keeps_the_old_one(void **state)
{
        struct token_record old = alices_record();

        old.id_token = secret_of("e30.e30.old");
        struct token_record new = refreshed(&old, tokens_of("access-2", NULL, "openid"));
        assert_token(new.access_token, "access-2");
        assert_token(new.refresh_token, "refresh-1");
        assert_token(new.id_token, "e30.e30.old");
        assert_string_equal(new.scope, "openid");
        token_record_finish(&old);
        token_record_finish(&new);
}

static void oidc_core_12_2_an_id_token_of_before_is_not_new(void **state)
{
        struct token_record old = alices_record();
        struct token_set tokens = tokens_of("access-2", "refresh-2", NULL);

        tokens.id_token = secret_of("e30.e30.new");
        struct token_record new = refreshed(&old, tokens);
        assert_true(new.id_token_is_new);
        struct token_record next = refreshed(&new, tokens_of("access-3", "refresh-3", NULL));
        assert_token(next.id_token, "e30.e30.new");
        assert_false(next.id_token_is_new);
        token_record_finish(&old);
        token_record_finish(&new);
        token_record_finish(&next);
}

static void rfc6749_6_scope_may_not_grow(void **state)
{
        static const struct {
                const char *old, *new;
                bool is_allowed;
        } rows[] = {
                {"openid email", "openid email", true},
                {"openid email", "email openid", true},
                {"openid email", "openid", true},
                {"openid email", "", true},
                {"openid email", "  openid   email ", true},
                {"openid email", "openid email admin", false},
                {"openid email", "admin", false},
                {"openid email", "open", false},
                {"openid email", "openide", false},
                {"openid email", "mail", false},
                {"", "whatever", true},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct token_record old = record_of(tokens_of("a", NULL, rows[i].old), NULL);
                struct token_set tokens = tokens_of("b", NULL, rows[i].new);
                const char *why = NULL;
                if (token_record_allows(&old, &tokens, &why) != (rows[i].is_allowed ? 0 : -EBADMSG))
                        fail_msg("row %zu", i);
                assert_int_equal(rows[i].is_allowed, why == NULL);
                token_set_finish(&tokens);
                token_record_finish(&old);
        }
}

static void rfc9449_5_bound_tokens_stay_bound(void **state)
{
        for (int bound = 0; bound <= 1; bound++) {
                struct token_record old = record_of(tokens_of("a", NULL, NULL), bound ? PEM : NULL);
                struct token_set tokens = tokens_of("b", NULL, NULL);
                const char *why = NULL;

                tokens.is_bound = !bound;
                assert_int_equal(token_record_allows(&old, &tokens, &why), -EBADMSG);
                assert_non_null(why);
                tokens.is_bound = bound;
                struct token_record new = refreshed(&old, tokens);
                assert_token(new.dpop_key, bound ? PEM : NULL);
                token_record_finish(&old);
                token_record_finish(&new);
        }
}

/* ---- JSON ---- */

static void assert_same(const struct token_record *record)
{
        struct token_record again = {0};
        struct secret *json = NULL, *same = NULL;
        const char *why = NULL;

        assert_int_equal(token_record_write(record, &json), 0);
        assert_int_equal(token_record_read(secret_bytes(json), secret_size(json), &again, &why), 0);
        assert_int_equal(token_record_write(&again, &same), 0);
        assert_string_equal(secret_bytes(json), secret_bytes(same));
        (void)secret_free(json);
        (void)secret_free(same);
        token_record_finish(&again);
}

static void a_record_reads_as_it_was_written(void **state)
{
        struct token_record record = record_of(tokens_of("a\"\\/b", NULL, "s\xC3\xA9 \"x\""), PEM);
        struct secret *json = NULL;

        record.refresh_in_doubt = true;
        assert_int_equal(token_record_write(&record, &json), 0);
        assert_string_equal(secret_bytes(json),
                            "{\"provider\":\"corp\",\"issuer\":\"https://id.example/\","
                            "\"subject\":\"subject-of-alice\",\"scope\":\"s\xC3\xA9 \\\"x\\\"\","
                            "\"access_token\":\"a\\\"\\\\/b\",\"dpop_key\":"
                            "\"-----BEGIN PRIVATE KEY-----\\u000aMIGH\\u000a"
                            "-----END PRIVATE KEY-----\\u000a\",\"granted_at\":1700000000,"
                            "\"expires_at\":1700000300,\"auth_time\":1699999990,"
                            "\"refresh_in_doubt\":true}");
        (void)secret_free(json);
        assert_same(&record);
        token_record_finish(&record);
        record = alices_record();
        assert_same(&record);
        token_record_finish(&record);
}

static void the_largest_record_can_be_written(void **state)
{
        static char token[32 * 1024 + 1], scope[4096 + 1], key[4096 + 1];

        memset(token, '"', sizeof(token) - 1);
        memset(scope, '\\', sizeof(scope) - 1);
        memset(key, '\n', sizeof(key) - 1);
        struct token_record record = record_of(tokens_of(token, token, scope), key);
        record.id_token = secret_of(token);
        assert_same(&record);
        (void)secret_free(record.dpop_key);
        record.dpop_key = secret_of(token);
        struct secret *json = NULL;
        for (size_t i = 0; i < 2; i++)
                assert_int_equal(secret_append_text(record.dpop_key, token, SIZE_MAX), 0);
        assert_int_equal(token_record_write(&record, &json), -E2BIG);
        assert_null(json);
        token_record_finish(&record);
}

#define BEFORE "{\"provider\":\"corp\",\"issuer\":\"i\",\"subject\":\"s\",\"scope\":\"\","

static void what_nobody_wrote_is_refused(void **state)
{
        static const char *const texts[] = {
                "",
                "[]",
                "{}",
                BEFORE "\"access_token\":\"a\"",
                BEFORE "\"access_token\":\"\"}",
                BEFORE "\"access_token\":\"a b\"}",
                BEFORE "\"access_token\":\"a\\n\"}",
                BEFORE "\"access_token\":\"\xC3\xA9\"}",
                BEFORE "\"access_token\":17}",
                BEFORE "\"access_token\":\"a\",\"access_token\":\"b\"}",
                BEFORE "\"access_token\":\"a\",\"refresh_token\":\"\"}",
                BEFORE "\"access_token\":\"a\",\"id_token\":[]}",
                BEFORE "\"access_token\":\"a\",\"dpop_key\":1}",
                BEFORE "\"access_token\":\"a\",\"granted_at\":-1}",
                BEFORE "\"access_token\":\"a\",\"expires_at\":253402300800}",
                BEFORE "\"access_token\":\"a\",\"auth_time\":\"soon\"}",
                BEFORE "\"access_token\":\"a\",\"refresh_in_doubt\":1}",
                "{\"issuer\":\"i\",\"subject\":\"s\",\"scope\":\"\",\"access_token\":\"a\"}",
                "{\"provider\":\"p\",\"issuer\":\"i\\u0007\",\"subject\":\"s\",\"scope\":\"\","
                "\"access_token\":\"a\"}",
        };

        for (size_t i = 0; i < ELEMENTSOF(texts); i++) {
                struct token_record record = {.granted_at_sec = 77};
                const char *why = NULL;
                if (token_record_read(texts[i], strlen(texts[i]), &record, &why) != -EBADMSG)
                        fail_msg("%s", texts[i]);
                assert_non_null(why);
                assert_null(record.access_token);
                assert_int_equal(record.granted_at_sec, 77);
        }
}

static void times_may_be_missing(void **state)
{
        static const char text[] = BEFORE "\"access_token\":\"a\"}";
        struct token_record record = {0};
        const char *why = NULL;

        assert_int_equal(token_record_read(text, strlen(text), &record, &why), 0);
        assert_int_equal(record.expires_at_sec, 0);
        assert_false(record.refresh_in_doubt);
        token_record_finish(&record);
}

static void no_token_stays_on_the_heap(void **state)
{
        struct token_set tokens = tokens_of(NEEDLE, NEEDLE, NULL);

        freed_memory_watch(NEEDLE);
        struct token_record record = record_of(tokens, NEEDLE);
        assert_same(&record);
        struct token_set new = tokens_of(NEEDLE, NEEDLE, NULL);
        new.is_bound = true;
        struct token_record next = refreshed(&record, new);
        token_record_finish(&record);
        token_record_finish(&next);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_login_becomes_a_record),
                cmocka_unit_test(rfc6749_5_1_scope_is_as_asked_unless_told),
                cmocka_unit_test(bound_tokens_and_their_key_come_together),
                cmocka_unit_test(validity_demands_what_is_left),
                cmocka_unit_test(lifetime_is_what_was_granted),
                cmocka_unit_test(an_end_that_nobody_names_is_none),
                cmocka_unit_test(rfc6749_6_a_new_refresh_token_takes_the_old_ones_place),
                cmocka_unit_test(rfc6749_6_no_new_refresh_token_keeps_the_old_one),
                cmocka_unit_test(oidc_core_12_2_an_id_token_of_before_is_not_new),
                cmocka_unit_test(rfc6749_6_scope_may_not_grow),
                cmocka_unit_test(rfc9449_5_bound_tokens_stay_bound),
                cmocka_unit_test(a_record_reads_as_it_was_written),
                cmocka_unit_test(the_largest_record_can_be_written),
                cmocka_unit_test(what_nobody_wrote_is_refused),
                cmocka_unit_test(times_may_be_missing),
                cmocka_unit_test(no_token_stays_on_the_heap),
        };
        return cmocka_run_group_tests_name("token-record", tests, NULL, NULL);
}
