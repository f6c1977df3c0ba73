/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tickets and one-time codes over a store that fails: what opens an account once opens it once,
 * whatever goes wrong in between, and also for the daemon that comes after. */
#include <errno.h>
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "enrolments.h"
#include "factors.h"
#include "tickets.h"
#include "torture-folder.h"
#include "torture-rows.h"
#include "torture.h"

#define STEP     UINT64_C(59000000)
#define NOW_SEC  (STEP * 30)
#define NOW_USEC UINT64_C(1000000000)

/* ---- tickets ---- */

/* Shows it, as somebody does at a login; true when that opens the account. */
static bool ticket_opens(struct torture_store *store, const struct secret *text,
                         const char *account, const char *service)
{
        const struct ticket_record *ticket = tickets_find(store->state, text);
        int result = TORTURE_PENDING;

        if (!ticket)
                return false;
        const struct ticket_facts facts = ticket_record_facts(ticket);
        if (ticket_judge(&facts, account, service, NOW_SEC) != TICKET_GOOD)
                return false;
        if (tickets_use(store->state, ticket, "192.0.2.7", NOW_SEC, torture_on_done, &result,
                        NULL) < 0)
                return false;
        torture_store_wait(store, &result);
        return result == 0;
}

static bool ticket_opens_what_it_must_not(struct torture_store *store, const struct secret *text)
{
        return ticket_opens(store, text, "bob", "sshd") ||
               ticket_opens(store, text, "alice", "sudo");
}

/* 0 when it is safe. */
static int make_ticket(struct torture_store *store, struct new_ticket *ticket)
{
        static const char *const services[] = {"sshd"};
        const struct ticket_wish wish = {.account = "alice",
                                         .services = services,
                                         .n_services = 1,
                                         .name = "once",
                                         .created_by = "root",
                                         .is_once = true,
                                         .lifetime_sec = 60};
        int result = TORTURE_PENDING;

        int r = tickets_make(store->state, &wish, NOW_SEC, ticket);
        if (r == 0)
                r = tickets_keep(store->state, ticket, torture_on_done, &result, NULL);
        if (r < 0)
                return r;
        torture_store_wait(store, &result);
        return result;
}

static enum torture_end run_ticket(const void *prepared)
{
        struct torture_store store;
        _cleanup_new_ticket_ struct new_ticket ticket = {0};
        unsigned n = 0;

