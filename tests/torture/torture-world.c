/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "io/store-account.h"
#include "io/store-factor.h"
#include "io/store-identity.h"
#include "io/store-session.h"
#include "io/store-throttle.h"
#include "own-folder.h"
#include "tickets.h"
#include "torture-rows.h"

#define TEXT(literal) TORTURE_TEXT(literal)

/* ---- what is there before ---- */

static bool write_settings(const struct torture_world *world)
{
        _cleanup_free_ char *text = NULL;

        if (asprintf(&text,
                     "[badged]\nmax_logins_per_minute = 100000\n"
                     "[provider corp]\nissuer = %s\nclient_id = linux-login\n"
                     "client_auth = client_secret_basic\nclient_secret_file = corp.secret\n"
                     "ca_file = %s\n[accounts]\nusername_claim = preferred_username\n"
                     "[service login]\nsecond_factor = totp\n[service sudo]\nmax_age = 8h\n",
                     world->provider.issuer, world->provider.fixture->ca_file) < 0)
                return false;
        const char *folder = torture_folder_path(world->folder);
        const struct own_file settings = {"badged.conf", text, 0},
                              secret = {"corp.secret", "s3cret\n", 0600};
        return own_file_write(folder, &settings) && own_file_write(folder, &secret);
}

static bool put(struct store_mirror *mirror, const void *record)
{
        return store_mirror_put(mirror, record, NULL, NULL, NULL) == 0;
}

static bool put_people(const struct state *state, const struct torture_world *world)
{
        const struct account_record alice = {.name = TEXT("alice"), .uid = 1000};
        const struct identity_record own = {.id = TEXT("i1"),
                                            .account = TEXT("alice"),
                                            .provider = TEXT("corp"),
                                            .issuer = world->provider.issuer,
                                            .subject = TEXT("alice"),
                                            .name = TEXT("alice"),
                                            .bound_by = TEXT("login"),
                                            .created_at_sec = 1},
                                     refused = {.id = TEXT("i2"),
                                                .asked_account = TEXT("alice"),
                                                .provider = TEXT("corp"),
                                                .issuer = world->provider.issuer,
                                                .subject = TEXT("carol"),
                                                .created_at_sec = 1};
        const struct throttle_record throttle = {.id = TEXT("h1"),
                                                 .account = TEXT("alice"),
                                                 .origin = TEXT("192.0.2.66"),
                                                 .n_failures = 3,
                                                 .first_at_sec = world->begun_sec,
                                                 .last_at_sec = world->begun_sec};

        return put(state->accounts, &alice) && put(state->identities, &own) &&
               put(state->identities, &refused) && put(state->throttles, &throttle);
}

static bool put_session(const struct state *state, const struct torture_world *world)
{
        const struct session_record session = {.id = TEXT("s1"),
                                               .account = TEXT("alice"),
                                               .identity = TEXT("i1"),
                                               .issuer = world->provider.issuer,
                                               .subject = TEXT("alice"),
                                               .type = TEXT("device"),
                                               .provider = TEXT("corp"),
                                               .client_id = TEXT("linux-login"),
                                               .service = TEXT("sshd"),
                                               .login_session = TEXT(TORTURE_LOGIN_SESSION),
                                               .uid = 1000,
                                               .created_at_sec = world->begun_sec,
                                               .opened_at_sec = world->begun_sec,
                                               .proved_at_sec = world->begun_sec};

        return put(state->sessions, &session);
}

static bool put_factor(const struct state *state)
{
        _cleanup_secret_ struct secret *shared = secret_new_text(TORTURE_SHARED_SECRET);
        const struct factor_record factor = {.id = TEXT("f1"),
                                             .account = TEXT("alice"),
                                             .type = TEXT("totp"),
                                             .name = TEXT("phone"),
                                             .created_at_sec = 1,
                                             .confirmed_at_sec = 1,
                                             .shared_secret = shared};

        return put(state->factors, &factor);
}

static bool put_tickets(struct state *state, struct torture_world *world)
{
        static const char *const services[] = {"sshd"};
        const struct ticket_wish wish = {.account = "alice",
                                         .services = services,
                                         .n_services = 1,
                                         .name = "once",
                                         .created_by = "root",
                                         .is_once = true};
        const struct ticket_record other = {
                .id = TEXT("t1"),
                .account = TEXT("alice"),
                .name = TEXT("night shift"),
                .services = TEXT("[\"sshd\"]"),
                .hash = TEXT("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
                .created_by = TEXT("root"),
                .created_at_sec = 1};
        _cleanup_new_ticket_ struct new_ticket ticket = {0};

        if (tickets_make(state, &wish, world->begun_sec, &ticket) < 0 ||
            !put(state->tickets, &ticket.record) || !put(state->tickets, &other))
                return false;
        world->ticket = TAKE_PTR(ticket.text);
        return true;
}

static bool fill(struct torture_store *store, void *userdata)
{
        struct torture_world *world = userdata;

        return put_people(store->state, world) && put_session(store->state, world) &&
               put_factor(store->state) && put_tickets(store->state, world);
}

struct torture_world *torture_world_new(const char *who_approves, enum torture_visit visit)
{
        struct torture_world *world = calloc(1, sizeof(*world));

        if (!world || !torture_provider_start(&world->provider, who_approves))
                return NULL;
        world->begun_sec = clock_wall_sec();
        world->folder = torture_folder_new();
        if (!world->folder || !write_settings(world) ||
            !torture_folder_fill(world->folder, fill, world))
                return NULL;
        bus_fixture_start(&world->bus, NULL, NULL);
        return torture_person_start(&world->person, visit, secret_bytes(world->ticket)) ? world
                                                                                        : NULL;
}

void torture_world_release(void *userdata)
{
        struct torture_world *world = userdata;

        torture_person_stop(&world->person);
        bus_fixture_stop(&world->bus);
        torture_folder_release(world->folder);
        torture_provider_stop(&world->provider);
        (void)secret_free(world->ticket);
        free(world);
}
