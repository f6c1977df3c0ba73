/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ticket-rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define NOW 1800000000

static const struct ticket_facts good = {.account = "alice", .services = "[\"sshd\",\"login\"]"};

static void assert_standing(struct ticket_facts ticket, const char *account, const char *service,
                            enum ticket_standing expected)
{
        enum ticket_standing found = ticket_judge(&ticket, account, service, NOW);

        assert_int_equal(found, expected);
        assert_non_null(ticket_standing_detail(found));
}

static void a_ticket_opens_its_account_on_its_services(void **state)
{
        assert_standing(good, "alice", "sshd", TICKET_GOOD);
        assert_standing(good, "alice", "login", TICKET_GOOD);
        assert_standing(good, "bob", "sshd", TICKET_OF_ANOTHER);
        assert_standing(good, "alic", "sshd", TICKET_OF_ANOTHER);
        assert_standing(good, "Alice", "sshd", TICKET_OF_ANOTHER);
        assert_standing(good, "alice", "sudo", TICKET_FOR_OTHERS);
        assert_standing(good, "alice", "ssh", TICKET_FOR_OTHERS);
        assert_standing(good, "alice", "", TICKET_FOR_OTHERS);
}

static void a_ticket_ends(void **state)
{
        struct ticket_facts ticket = good;

        ticket.expires_at_sec = NOW + 1;
        assert_standing(ticket, "alice", "sshd", TICKET_GOOD);
        assert_string_equal(ticket_state_word(&ticket, NOW), "usable");
        ticket.expires_at_sec = NOW;
        assert_standing(ticket, "alice", "sshd", TICKET_EXPIRED);
        assert_string_equal(ticket_state_word(&ticket, NOW), "expired");
        ticket.revoked_at_sec = 1;
        assert_standing(ticket, "alice", "sshd", TICKET_REVOKED);
        assert_string_equal(ticket_state_word(&ticket, NOW), "revoked");
}

static void once_is_once(void **state)
{
        struct ticket_facts ticket = good;

        ticket.n_uses = 100;
        assert_standing(ticket, "alice", "sshd", TICKET_GOOD);
        ticket.is_once = true;
        assert_standing(ticket, "alice", "sshd", TICKET_USED);
        assert_string_equal(ticket_state_word(&ticket, NOW), "used");
        ticket.n_uses = 1;
        assert_standing(ticket, "alice", "sshd", TICKET_USED);
        ticket.n_uses = 0;
        assert_standing(ticket, "alice", "sshd", TICKET_GOOD);
}

static void whose_it_is_comes_before_what_became_of_it(void **state)
{
        struct ticket_facts ticket = good;

        ticket.revoked_at_sec = 1;
        assert_standing(ticket, "bob", "sshd", TICKET_OF_ANOTHER);
        assert_standing(ticket, "alice", "sudo", TICKET_REVOKED);
}

/* A month after the last that became of it. */
static void a_ticket_that_is_over_is_forgotten(void **state)
{
        static const uint64_t then = NOW - TICKET_REMEMBER_SEC;
        static const struct {
                bool is_once;
                uint64_t n_uses, used, expires, revoked;
                bool is_forgotten;
        } rows[] = {
                {.used = 1, .n_uses = 9},
                {.expires = NOW + 1},
                {.expires = NOW},
                {.expires = then + 1},
                {.expires = then, .is_forgotten = true},
                {.expires = then, .revoked = then + 1},
                {.expires = then, .used = then + 1, .n_uses = 1},
                {.is_once = true},
                {.is_once = true, .n_uses = 1, .used = then + 1},
                {.is_once = true, .n_uses = 1, .used = then, .is_forgotten = true},
                {.is_once = true, .n_uses = 1, .used = NOW + 1},
                {.revoked = then + 1},
                {.revoked = then, .is_forgotten = true},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct ticket_facts ticket = good;
                ticket.is_once = rows[i].is_once;
                ticket.n_uses = rows[i].n_uses;
                ticket.used_at_sec = rows[i].used;
                ticket.expires_at_sec = rows[i].expires;
                ticket.revoked_at_sec = rows[i].revoked;
                assert_int_equal(ticket_is_forgotten(&ticket, NOW), rows[i].is_forgotten);
                assert_false(ticket_is_forgotten(&ticket, 1));
        }
}

static void what_is_no_list_of_services_has_none(void **state)
{
        static const char *const lists[] = {
                "",
                "[]",
                "null",
                "\"sshd\"",
                "sshd",
                "{\"sshd\":1}",
                "[[\"sshd\"]]",
                "[\"sshd\"",
                "[\"sshd \"]",
                "[null,1,\"sshd2\"]",
        };

        for (size_t i = 0; i < ELEMENTSOF(lists); i++)
                assert_false(ticket_services_have(lists[i], "sshd"));
}

static void services_are_good_names_and_at_least_one(void **state)
{
        const char *many[TICKET_SERVICES_MAX + 1];
        char *json = NULL;

        for (size_t i = 0; i < ELEMENTSOF(many); i++)
                many[i] = "sshd";
        assert_int_equal(ticket_services_format(many, 0, &json), -EINVAL);
        assert_int_equal(ticket_services_format(many, ELEMENTSOF(many), &json), -EINVAL);
        static const char *const bad[] = {"sshd", "su do"}, *const worse[] = {"\"", "sshd"};
        assert_int_equal(ticket_services_format(bad, 2, &json), -EINVAL);
        assert_int_equal(ticket_services_format(worse, 2, &json), -EINVAL);
        assert_null(json);

        static const char *const two[] = {"sshd", "systemd-user"};
        assert_int_equal(ticket_services_format(two, 2, &json), 0);
        assert_string_equal(json, "[\"sshd\",\"systemd-user\"]");
        free(json);
        assert_int_equal(ticket_services_format(two, 1, &json), 0);
        assert_string_equal(json, "[\"sshd\"]");
        free(json);
        assert_int_equal(ticket_services_format(many, TICKET_SERVICES_MAX, &json), 0);
        assert_true(ticket_services_have(json, "sshd"));
        free(json);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_ticket_opens_its_account_on_its_services),
                cmocka_unit_test(a_ticket_ends),
                cmocka_unit_test(once_is_once),
                cmocka_unit_test(whose_it_is_comes_before_what_became_of_it),
                cmocka_unit_test(a_ticket_that_is_over_is_forgotten),
                cmocka_unit_test(what_is_no_list_of_services_has_none),
                cmocka_unit_test(services_are_good_names_and_at_least_one),
        };
        return cmocka_run_group_tests_name("ticket-rules", tests, NULL, NULL);
}