        torture_store_begin(prepared, &store);
        int r = make_ticket(&store, &ticket);
        bool is_wrong = r == 0 && ticket_opens_what_it_must_not(&store, ticket.text);
        for (unsigned i = 0; i < 2 && r == 0; i++)
                n += ticket_opens(&store, ticket.text, "alice", "sshd");
        torture_store_close(&store);
        if (r == 0 && !torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        if (r == 0) {
                n += ticket_opens(&store, ticket.text, "alice", "sshd");
                torture_store_close(&store);
        }
        if (is_wrong || n > 1 || (r == 0 && n == 0))
                return TORTURE_WRONG;
        return r == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

/* Revoked is what the administrator was told is. */
static enum torture_end run_revoked(const void *prepared)
{
        struct torture_store store;
        int result = TORTURE_PENDING;

        torture_store_begin(prepared, &store);
        int r = tickets_revoke(store.state, "t1", NOW_SEC, torture_on_done, &result, NULL);
        if (r == 0)
                torture_store_wait(&store, &result);
        torture_store_close(&store);
        if (result != 0)
                return TORTURE_SHORT;
        if (!torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        const struct ticket_facts facts = ticket_record_facts(
                tickets_next(store.state, "alice", NULL));
        bool is_revoked = ticket_judge(&facts, "alice", "sshd", NOW_SEC) == TICKET_REVOKED;
        torture_store_close(&store);
        return is_revoked ? TORTURE_DONE : TORTURE_WRONG;
}

/* ---- codes ---- */

static struct secret *code_of(const struct secret *shared, uint64_t step)
{
        char text[7];

        torture_pause(true);
        int r = oath_hotp_generate(secret_bytes(shared), secret_size(shared), step, 6, false,
                                   OATH_HOTP_DYNAMIC_TRUNCATION, text);
        struct secret *code = r == OATH_OK ? secret_new_text(text) : NULL;
        torture_pause(false);
        return code;
}

static bool code_opens(struct torture_store *store, const char *account, const struct secret *code)
{
        const struct factor_question question = {.account = account,
                                                 .origin = "192.0.2.7",
                                                 .code = code,
                                                 .typed_at_sec = NOW_SEC,
                                                 .now_sec = NOW_SEC};
        enum factor_answer answer = FACTOR_RIGHT;
        int result = TORTURE_PENDING;

        if (factors_check(store->state, &question, torture_on_done, &result, NULL, &answer) <= 0)
                return false;
        torture_store_wait(store, &result);
        return result == 0;
}

/* Of the code before it, too: that is a replay once this one was right. */
static enum torture_end run_code(const void *prepared)
{
        struct torture_store store;
        bool is_first, is_wrong;

        torture_store_begin(prepared, &store);
        const struct secret *shared = factors_next(store.state, "alice", NULL)->shared_secret;
        _cleanup_secret_ struct secret *right = code_of(shared, STEP),
                                       *before = code_of(shared, STEP - 1),
                                       *wrong = code_of(shared, STEP - 9);
        is_wrong = code_opens(&store, "alice", wrong) || code_opens(&store, "bob", right);
        is_first = code_opens(&store, "alice", right);
        bool is_again = code_opens(&store, "alice", right);
        torture_store_close(&store);
        if (!torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        bool is_opened = is_first || is_again;
        if (is_opened)
                is_wrong = is_wrong || code_opens(&store, "alice", right) ||
                           code_opens(&store, "alice", before);
        torture_store_close(&store);
        if (is_wrong || (is_first && is_again))
                return TORTURE_WRONG;
        return is_first ? TORTURE_DONE : TORTURE_SHORT;
}

/* ---- a factor is set up ---- */

/* The bytes that an app takes from the address. */
static struct secret *read_address(const struct secret *uri)
{
        const char *digits = strstr(secret_bytes(uri), "?secret=") + strlen("?secret=");
        struct secret *shared = NULL;
        char *bytes = NULL;
        size_t size;

        torture_pause(true);
        if (oath_base32_decode(digits, strcspn(digits, "&"), &bytes, &size) == OATH_OK)
                shared = secret_new(bytes, size);
        free(bytes);
        torture_pause(false);
        return shared;
}

static int confirm(struct torture_store *store, struct enrolments *enrolments, const char *id,
                   const struct secret *shared, int *result)
{
        _cleanup_secret_ struct secret *first = code_of(shared, STEP - 1),
                                       *second = code_of(shared, STEP);
        struct enrolment_proof proof = {.id = id,
                                        .first = secret_bytes(second),
                                        .second = secret_bytes(first),
                                        .caller_uid = 1000,
                                        .now_sec = NOW_SEC,
                                        .now_usec = NOW_USEC};

        /* In the wrong order they confirm nothing. */
        int r = enrolments_confirm(enrolments, &proof, torture_on_done, result, NULL);
        if (r != 0)
                return r > 0 ? -EBADE : r;
        proof.first = secret_bytes(first);
        proof.second = secret_bytes(second);
        r = enrolments_confirm(enrolments, &proof, torture_on_done, result, NULL);
        if (r > 0)
                torture_store_wait(store, result);
        return r < 0 ? r : 0;
}

static int enrol(struct torture_store *store, struct secret **ret_shared, int *result)
{
        const struct enrolment_request request = {.account = "alice",
                                                  .host = "shell",
                                                  .name = "new phone",
                                                  .caller_uid = 1000,
                                                  .proved_at_sec = NOW_SEC,
                                                  .now_usec = NOW_USEC};
        _cleanup_(enrolments_freep) struct enrolments *enrolments = NULL;
        _cleanup_secret_ struct secret *uri = NULL;
        const char *id;

        int r = enrolments_new(store->state, &enrolments);
        if (r == 0)
                r = enrolments_begin(enrolments, &request, &id, &uri);
        if (r < 0)
                return r;
        *ret_shared = read_address(uri);
        return confirm(store, enrolments, id, *ret_shared, result);
}

/* In force is what is said to be, and the codes that confirmed it are used. */
static enum torture_end run_enrolment(const void *prepared)
{
        struct torture_store store;
        _cleanup_secret_ struct secret *shared = NULL;
        int result = TORTURE_PENDING;

        torture_store_begin(prepared, &store);
        int r = enrol(&store, &shared, &result);
        torture_store_close(&store);
        if (!torture_store_reopen(prepared, &store))
                return TORTURE_WRONG;
        size_t n = factors_count(store.state, "alice");
        _cleanup_secret_ struct secret *used = shared ? code_of(shared, STEP) : NULL;
        bool is_opened = used && code_opens(&store, "alice", used);
        torture_store_close(&store);
        if (r == -EBADE || is_opened || (result != TORTURE_PENDING && n != (result == 0 ? 2 : 1)))
                return TORTURE_WRONG;
        return result == 0 ? TORTURE_DONE : TORTURE_SHORT;
}

static void *prepare_rows(void)
{
        return torture_folder_filled(torture_rows_put);
}

static const struct torture_case cases[] = {
        {"a_ticket_opens_once", run_ticket, prepare_rows, torture_folder_release, 0, 0},
        {"revoked_is_what_is_told_so", run_revoked, prepare_rows, torture_folder_release, 0, 0},
        {"a_code_opens_once", run_code, prepare_rows, torture_folder_release, 0, 0},
        {"a_factor_is_in_force_or_is_none", run_enrolment, prepare_rows, torture_folder_release, 0,
         0},
};
const struct torture_cases torture_secrets_cases = {cases, ELEMENTSOF(cases)};
