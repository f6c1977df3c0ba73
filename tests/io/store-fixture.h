/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder with a store in it, and records to put there that can be told from each other. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/store-account.h"
#include "io/store-identity.h"
#include "io/store-session.h"
#include "io/store.h"
#include "io/token-seal.h"

#define STORE_KEY       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define STORE_OTHER_KEY "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

struct store_fixture {
        char folder[64];
        char path[80];
        struct token_seal *seal;
        struct store *store; /* NULL: not open */
};

/* For cmocka_unit_test_setup_teardown(); the store is open at first. */
int store_fixture_set_up(void **state);
int store_fixture_tear_down(void **state);

/* Without cmocka's state, and not open. */
struct store_fixture *store_fixture_new(void);
struct store_fixture *store_fixture_free(struct store_fixture *fixture);

struct token_seal *store_fixture_seal(const char *keys);

/* What store_open() says; the store is fixture->store. */
int store_fixture_try(struct store_fixture *fixture, const char **ret_why);
void store_fixture_open(struct store_fixture *fixture);
void store_fixture_close(struct store_fixture *fixture);

/* Runs SQL on the closed store as somebody with an editor would. */
void store_fixture_edit(struct store_fixture *fixture, const char *sql);

/* Account and identity that sessions refer to. */
void store_fixture_add_person(struct store *store);

/* Session number n, every member of which follows from n; its record is the caller's. */
void session_sample(size_t n, struct session_record *ret_session);
int session_sample_add(struct store *store, size_t n);
/* True when the record is the sample of that number in all. */
bool session_is_sample(const struct session_record *session, size_t n);
/* -1 when the record is none of the first max samples. */
int session_sample_number(const struct session_record *session, size_t max);
