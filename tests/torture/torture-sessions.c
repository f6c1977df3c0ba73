/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and their tokens over a store that fails: a login is claimed once and in time, and what
 * has ended stays so. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "io/store-session.h"
#include "sessions.h"
#include "token-store.h"
#include "torture-folder.h"
#include "torture-rows.h"
#include "torture.h"

#define TEXT(literal) TORTURE_TEXT(literal)

struct room {
        struct torture_store store;
        struct sessions *sessions;
};

static void on_due(const struct session_record *session, enum session_end how, void *userdata)
{
        struct room *room = userdata;

        (void)sessions_end(room->sessions, session->id, how, 0, NULL, NULL, NULL);
}

static int room_fill(struct room *room)
{
        const struct sessions_listener listener = {on_due, room};

        return sessions_new(room->store.event, room->store.state->sessions, &listener,
                            &room->sessions);
}

static void room_finish(struct room *room)
{
        room->sessions = sessions_free(room->sessions);
        torture_store_close(&room->store);
}

static struct session_record granted(const char *id, uint64_t created_at_sec)
{
        return (struct session_record){.id = TEXT(id),
                                       .account = TEXT("alice"),
                                       .type = TEXT("device"),
                                       .service = TEXT("sshd"),
                                       .created_at_sec = created_at_sec};
}

/* True when it is open then, for all that badged says. */
static bool claim(struct room *room, const char *id, const char *account)
{
        const struct session_claim told = {account, 1000, "boot/audit/7"};
        int result = TORTURE_PENDING;

        if (sessions_claim(room->sessions, id, &told, torture_on_done, &result, NULL) < 0)
                return false;
        torture_store_wait(&room->store, &result);
        return result == 0;
}

static int grant(struct room *room)
{
        const struct session_record now = granted("now", clock_wall_sec()),
                                    late = granted("late", 1);
        int result = TORTURE_PENDING;

        int r = sessions_add(room->sessions, &late, NULL, NULL, NULL);
        if (r == 0)
                r = sessions_add(room->sessions, &now, torture_on_done, &result, NULL);
        if (r == 0)
                torture_store_wait(&room->store, &result);
        return r < 0 ? r : result;
}

static enum torture_end run_claimed(const void *prepared)
{
        struct room room = {0};
        unsigned n = 0;

        torture_store_begin(prepared, &room.store);
        int r = room_fill(&room);
        if (r == 0)
                r = grant(&room);
        bool is_wrong = r == 0 && (claim(&room, "late", "alice") || claim(&room, "now", "bob"));
        for (unsigned i = 0; i < 2 && r == 0; i++)
                n += claim(&room, "now", "alice");
        room_finish(&room);
        if (!torture_store_reopen(prepared, &room.store) || room_fill(&room) < 0)
                return TORTURE_WRONG;
        const struct session_record *session = sessions_get(room.sessions, "now");
        is_wrong = is_wrong || n > 1 || (r == 0 && !session) ||
                   (n > 0 && !session_is_open(session)) || claim(&room, "late", "alice") ||
                   (n > 0 && claim(&room, "now", "alice"));
        room_finish(&room);
        if (is_wrong)
                return TORTURE_WRONG;
        return n > 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* Ended is what is said to be; with tokens to be revoked the row stays for that. */
static enum torture_end run_ended(const void *prepared)
{
        struct room room = {0};
        int result = TORTURE_PENDING;

        torture_store_begin(prepared, &room.store);
        int r = room_fill(&room);
        if (r == 0)
                r = sessions_bind(room.sessions, "s1", "boot/audit/8");
        if (r == 0)
                r = sessions_end(room.sessions, "s1", SESSION_ENDED_BY_ADMIN, clock_wall_sec() + 60,
                                 torture_on_done, &result, NULL);
        bool is_wrong = r == 0 && sessions_get(room.sessions, "s1");
        if (r == 0)
                torture_store_wait(&room.store, &result);
        if (result == 0)
                sessions_note_use(room.sessions, "s1", "192.0.2.7");
        is_wrong = is_wrong || (result == 0 && sessions_get(room.sessions, "s1"));
        room_finish(&room);
        if (!torture_store_reopen(prepared, &room.store) || room_fill(&room) < 0)
                return TORTURE_WRONG;
        if (result != TORTURE_PENDING)
                is_wrong = is_wrong || (result == 0) == (sessions_get(room.sessions, "s1") != NULL);
        if (result == 0)
                is_wrong = is_wrong || !sessions_next_ended(room.sessions, NULL);
        room_finish(&room);
        if (is_wrong)
                return TORTURE_WRONG;
        return result == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* ---- tokens ---- */

static bool has_refresh_token(const struct torture_store *store, const char *text)
{
        const struct session_record *session = store_mirror_get(store->state->sessions, "s1");

        return session && session->refresh_token &&
               strcmp(secret_bytes(session->refresh_token), text) == 0;
}

static int put_tokens(struct torture_store *store, struct token_store *tokens, int *result)
{
        _cleanup_secret_ struct secret *access = secret_new_text("access"),
                                       *refresh = secret_new_text("fresh");
        const struct token_record record = {.provider = TEXT("corp"),
                                            .issuer = TEXT("https://id.example"),
                                            .subject = TEXT("alices"),
                                            .scope = TEXT("openid"),
                                            .access_token = access,
                                            .refresh_token = refresh,
                                            .granted_at_sec = 1000,
                                            .expires_at_sec = 1300};

        int r = access && refresh ? token_store_adopt(tokens, "s1", NULL) : -ENOMEM;
        if (r == 0)
                r = token_store_put(tokens, "s1", &record, torture_on_done, result, NULL);
        if (r == 0)
                torture_store_wait(store, result);
        return r;
}

/* A new token that is said to be safe is there; and one that is not has not taken the old one. */
static enum torture_end run_tokens(const void *prepared)
{
        _cleanup_(token_store_freep) struct token_store *tokens = NULL;
        _cleanup_record_ struct token_record found = {0};
        struct torture_store store;
        int result = TORTURE_PENDING;
        bool is_wrong = false;

        torture_store_begin(prepared, &store);
        int r = token_store_new(store.state->sessions, &tokens);
        if (r == 0)
                r = put_tokens(&store, tokens, &result);
        if (r == 0 && token_store_get(tokens, "s1", &found) == 0)
                is_wrong = result == 0 && strcmp(secret_bytes(found.refresh_token), "fresh") != 0;
        tokens = token_store_free(tokens);
        torture_store_close(&store);
        if (!torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        if (result != TORTURE_PENDING)
                is_wrong = is_wrong ||
                           !has_refresh_token(&store, result == 0 ? "fresh" : "refresh");
        torture_store_close(&store);
        if (is_wrong)
                return TORTURE_WRONG;
        return result == 0 && found.refresh_token ? TORTURE_DONE : TORTURE_SHORT;
}

static void *prepare_rows(void)
{
        return torture_folder_filled(torture_rows_put);
}

static const struct torture_case cases[] = {
        {"a_login_is_claimed_once", run_claimed, prepare_rows, torture_folder_release, 0, 0},
        {"ended_is_what_is_told_so", run_ended, prepare_rows, torture_folder_release, 0, 0},
        {"new_tokens_are_safe_or_the_old_ones_are", run_tokens, prepare_rows,
         torture_folder_release, 0, 0},
};
const struct torture_cases torture_sessions_cases = {cases, ELEMENTSOF(cases)};
